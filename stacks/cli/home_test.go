package cli

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"

	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

func TestThePassphraseIsMadeOnceForTheUserAlone(t *testing.T) {
	t.Parallel()
	h := repository(t).home
	first, err := os.ReadFile(h.passphraseFile())
	if err != nil || len(first) < 40 {
		t.Fatalf("%d characters, %v", len(first), err)
	}
	if err := h.open(); err != nil {
		t.Fatal(err)
	}
	second, _ := os.ReadFile(h.passphraseFile())
	if string(first) != string(second) {
		t.Error("a second use made another passphrase")
	}
	info, _ := os.Stat(h.passphraseFile())
	if info.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %v", info.Mode())
	}
}

// Several calls may begin at once; none may read half a passphrase, or make
// another one.
func TestOnePassphraseForSeveralAtOnce(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	read := make(chan string)
	const calls = 20
	for range calls {
		go func() {
			h := &home{root: root, dir: filepath.Join(root, "home")}
			err := h.open()
			phrase, _, readErr := h.passphrase()
			if err := errors.Join(err, readErr); err != nil {
				phrase = err.Error()
			}
			read <- phrase
		}()
	}
	first := <-read
	for range calls - 1 {
		if next := <-read; next != first || len(next) < 40 {
			t.Errorf("got %q and %q", first, next)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(root, "home", "passphrase-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestAStateFolderThatIsAFile(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), ".killrvideo")
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	err := (&home{root: filepath.Dir(dir), dir: dir}).open()
	if exit.ClassOf(err) != exit.StateFolder || !strings.Contains(err.Error(), "check permissions and free space") {
		t.Errorf("got %v", err)
	}
}

func TestTheCallersBackendWins(t *testing.T) {
	h := repository(t).home
	t.Setenv("PULUMI_BACKEND_URL", "s3://team")
	t.Setenv(passphraseVariable, "made up for this test")
	env := h.env()
	if env["PULUMI_BACKEND_URL"] != "s3://team" {
		t.Errorf("the backend is %s", env["PULUMI_BACKEND_URL"])
	}
	if _, ours := env["PULUMI_CONFIG_PASSPHRASE_FILE"]; ours {
		t.Error("our passphrase file hides the caller's passphrase")
	}
}

func TestTheBackendIsAURL(t *testing.T) {
	t.Setenv("PULUMI_BACKEND_URL", "")
	h := &home{root: "/a b", dir: "/a b&ñ#%?/.killrvideo"}
	got, err := url.Parse(h.env()["PULUMI_BACKEND_URL"])
	if err != nil || got.Path != h.state() || got.RawQuery != "metadata=skip" || got.Fragment != "" {
		t.Errorf("got %v, %v", got, err)
	}
}

// An exported empty passphrase would encrypt with nothing.
func TestAnEmptyPassphraseIsIgnoredAloud(t *testing.T) {
	c := repository(t)
	t.Setenv(passphraseVariable, "")
	if !c.ignoreEmptyPassphrase() || !strings.Contains(c.err.(*bytes.Buffer).String(), passphraseVariable) {
		t.Errorf("said %q", c.err)
	}
	if _, exported := os.LookupEnv(passphraseVariable); exported {
		t.Error("it is still exported")
	}
	if phrase, from, err := c.home.passphrase(); err != nil || len(phrase) < 40 || from != c.home.passphraseFile() {
		t.Errorf("the passphrase is from %s, %v", from, err)
	}
	t.Setenv(passphraseVariable, "made up for this test")
	if c.ignoreEmptyPassphrase() {
		t.Error("a passphrase was ignored")
	}
}

func TestOpens(t *testing.T) {
	t.Parallel()
	salt := []byte("12345678")
	check, err := config.NewSymmetricCrypterFromPassphrase("made up for this test", salt).EncryptValue(t.Context(), "pulumi")
	if err != nil {
		t.Fatal(err)
	}
	state := "v1:" + base64.StdEncoding.EncodeToString(salt) + ":" + check
	if !decrypts("made up for this test", state) || decrypts("another", state) || decrypts("", state) {
		t.Error("the right passphrase was refused, or a wrong one taken")
	}
	if !decrypts("any", "v2:unknown:form") {
		t.Error("a form that only Pulumi knows was judged")
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	verb, stack, rest, err := (&command{}).parse([]string{"pulumi", "--stack", "qa", "--", "config", "--stack", "qa"})
	if err != nil || verb != "pulumi" || stack != "qa" || strings.Join(rest, " ") != "config --stack qa" {
		t.Errorf("got %s %s %v %v", verb, stack, rest, err)
	}
	for _, bad := range [][]string{nil, {"up", "now"}, {"up", "--stack"}} {
		if _, _, _, err := (&command{}).parse(bad); exit.ClassOf(err) != exit.Usage {
			t.Errorf("%v gave %v", bad, err)
		}
	}
}

func TestAFullDiskIsTheStateFolders(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	wrote := fmt.Errorf("write plugin: %w", syscall.ENOSPC)
	if err := full(wrote, dir); exit.ClassOf(err) != exit.StateFolder || !errors.Is(err, wrote) || !strings.Contains(err.Error(), dir) {
		t.Errorf("got %d: %v", exit.Code(err), err)
	}
	// A message that only sounds like it is another failure.
	sounds := errors.New("the API answered: no space left on device")
	if err := full(sounds, dir); exit.ClassOf(err) != exit.Failed {
		t.Errorf("got %d: %v", exit.Code(err), err)
	}
	other := exit.Gate.With(errors.New("not ready"))
	if err := full(other, dir); exit.ClassOf(err) != exit.Gate || full(nil, dir) != nil {
		t.Errorf("got %v", err)
	}
}
