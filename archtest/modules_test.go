package archtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestModulesWithoutPulumi asks the go command what building and what listing
// these modules loads.
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

// TestOneCloudEach: the program of a target, its package and a cloud's
// identities for GitHub's jobs are compiled with no other cloud's SDK, so an
// edit of one never recompiles another's.
func TestOneCloudEach(t *testing.T) {
	t.Parallel()
	for pkg, own := range oneCloudEach(t) {
		t.Run(pkg, func(t *testing.T) {
			t.Parallel()
			seen := false
			module, inside := ".", pkg
			if inner, ok := strings.CutPrefix(pkg, "infra/"); ok {
				module, inside = "infra", inner
			}
			for _, line := range list(t, module, "list", "-deps", "./"+inside) {
				folder, cloud := sdkFolder(line)
				if cloud && folder != own {
					t.Errorf("it is built with %s", line)
				}
				seen = seen || cloud
			}
			if !seen && own != "infra/platform/local" {
				t.Error("it is built without its own cloud's SDK; the list must be wrong")
			}
		})
	}
}

// oneCloudEach is the target whose SDK each of these packages may load.
func oneCloudEach(t *testing.T) map[string]string {
	t.Helper()
	targets, err := filepath.Glob(filepath.Join(root, "infra", "platform", "*", "service.go"))
	if err != nil || len(targets) < 4 {
		t.Fatalf("targets: %v, %v", targets, err)
	}
	all := map[string]string{"stacks/ci/aws": "infra/platform/ecs", "stacks/ci/gcp": "infra/platform/cloudrun"}
	for _, file := range targets {
		target := filepath.Base(filepath.Dir(file))
		all["stacks/"+target], all["infra/platform/"+target] = "infra/platform/"+target, "infra/platform/"+target
	}
	return all
}

// list runs the go command in a module.
func list(t *testing.T, module string, args ...string) []string {
	t.Helper()
	_ = os.Getenv("SOURCES") // see test.sh
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = filepath.Join(root, module)
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
