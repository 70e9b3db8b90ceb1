package enginetest

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/stacks"
	"github.com/killrvideo/killrvideo-go/stacks/launch/checkout"
)

// passphrase is made up for these tests.
const passphrase = "generated for this test"

// blank is a stack `dev` that has neither settings nor resources: the files that
// the CLI made for it.
type blank struct {
	backend, work fs.FS
	crypter       config.Crypter
}

// theBlank is made once in a run of a package's tests.
var theBlank = struct {
	sync.Mutex
	made *blank
}{}

// newBlank has the CLI make a stack, or takes the one that it made before.
func newBlank(t *testing.T, cli auto.PulumiCommand) *blank {
	t.Helper()
	theBlank.Lock()
	defer theBlank.Unlock()
	if theBlank.made != nil {
		return theBlank.made
	}
	backend, work := t.TempDir(), t.TempDir()
	must(t, os.WriteFile(filepath.Join(work, "Pulumi.yaml"), []byte("name: "+stacks.Namespace+"\nruntime: go\n"), 0o600))
	made, err := auto.NewStackInlineSource(t.Context(), "dev", stacks.Namespace, func(*pulumi.Context) error { return nil },
		auto.WorkDir(work), auto.Pulumi(cli), auto.EnvVars(map[string]string{
			"PULUMI_BACKEND_URL": checkout.StateURL(backend), "PULUMI_HOME": t.TempDir(), "PULUMI_CONFIG_PASSPHRASE": passphrase,
			"PULUMI_SKIP_UPDATE_CHECK": "true",
		}))
	must(t, err)
	settings, err := made.Workspace().StackSettings(t.Context(), "dev")
	must(t, err)
	crypter, err := crypterOf(settings.EncryptionSalt)
	must(t, err)
	must(t, os.Remove(filepath.Join(work, "Pulumi.yaml")))
	theBlank.made = &blank{remembered(t, backend), remembered(t, work), crypter}
	return theBlank.made
}

// remembered are the files of a folder.
func remembered(t *testing.T, dir string) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	from := os.DirFS(dir)
	must(t, fs.WalkDir(from, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(from, path)
		files[path] = &fstest.MapFile{Data: content, Mode: 0o600}
		return err
	}))
	return files
}

// crypterOf encrypts and decrypts as the CLI does with the passphrase and the salt
// of a settings file: its version, the salt, and a value to try it on.
func crypterOf(salt string) (config.Crypter, error) {
	version, rest, _ := strings.Cut(salt, ":")
	encoded, _, _ := strings.Cut(rest, ":")
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || version != "v1" {
		return nil, fmt.Errorf("the salt %q is of an unknown form: %w", salt, err)
	}
	return config.NewSymmetricCrypterFromPassphrase(passphrase, raw), nil
}

// sparing is the CLI without the runs that no test needs, each of which takes half
// a second of processor time: the stack is there, and tests read its state
// themselves.
type sparing struct{ auto.PulumiCommand }

// Run calls the CLI as the Automation API does.
func (s sparing) Run(ctx context.Context, dir string, stdin io.Reader, out, errs []io.Writer, env []string, args ...string,
) (stdout, stderr string, code int, err error) {
	switch strings.Join(args[:min(2, len(args))], " ") {
	case "stack select":
		return "", "", 0, nil
	case "stack output":
		return "{}", "", 0, nil
	case "stack history":
		return "[]", "", 0, nil
	}
	return s.PulumiCommand.Run(ctx, dir, stdin, out, errs, env, args...)
}
