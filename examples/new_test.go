package examples

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestNew makes a stack with make, as a user would, and builds and plans it
// outside the checkout.
func TestNew(t *testing.T) {
	_ = os.Getenv("SOURCES") // see test.sh
	dir := filepath.Join(t.TempDir(), "shop")
	began := time.Now()
	if out, err := makeNew(t, "NAME=shop", "DIR="+dir); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("made in %s", time.Since(began).Round(time.Millisecond))
	for _, file := range []string{"deploy/Pulumi.yaml", ".github/workflows/deploy.yml", "Dockerfile", "README.md", "deploy/README.md"} {
		if text := readFile(t, filepath.Join(dir, file)); strings.Contains(text, "own-service") {
			t.Errorf("%s names the template", file)
		}
	}
	buildAndTest(t, dir)
	buildAndTest(t, filepath.Join(dir, "deploy"))
	if out, err := makeNew(t, "NAME=shop", "DIR="+dir); err == nil || !strings.Contains(out, "is there already") {
		t.Errorf("a second time: %v\n%s", err, out)
	}
}

// TestNewForADockerfile: the user's service is left as it is.
func TestNewForADockerfile(t *testing.T) {
	_ = os.Getenv("SOURCES") // see test.sh
	dir := t.TempDir()
	own := map[string]string{"Dockerfile": "FROM scratch\n", "README.md": "# shop\n", "go.mod": "module shop\n", "main.go": "package main\n"}
	for name, text := range own {
		writeFile(t, filepath.Join(dir, name), text)
	}
	if out, err := makeNew(t, "NAME=shop", "DIR="+dir, "LOCAL=1"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, text := range own {
		if now := readFile(t, filepath.Join(dir, name)); now != text {
			t.Errorf("%s has become %q", name, now)
		}
	}
	if readme := readFile(t, filepath.Join(dir, "deploy", "README.md")); !strings.Contains(readme, "# Deploy shop") {
		t.Errorf("deploy/README.md is %q", readme)
	}
	// With LOCAL the program builds with the checkout, where nothing is released.
	cmd := exec.CommandContext(t.Context(), "go", "list", "-export", "-test", "./...") // compiles, and links nothing
	cmd.Dir, cmd.Env = filepath.Join(dir, "deploy"), append(os.Environ(), "CGO_ENABLED=0", "GOWORK=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go list: %v\n%s", err, out)
	}
}

func TestNewRefusesNames(t *testing.T) {
	for _, name := range []string{"", "Shop", "9shop", "a", "shop-", "a-name-that-is-longer-than-20"} {
		dir := filepath.Join(t.TempDir(), "shop")
		if out, err := makeNew(t, "NAME="+name, "DIR="+dir); err == nil || !strings.Contains(out, "make new NAME=shop") {
			t.Errorf("%q: %v\n%s", name, err, out)
		}
	}
}

func makeNew(t *testing.T, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "make", append([]string{"--no-print-directory", "new"}, args...)...)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	return string(out), err
}
