package caller_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/caller"
)

func TestForms(t *testing.T) {
	t.Setenv(caller.Variable, "")
	if got := caller.Pulumi("config rm cpu --stack dev"); got != "pulumi config rm cpu --stack dev" {
		t.Errorf("for a caller of pulumi: %s", got)
	}
	if got := caller.Verb("up", "qa"); got != "pulumi up --stack qa" {
		t.Errorf("for a caller of pulumi: %s", got)
	}
	if got := caller.Here("refresh"); got != "pulumi refresh" || caller.Up() != "pulumi up" {
		t.Errorf("for a caller of pulumi: %s, %s", got, caller.Up())
	}
	t.Setenv(caller.Variable, caller.Make)
	if got := caller.Verb("up", "qa"); got != "make up STACK=qa" {
		t.Errorf("for a caller of make: %s", got)
	}
	t.Setenv(caller.StackVariable, "qa")
	if got := caller.Here("refresh"); got != `make pulumi ARGS="refresh --stack qa"` || caller.Up() != "make up STACK=qa" {
		t.Errorf("for a caller of make: %s, %s", got, caller.Up())
	}
	if got := caller.Verb("up", "dev"); got != "make up" {
		t.Errorf("for a caller of make: %s", got)
	}
}

// TestMakeHandsOnTheWords runs each command in a real shell with the real
// Makefile's way of handing ARGS on.
func TestMakeHandsOnTheWords(t *testing.T) {
	t.Setenv(caller.Variable, caller.Make)
	dir := t.TempDir()
	makefile := "pulumi:\n\t@printf '%s\\n' $(ARGS); cat\n"
	if err := os.WriteFile(filepath.Join(dir, "Makefile"), []byte(makefile), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte("from the file"), 0o600); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string][]string{
		`config rm cpu --stack dev`:                                 {"config", "rm", "cpu", "--stack", "dev"},
		`config set --path 'ecs.tags["cost centre"]' 'a b'`:         {"config", "set", "--path", `ecs.tags["cost centre"]`, "a b"},
		`config set gateReason "WHY NOT"`:                           {"config", "set", "gateReason", "WHY NOT"},
		`config set corsOrigins '*'`:                                {"config", "set", "corsOrigins", "*"},
		`config set image 'a$b'`:                                    {"config", "set", "image", "a$b"},
		`config set --secret kubernetes.dockerConfig < config.json`: {"config", "set", "--secret", "kubernetes.dockerConfig", "from the file"},
	} {
		cmd := exec.Command("sh", "-c", caller.Pulumi(args))
		cmd.Dir = dir
		// The test may be run by make itself, which would speak of its folders.
		cmd.Env = append(os.Environ(), "MAKEFLAGS=", "MAKELEVEL=0")
		output, err := cmd.CombinedOutput()
		if err != nil || strings.TrimSpace(string(output)) != strings.Join(want, "\n") {
			t.Errorf("%s\nbecame %s\nwhich gave %q, %v", args, caller.Pulumi(args), output, err)
		}
	}
}
