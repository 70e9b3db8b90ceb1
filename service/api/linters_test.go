package api_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/service/api"
)

const repository = "../.."

// linters gives the folder with the pinned programs of tools/openapi. Without
// Node and npm the test is skipped, or fails where OPENAPI_TESTS=1 wants it.
func linters(t *testing.T) string {
	t.Helper()
	_ = os.Getenv("SOURCES") // see test.sh
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err == nil {
			continue
		}
		if os.Getenv("OPENAPI_TESTS") == "1" {
			t.Fatalf("OPENAPI_TESTS=1, but there is no %s on PATH", program)
		}
		t.Skipf("no %s on PATH: the OpenAPI document is not linted", program)
	}
	folder, err := filepath.Abs(filepath.Join(repository, ".killrvideo", "openapi"))
	if err != nil {
		t.Fatal(err)
	}
	lock := readFile(t, filepath.Join(repository, "tools/openapi/package-lock.json"))
	if installed, err := os.ReadFile(filepath.Join(folder, "installed.json")); err == nil && string(installed) == lock {
		return folder
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"package.json", "package-lock.json"} {
		writeFile(t, filepath.Join(folder, name), readFile(t, filepath.Join(repository, "tools/openapi", name)))
	}
	run(t, folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
	writeFile(t, filepath.Join(folder, "installed.json"), lock)
	return folder
}

// TestDocumentPassesTheLinters of Redocly and Spectral without a warning, and
// types made from it serve code that was written for the official document.
func TestDocumentPassesTheLinters(t *testing.T) {
	tools := linters(t)
	text, err := api.Document("1")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "openapi.json"), string(text))
	for _, name := range []string{"redocly.yaml", "spectral.yaml"} {
		writeFile(t, filepath.Join(dir, name), readFile(t, filepath.Join(repository, "tools/openapi", name)))
	}
	writeFile(t, filepath.Join(dir, "frontend.ts"), readFile(t, "testdata/frontend.ts"))
	program := func(name string) string { return filepath.Join(tools, "node_modules", ".bin", name) }
	t.Setenv("REDOCLY_TELEMETRY", "off")
	t.Setenv("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")
	// It ends with 0 after warnings too, each of which it prints as an annotation.
	if printed := run(t, dir, program("redocly"), "lint", "--config=redocly.yaml", "--format=github-actions",
		"openapi.json"); strings.Contains(printed, "::") {
		t.Error(printed)
	}
	run(t, dir, program("spectral"), "lint", "--ruleset=spectral.yaml", "--fail-severity=warn", "openapi.json")
	run(t, dir, program("openapi-typescript"), "openapi.json", "--output=types.d.ts")
	run(t, dir, program("tsc"), "--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "frontend.ts")
}

func run(t *testing.T, dir, program string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", filepath.Base(program), args, err, out)
	}
	return string(out)
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
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
