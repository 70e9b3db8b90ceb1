package uptodate

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// sourceTree is a checkout with a file in each place that a build reads.
func sourceTree(t *testing.T) (root string) {
	t.Helper()
	root = t.TempDir()
	for _, name := range []string{
		"go.mod", "go.sum", "astra/a.go", "infra/provider/plugin/main.go", "service/s.go", "stacks/p.go", "stacks/.hidden/state",
		"infra/provider/plugin/pulumi-resource-astradb", "docs/page.md",
	} {
		write(t, filepath.Join(root, name), "first")
	}
	return root
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestInputsChangeWithWhatABuildReads(t *testing.T) {
	root := sourceTree(t)
	last := Inputs(root)
	if last == "" {
		t.Fatal("the inputs cannot be read")
	}
	for _, change := range []struct {
		name string
		do   func()
		want bool
	}{
		{"nothing", func() {}, false},
		{"another size", func() { write(t, filepath.Join(root, "astra/a.go"), "second") }, true},
		{"another time", func() {
			path, at := filepath.Join(root, "service/s.go"), time.Now().Add(-time.Hour)
			if err := os.Chtimes(path, at, at); err != nil {
				t.Fatal(err)
			}
		}, true},
		{"a new file", func() { write(t, filepath.Join(root, "stacks/local/main.go"), "new") }, true},
		{"a removed file", func() {
			if err := os.Remove(filepath.Join(root, "stacks/p.go")); err != nil {
				t.Fatal(err)
			}
		}, true},
		{"another version of a module", func() { write(t, filepath.Join(root, "go.sum"), "other sum") }, true},
		{"a flag", func() { t.Setenv("GOFLAGS", "-tags=other") }, true},
		{"the program itself", func() { write(t, filepath.Join(root, "infra/provider/plugin/pulumi-resource-astradb"), "built") }, false},
		{"a hidden folder", func() { write(t, filepath.Join(root, "stacks/.hidden/state"), "written") }, false},
		{"a page of text", func() { write(t, filepath.Join(root, "docs/page.md"), "written") }, false},
	} {
		change.do()
		if now := Inputs(root); (now != last) != change.want {
			t.Errorf("%s: changed %v, want %v", change.name, now != last, change.want)
		} else {
			last = now
		}
	}
}

func TestInputsThatCannotBeReadMatchNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	inputs := Inputs(filepath.Join(dir, "absent"))
	if err := Record(dir, "program", inputs); err != nil {
		t.Fatal(err)
	}
	if inputs != "" || Is(dir, "program", inputs) {
		t.Errorf("a program was built from %q", inputs)
	}
}

// A program that was removed or replaced is built again.
func TestAProgramIsAsItWasBuilt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	program := filepath.Join(dir, "program")
	write(t, program, "built")
	if Is(dir, program, "inputs") {
		t.Error("nothing tells what it was built from")
	}
	if err := Record(dir, program, "inputs"); err != nil {
		t.Fatal(err)
	}
	if !Is(dir, program, "inputs") || Is(dir, program, "other inputs") {
		t.Error("only these inputs are those that it was built from")
	}
	write(t, program, "replaced")
	if Is(dir, program, "inputs") {
		t.Error("it was replaced")
	}
	if err := Record(filepath.Join(dir, "absent"), program, "inputs"); err == nil {
		t.Error("the record could not be written")
	}
}
