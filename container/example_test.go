//go:build linux

package container

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestEnvExample runs the service with .env.example as its .env: it must
// refuse each placeholder, so that no service runs with one by mistake.
func TestEnvExample(t *testing.T) {
	t.Parallel()
	example, err := os.ReadFile("../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, ".env"), string(example))
	binary := build(t, "../service", ".")
	cmd := exec.CommandContext(t.Context(), binary)
	cmd.Dir, cmd.Env = dir, []string{}
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Fatalf("it started with the placeholders:\n%s", out)
	}
	for _, name := range []string{"ASTRA_DB_APPLICATION_TOKEN", "ASTRA_DB_API_ENDPOINT", "ASTRA_DB_KEYSPACE", "JWT_SECRET_KEY"} {
		if !strings.Contains(string(out), name+":") {
			t.Errorf("the placeholder of %s is not refused:\n%s", name, out)
		}
	}

	help, _ := exec.CommandContext(t.Context(), binary, "-help").CombinedOutput()
	want, got := described(string(help)), mentioned(string(example))
	if len(want) < 15 {
		t.Fatalf("settings in -help: %q\n%s", want, help)
	}
	for _, name := range want {
		if !slices.Contains(got, name) {
			t.Errorf(".env.example does not mention %s", name)
		}
	}
}

// described are the settings of which -help tells, as variables.
func described(help string) (names []string) {
	for _, match := range regexp.MustCompile(`(?m)^\s+-([a-z][a-z-]+)\b`).FindAllStringSubmatch(help, -1) {
		if match[1] != "healthcheck" && match[1] != "help" {
			names = append(names, strings.ToUpper(strings.ReplaceAll(match[1], "-", "_")))
		}
	}
	return names
}

func mentioned(example string) []string {
	return regexp.MustCompile(`[A-Z]+(_[A-Z]+)*`).FindAllString(example, -1)
}
