package enginetest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

// builds are the programs that this process has built, each once.
var builds sync.Map

// Program builds a package of a module of the checkout at root, once in a run of a
// package's tests, and is its path. Tests of several packages may ask at once.
func Program(t *testing.T, root, name, module, pkg string, flags ...string) string {
	t.Helper()
	_ = os.Getenv("SOURCES") // see test.sh
	dir := SharedPrograms(t, root)
	path := filepath.Join(dir, name)
	once, _ := builds.LoadOrStore(path, sync.OnceValue(func() error {
		build := exec.Command("go", slices.Concat([]string{"build", "-buildvcs=false", "-o", path}, flags, []string{pkg})...)
		build.Dir = filepath.Join(root, module)
		build.Env = append(os.Environ(), "GOTMPDIR="+dir) // there it is replaced in one step
		if output, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("build %s in %s: %w\n%s", pkg, build.Dir, err, output)
		}
		return nil
	}))
	must(t, once.(func() error)())
	return path
}

// LendPrograms lends a state folder the programs that a deployment on target
// local builds, from the test before: go build links none again that it finds at
// its output path and that has not changed.
func LendPrograms(t *testing.T, root, home string) {
	t.Helper()
	shared, bin := SharedPrograms(t, root), filepath.Join(home, "bin")
	must(t, os.MkdirAll(bin, 0o700))
	for _, name := range []string{"killrvideo", "front", "astra-local"} {
		copyProgram(filepath.Join(shared, name), filepath.Join(bin, name))
		t.Cleanup(func() { copyProgram(filepath.Join(bin, name), filepath.Join(shared, name)) })
	}
}

// SharedPrograms is the folder in which tests leave programs to one another.
func SharedPrograms(t *testing.T, root string) string {
	t.Helper()
	shared := filepath.Join(root, ".killrvideo", "test")
	must(t, os.MkdirAll(shared, 0o700))
	return shared
}

// copyProgram copies a file in one step; without it the program is linked again.
func copyProgram(from, to string) {
	content, err := os.ReadFile(from)
	if err != nil {
		return
	}
	part, err := os.CreateTemp(filepath.Dir(to), "part-")
	if err != nil {
		return
	}
	defer func() { _ = os.Remove(part.Name()) }()
	_, err = part.Write(content)
	if err == nil && part.Chmod(0o700) == nil && part.Close() == nil {
		_ = os.Rename(part.Name(), to)
	}
}
