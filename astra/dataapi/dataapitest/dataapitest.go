// Package dataapitest runs the embedded Astra's own program for tests of the
// clients: they meet it over HTTP, as they meet Astra, and never import it.
package dataapitest

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra"
)

const program = "github.com/killrvideo/killrvideo-go/astra/local/cmd/astra-local"

// Embedded is the built program; see [Build].
type Embedded struct{ path string }

// Build builds the program into dir. Call it once for a run of tests.
func Build(dir string) (Embedded, error) {
	path := filepath.Join(dir, "astra-local")
	build := exec.Command("go", "build", "-o", path, program)
	build.Stderr = os.Stderr
	return Embedded{path}, build.Run()
}

// Start runs the program with a data folder of its own until the test ends,
// which fails unless the program stops cleanly. It returns the base URL and
// the administrator's token, made for this run.
func (e Embedded) Start(t testing.TB, args ...string) (string, astra.Token) {
	t.Helper()
	_ = os.Getenv("SOURCES") // see test.sh
	dir := t.TempDir()
	command := exec.Command(e.path, append([]string{"-dir", dir}, args...)...)
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		if err := command.Wait(); err != nil {
			t.Errorf("embedded Astra did not stop cleanly: %v", err)
		}
	})
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if url, found := strings.CutPrefix(lines.Text(), "url: "); found {
			return url, token(t, filepath.Join(dir, "admin-token"))
		}
	}
	t.Fatal("embedded Astra ended before it listened")
	return "", ""
}

func token(t testing.TB, file string) astra.Token {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return astra.Token(strings.TrimSpace(string(text)))
}
