package examples

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// root is the checkout, seen from this package.
const root = ".."

// modules is the proxy of all tests, packed once.
var modules = sync.OnceValues(func() (*proxy, error) {
	dir, err := os.MkdirTemp("", "packed-modules-")
	if err != nil {
		return nil, err
	}
	return pack(root, dir)
})

func TestMain(m *testing.M) {
	if err := forgetOld(); err != nil {
		fmt.Fprintln(os.Stderr, "old packed modules stay in the module cache:", err)
	}
	status := m.Run()
	if p, err := modules(); err == nil {
		_ = os.RemoveAll(p.dir) // it is below the system's own folder for these
	}
	os.Exit(status)
}

// TestExamples builds each example and runs its tests, which plan it.
func TestExamples(t *testing.T) {
	_ = os.Getenv("SOURCES") // see test.sh
	tried := 0
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Name() == "go.mod" {
			tried++
			t.Run(filepath.Dir(name), func(t *testing.T) { asUser(t, filepath.Dir(name)) })
		}
		return err
	})
	if err != nil || tried < 5 {
		t.Fatalf("%d examples are found, %v", tried, err)
	}
}

// TestTheServiceCanBeFetched: the program, from its module.
func TestTheServiceCanBeFetched(t *testing.T) {
	dir := t.TempDir()
	p, err := modules()
	if err != nil {
		t.Fatal(err)
	}
	mod := "module example.org/empty\n\ngo 1.26.0\n\nrequire " + prefix + "service " + p.released + "\n\ntool " + prefix + "service\n"
	writeFile(t, filepath.Join(dir, "go.mod"), mod)
	fetched(t, dir)
	goTool(t, p, dir, "build", "-o", filepath.Join(t.TempDir(), "service"), prefix+"service")
}

// asUser tests a copy of a module elsewhere.
func asUser(t *testing.T, from string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	buildAndTest(t, dir)
}

// buildAndTest compiles the module in a folder and runs its tests.
func buildAndTest(t *testing.T, dir string) {
	t.Helper()
	p := fetched(t, dir)
	goTool(t, p, dir, "test", "-vet=off", "-timeout", "30m", "./...")
}

// fetched lets a module require the packed ones.
func fetched(t *testing.T, dir string) *proxy {
	t.Helper()
	p, err := modules()
	if err != nil {
		t.Fatal(err)
	}
	mod := readFile(t, filepath.Join(dir, "go.mod"))
	if strings.Contains(mod, "replace ") {
		t.Error("its go.mod replaces a module")
	}
	writeFile(t, filepath.Join(dir, "go.mod"), p.require(mod))
	writeFile(t, filepath.Join(dir, "go.sum"), sums(t))
	goTool(t, p, dir, "mod", "tidy")
	return p
}

// sums are those of the modules of others that ours are tested with.
func sums(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, name := range packed {
		all.WriteString(readFile(t, filepath.Join(root, name, "go.sum")))
	}
	return all.String()
}

func goTool(t *testing.T, p *proxy, dir string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir, cmd.Env = dir, p.env()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
