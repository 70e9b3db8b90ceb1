package archtest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// thirdParty prints the version of every module that is not ours.
const thirdParty = `{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}{{end}}{{end}}`

// TestOneSetOfDependencies: a module is built and tested with the versions in its
// go.mod. All modules name the same ones, or a stack's program would contain the
// toolkit with other versions than those that the toolkit's tests ran with.
func TestOneSetOfDependencies(t *testing.T) {
	t.Parallel()
	modules := map[string]map[string][]string{} // by dependency and version
	for module, packages := range map[string]string{
		"astra": "./...", "infra": "./...", "service": "./...", ".": "./...",
		// What the CLI has in common with the product is compiled once.
		"tools/pulumi": "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
	} {
		all := list(t, module, "list", "-deps", "-test", "-f", thirdParty, packages)
		for i := 0; i+1 < len(all); i += 2 {
			path, version := all[i], all[i+1]
			if strings.HasPrefix(path, "github.com/killrvideo/killrvideo-go") {
				continue
			}
			if modules[path] == nil {
				modules[path] = map[string][]string{}
			}
			if !slices.Contains(modules[path][version], module) {
				modules[path][version] = append(modules[path][version], module)
			}
		}
	}
	if len(modules) < 50 {
		t.Fatalf("only %d dependencies were found; the list must be wrong", len(modules))
	}
	for path, versions := range modules {
		if len(versions) > 1 {
			t.Errorf("the modules differ in %s: %v; run `go get %s@VERSION` and `go mod tidy` in each that lags behind", path, versions, path)
		}
	}
}

// TestNoWorkspace: a committed workspace would give programs other versions than
// the go.mod of their module, and Go refuses GOFLAGS=-mod=mod in one. The
// examples have one: their go.mod, which users copy, replaces no module.
func TestNoWorkspace(t *testing.T) {
	t.Parallel()
	for _, name := range tracked(t) {
		if filepath.Base(name) == "go.work" && name != "examples/go.work" {
			t.Errorf("%s is a workspace", name)
		}
	}
}

var goVersions = map[string]*regexp.Regexp{
	"Dockerfile":                       regexp.MustCompile(`(?m)^ARG GO_IMAGE=golang:([0-9.]+)-`),
	"container/astra-local/Dockerfile": regexp.MustCompile(`(?m)^ARG GO_IMAGE=golang:([0-9.]+)-`),
	"examples/*/Dockerfile":            regexp.MustCompile(`(?m)^ARG GO_IMAGE=golang:([0-9.]+)-`),
	"compose.yaml":                     regexp.MustCompile(`GO_IMAGE:-golang:([0-9.]+)-`),
	".github/workflows/*.yml":          regexp.MustCompile(`(?m)^ +go-version(?:-file)?: (\S+)`),

	"examples/*/.github/workflows/*.yml": regexp.MustCompile(`(?m)^ +go-version(?:-file)?: (\S+)`),
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
