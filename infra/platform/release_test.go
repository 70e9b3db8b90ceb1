package platform

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReleaseOf(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if got := ReleaseOf(dir, "."); got != (Release{"unknown", "unknown"}) {
		t.Errorf("outside a work tree: %v", got)
	}
	write := func(name string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(t.Name()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) string {
		t.Helper()
		out, ok := git(dir, append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"}, args...)...)
		if !ok {
			t.Fatalf("git %v: %s", args, out)
		}
		return out
	}
	run("init", "-q")
	if got := ReleaseOf(dir, "program"); got != (Release{"unknown", "unknown"}) {
		t.Errorf("without a commit: %v", got)
	}
	write("program")
	run("add", "-A")
	run("commit", "-q", "-m", "program")
	first := run("rev-parse", "HEAD")
	if got := ReleaseOf(dir, "program"); got.Commit != first || !strings.HasPrefix(first, got.Version) || len(got.Version) != 12 {
		t.Errorf("the first commit: %v", got)
	}
	before := ReleaseOf(dir, "program")
	write("page.md")
	run("add", "-A")
	run("commit", "-q", "-m", "page")
	if got := ReleaseOf(dir, "program"); got != before {
		t.Errorf("after a commit of a page: %v, want %v", got, before)
	}
	run("tag", "v1.2.3", first)
	if got := ReleaseOf(dir, "program"); got.Version != "v1.2.3" {
		t.Errorf("tagged: %v", got)
	}
	write("program2")
	if got := ReleaseOf(dir, "program", "program2"); got.Version != "v1.2.3-dirty" {
		t.Errorf("with a change: %v", got)
	}
	if got := before.LinkerFlags("main"); !strings.HasPrefix(got, "-ldflags=-s -w -X=main.version="+before.Version+" -X=main.commit="+first) {
		t.Error(got)
	}
}
