package witness_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// block is the first one of a language on the page for users.
func block(t *testing.T, language string) string {
	t.Helper()
	page, err := os.ReadFile("../../../docs/embedded-astra.md")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?s)```" + language + "\n(.*?)```").FindSubmatch(page)
	if found == nil {
		t.Fatalf("the page has no block of %s", language)
	}
	return string(found[1])
}

// followPage runs the page's block of the client's language, unchanged: with
// the program on the PATH, and beside a server whose URL and TOKEN are set.
func (w witness) followPage(t *testing.T, folder string) {
	text := block(t, w.page[0])
	if w.page[0] == "ts" {
		text = strings.ReplaceAll(text, "!,", ",") // the one thing that JavaScript does not have
	}
	if err := os.WriteFile(filepath.Join(folder, w.page[1]), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	_ = os.Getenv("SOURCES") // see test.sh
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", filepath.Join(bin, "astra-local"), "../cmd/astra-local")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	endpoint, token := start(t)
	script := w.call(t, folder, append(w.run, w.page[1])...)
	script.Env = append(script.Env, "PATH="+bin+":"+os.Getenv("PATH"), "URL="+endpoint, "TOKEN="+token)
	output, err := script.CombinedOutput()
	if err != nil || !strings.Contains(string(output), map[string]string{"python": "1 passed", "ts": "Dune"}[w.page[0]]) {
		t.Errorf("%v\n%s", err, output)
	}
}

// TestPageForGo compiles and runs the page's test as a package of its own.
func TestPageForGo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "page_test.go")
	if err := os.WriteFile(file, []byte(block(t, "go")), 0o600); err != nil {
		t.Fatal(err)
	}
	at, err := filepath.Abs(filepath.Join("page", "page_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{at: file}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "page.test")
	build := exec.CommandContext(t.Context(), "go", "test", "-c", "-vet=off", "-o", binary, "-overlay", filepath.Join(dir, "overlay.json"),
		"./page")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	run := exec.CommandContext(t.Context(), binary, "-test.v")
	if output, err := run.CombinedOutput(); err != nil || !strings.Contains(string(output), "--- PASS: TestRows") {
		t.Errorf("%v\n%s", err, output)
	}
}
