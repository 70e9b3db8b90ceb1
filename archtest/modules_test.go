package archtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestModulesWithoutPulumi asks the go command, without the workspace, what
// building and what listing these modules loads.
func TestModulesWithoutPulumi(t *testing.T) {
	t.Parallel()
	for _, module := range []string{"astra", "service"} {
		t.Run(module, func(t *testing.T) {
			t.Parallel()
			for _, args := range [][]string{{"list", "-m", "all"}, {"list", "-deps", "./..."}} {
				for _, line := range list(t, module, args...) {
					if strings.Contains(line, "pulumi") {
						t.Errorf("go %s in %s names %s", strings.Join(args, " "), module, line)
					}
				}
			}
		})
	}
}

// TestServiceBinary looks at what the production binary is made of: the
// embedded Astra and its SQLite are not.
func TestServiceBinary(t *testing.T) {
	t.Parallel()
	for _, line := range list(t, "service", "list", "-deps", ".") {
		if within(relative(line), "astra/local", "infra", "stacks") || strings.Contains(line, "sqlite") {
			t.Errorf("the service is built with %s", line)
		}
	}
}

// TestOneCloudEach: the program of a target compiles no other cloud's SDK.
func TestOneCloudEach(t *testing.T) {
	t.Parallel()
	programs, err := filepath.Glob(filepath.Join(root, "stacks", "*", "main.go"))
	if err != nil || len(programs) < 2 {
		t.Fatalf("programs of targets: %v, %v", programs, err)
	}
	for _, program := range programs {
		target := filepath.Base(filepath.Dir(program))
		if target == "launch" {
			continue // a module of its own, with a rule of its own
		}
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			for _, line := range list(t, ".", "list", "-deps", "./stacks/"+target) {
				if room, cloud := sdkRoom(line); cloud && room != "infra/target/"+target {
					t.Errorf("it is built with %s", line)
				}
			}
		})
	}
}

// list runs the go command in a module on its own.
func list(t *testing.T, module string, args ...string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = filepath.Join(root, module)
	cmd.Env = append(os.Environ(), "GOWORK=off")
	var problems strings.Builder
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s in %s: %v\n%s", strings.Join(args, " "), module, err, problems.String())
	}
	lines := strings.Fields(string(out))
	if len(lines) < 5 {
		t.Fatalf("go %s in %s lists only %q", strings.Join(args, " "), module, lines)
	}
	return lines
}
