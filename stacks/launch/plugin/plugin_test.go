package plugin

import (
	"os"
	"path/filepath"
	"testing"
)

// The program of an earlier version does not answer to the former name, and
// linking again changes nothing.
func TestLinkFormerName(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	former := path(root, "killrvideo")
	if err := os.MkdirAll(filepath.Dir(former), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{former: "earlier", Path(root): "today"} {
		if err := os.WriteFile(name, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := LinkFormerName(root); err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(former); err != nil || string(text) != "today" {
			t.Errorf("the former name is %q, %v", text, err)
		}
	}
	if err := LinkFormerName(t.TempDir()); err == nil {
		t.Error("a program that is not built is linked")
	}
}
