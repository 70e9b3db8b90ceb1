package archtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// thirdParty prints the version of every module that is not ours.
const thirdParty = `{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}{{end}}{{end}}`

// TestOneSetOfDependencies: tests run in the workspace, images and released
// programs are built without it. Both must compile the same versions, or the
// tests prove another program than the one that ships.
func TestOneSetOfDependencies(t *testing.T) {
	t.Parallel()
	for _, module := range []string{"astra", "service", "."} {
		t.Run(module, func(t *testing.T) {
			t.Parallel()
			alone, workspace := versions(t, module, "GOWORK=off"), versions(t, module, "GOWORK=")
			if len(alone) < 5 {
				t.Fatalf("only %d dependencies were found; the list must be wrong", len(alone))
			}
			for path, version := range workspace {
				if alone[path] != version {
					t.Errorf("the workspace builds with %s %s, the module on its own with %q; run: cd %s && GOWORK=off go get %s@%s && GOWORK=off go mod tidy",
						path, version, alone[path], module, path, version)
				}
			}
		})
	}
}

var goVersions = map[string]*regexp.Regexp{
	"Dockerfile":                       regexp.MustCompile(`(?m)^ARG GO_IMAGE=golang:([0-9.]+)-`),
	"container/astra-local/Dockerfile": regexp.MustCompile(`(?m)^ARG GO_IMAGE=golang:([0-9.]+)-`),
	"compose.yaml":                     regexp.MustCompile(`GO_IMAGE:-golang:([0-9.]+)-`),
	".github/workflows/*.yml":          regexp.MustCompile(`(?m)^ +go-version(?:-file)?: (\S+)`),
}

// TestOneGo: images and workflows use one patch release of Go. The go directive
// of a module is only the least that it needs, and names no fix of a toolchain.
func TestOneGo(t *testing.T) {
	t.Parallel()
	found := map[string][]string{}
	for pattern, version := range goVersions {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %v", pattern, files, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range version.FindAllStringSubmatch(string(text), -1) {
				found[one[1]] = append(found[one[1]], file)
			}
		}
	}
	if len(found) != 1 {
		t.Errorf("more than one version of Go: %v", found)
	}
}

// versions lists what the packages and tests of a module are compiled with.
func versions(t *testing.T, module string, env ...string) map[string]string {
	t.Helper()
	_ = os.Getenv("SOURCES") // see test.sh
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-test", "-f", thirdParty, "./...")
	cmd.Dir = filepath.Join(root, module)
	cmd.Env = append(os.Environ(), env...)
	var problems strings.Builder
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list in %s with %v: %v\n%s", module, env, err, problems.String())
	}
	all := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, version, found := strings.Cut(strings.TrimSpace(line), " ")
		if found && !strings.HasPrefix(path, "github.com/killrvideo/killrvideo-go") {
			all[path] = version
		}
	}
	return all
}
