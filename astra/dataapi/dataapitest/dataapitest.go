// Package dataapitest runs the embedded Astra's own program for tests of the
// clients: they meet it over HTTP, as they meet Astra, and never import it.
package dataapitest

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra"
)

// Embedded is the built program; see [Build] and [At].
type Embedded struct{ path string }

// Build builds the program into dir, in its own module, whichever the tests are
// of. Call it once for a run of tests.
func Build(dir string) (Embedded, error) {
	path, err := filepath.Abs(filepath.Join(dir, "astra-local"))
	if err != nil {
		return Embedded{}, err
	}
	_, file, _, _ := runtime.Caller(0)
	build := exec.Command("go", "build", "-buildvcs=false", "-o", path, "./local/cmd/astra-local")
	build.Dir = filepath.Join(filepath.Dir(file), "..", "..")
	build.Stderr = os.Stderr
	return Embedded{path}, build.Run()
}

// At is the program that was built at a path.
func At(path string) Embedded { return Embedded{path} }

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
