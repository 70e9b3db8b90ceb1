package archtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// root is the repository, seen from this package.
const root = ".."

// tracked lists the files under version control, and those that would be if
// all were added; ignored files are left out.
func tracked(t *testing.T) []string {
	t.Helper()
	_ = os.Getenv("SOURCES") // see test.sh
	cmd := exec.CommandContext(t.Context(), "git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	out, err := cmd.Output()
	if err != nil {
		t.Skipf("this is no git work tree: %v", err)
	}
	var files []string
	for _, name := range strings.Split(string(out), "\x00") {
		if info, err := os.Lstat(filepath.Join(root, name)); name != "" && err == nil && info.Mode().IsRegular() {
			files = append(files, name)
		}
	}
	if len(files) < 50 {
		t.Fatalf("only %d files found; the list must be wrong", len(files))
	}
	return files
}

func goFiles(t *testing.T) (files []string) {
	t.Helper()
	for _, name := range tracked(t) {
		if strings.HasSuffix(name, ".go") {
			files = append(files, name)
		}
	}
	return files
}
