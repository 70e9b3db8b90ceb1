package witness_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/local"
	"github.com/killrvideo/killrvideo-go/astra/local/databases"
)

// witness is a client with its script.
type witness struct {
	name   string   // of its folder below testdata
	needs  []string // programs
	pinned []string // files that say what is installed
	script string
	// install fills a folder, command runs the script that lies there.
	install [][]string
	command []string
	// page is the name of the language on the page for users, the file that its
	// block becomes, and the arguments that run it.
	page [2]string
	run  []string
}

var witnesses = []witness{
	{
		name: "python", needs: []string{"python3"}, pinned: []string{"requirements.txt"}, script: "witness.py",
		install: [][]string{
			{"python3", "-m", "venv", "--clear", "venv"},
			{"venv/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps",
				"--only-binary", ":all:", "-r", "requirements.txt"},
		},
		command: []string{"venv/bin/python"},
		page:    [2]string{"python", "test_page.py"}, run: []string{"-m", "pytest", "-q", "-p", "no:cacheprovider"},
	},
	{
		name: "node", needs: []string{"node", "npm"}, pinned: []string{"package.json", "package-lock.json"}, script: "witness.mjs",
		install: [][]string{{"npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"}},
		command: []string{"node"},
		page:    [2]string{"ts", "page.mjs"},
	},
}

func TestOfficialClients(t *testing.T) {
	t.Parallel()
	for _, w := range witnesses {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			folder, err := w.prepare(t.Context())
			if err != nil && os.Getenv("WITNESS_TESTS") != "1" {
				t.Skipf("the client cannot be had; WITNESS_TESTS=1 makes that a failure: %v", err)
			}
			if err != nil {
				t.Fatal(err)
			}
			endpoint, token := start(t)
			script := w.call(t, folder, w.script, endpoint, "default_keyspace")
			script.Env = append(script.Env, "TOKEN="+token)
			if output, err := script.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, output)
			}
			t.Run("page", func(t *testing.T) { w.followPage(t, folder) })
		})
	}
}

func (w witness) call(t *testing.T, folder string, args ...string) *exec.Cmd {
	t.Helper()
	script := exec.CommandContext(t.Context(), w.command[0], append(w.command[1:], args...)...)
	script.Dir, script.Env = folder, os.Environ()
	if strings.Contains(w.command[0], "/") {
		script.Path = filepath.Join(folder, w.command[0])
	}
	return script
}

// start serves an empty embedded Astra for as long as the test runs.
func start(t *testing.T) (endpoint, token string) {
	t.Helper()
	dir := t.TempDir()
	server, err := local.Open(local.Config{Dir: dir, Delays: databases.Delays{Database: 300 * time.Millisecond,
		Keyspace: 30 * time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server)
	t.Cleanup(func() {
		web.Close()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	text, err := os.ReadFile(filepath.Join(dir, "admin-token"))
	if err != nil {
		t.Fatal(err)
	}
	return web.URL, strings.TrimSpace(string(text))
}

// prepare returns a folder with the client, installed once for what is pinned,
// and the script as it is now.
func (w witness) prepare(ctx context.Context) (string, error) {
	for _, program := range w.needs {
		if _, err := exec.LookPath(program); err != nil {
			return "", err
		}
	}
	folder, err := filepath.Abs(filepath.Join("..", "..", "..", ".killrvideo", "witness", w.name))
	if err != nil {
		return "", err
	}
	pinned := sha256.New()
	for _, name := range append([]string{w.script}, w.pinned...) {
		text, err := os.ReadFile(filepath.Join("testdata", w.name, name))
		if err == nil {
			err = errors.Join(os.MkdirAll(folder, 0o750), os.WriteFile(filepath.Join(folder, name), text, 0o600))
		}
		if err != nil {
			return "", err
		}
		if name != w.script {
			pinned.Write(text)
		}
	}
	return folder, w.installOnce(ctx, folder, hex.EncodeToString(pinned.Sum(nil)))
}

// installOnce leaves a mark when all is there.
func (w witness) installOnce(ctx context.Context, folder, pinned string) error {
	mark := filepath.Join(folder, "installed")
	if text, err := os.ReadFile(mark); err == nil && string(text) == pinned {
		return nil
	}
	for _, args := range w.install {
		step := exec.CommandContext(ctx, args[0], args[1:]...)
		step.Dir = folder
		if strings.Contains(args[0], "/") {
			step.Path = filepath.Join(folder, args[0])
		}
		if output, err := step.CombinedOutput(); err != nil {
			return errors.Join(err, errors.New(strings.Join(args, " ")), errors.New(string(output)))
		}
	}
	return os.WriteFile(mark, []byte(pinned), 0o600)
}
