package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// stream is what govulncheck prints: a finding for the module, one for the
// package, and one for each symbol that is called.
const stream = `{"config":{"scanner_name":"govulncheck"}}
{"osv":{"id":"GO-1-1","summary":"a"}}
{"finding":{"osv":"GO-1-1","fixed_version":"v1.2.3","trace":[{"module":"example.com/a","version":"v1.2.2"}]}}
{"finding":{"osv":"GO-1-1","fixed_version":"v1.2.3","trace":[{"module":"example.com/a","version":"v1.2.2","package":"example.com/a/b"}]}}
{"finding":{"osv":"GO-1-2","fixed_version":"v9.0.0","trace":[{"module":"example.com/only-required","version":"v1.0.0"}]}}
{"finding":{"osv":"GO-1-3","fixed_version":"v1.26.9","trace":[{"module":"stdlib","version":"v1.26.8","package":"net/http"}]}}
{"finding":{"osv":"GO-1-4","fixed_version":"v1.26.11","trace":[{"module":"stdlib","version":"v1.26.8","package":"os"}]}}
`

func reported(t *testing.T, accepted string) (printed string, err error) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "accepted.txt")
	if err := os.WriteFile(name, []byte(accepted), 0o600); err != nil {
		t.Fatal(err)
	}
	lines, err := readAccepted(name)
	if err != nil {
		return "", err
	}
	found, err := parse(strings.NewReader(stream))
	if err != nil {
		t.Fatal(err)
	}
	r := &report{accepted: lines, releaseGo: "go1.26.10", known: map[string][]string{}, outdated: map[string]bool{}}
	r.add("service", found)
	var out strings.Builder
	err = r.print(&out)
	return out.String(), err
}

func TestReport(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		accepted  string
		bad, good []string
	}{
		"nothing accepted": {"", []string{"GO-1-1 in example.com/a@v1.2.2", "GO-1-4"}, []string{"GO-1-3"}},
		"accepted":         {"service GO-1-1 in tests only\nservice GO-1-4 not on Linux really", nil, []string{"in tests only", "GO-1-3"}},
		"all of a module":  {"# a comment\n\nservice * only in tests", nil, []string{"only in tests"}},
		"another module": {"astra GO-1-1 for another module", []string{"GO-1-1 in", "GO-1-4",
			"astra GO-1-1 is accepted and no longer found"}, nil},
		"no longer found": {"service GO-1-9 was fixed since\nservice GO-1-1 a b c\nservice GO-1-4 a b c",
			[]string{"GO-1-9 is accepted and no longer"}, nil},
		"without a reason": {"service GO-1-1", []string{"and a reason"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			printed, err := reported(t, c.accepted)
			if (err != nil) != (len(c.bad) > 0) {
				t.Fatalf("error %v, want some: %v", err, len(c.bad) > 0)
			}
			for _, want := range c.bad {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error does not say %q: %v", want, err)
				}
			}
			for _, want := range c.good {
				if !strings.Contains(printed, want) {
					t.Errorf("%q is not printed: %s", want, printed)
				}
			}
			if strings.Contains(printed, "GO-1-2") || err != nil && strings.Contains(err.Error(), "GO-1-2") {
				t.Error("a module of which no vulnerable package is compiled is reported")
			}
		})
	}
}

func TestReleaseGo(t *testing.T) {
	t.Parallel()
	version, err := releaseGo("../../Dockerfile")
	if err != nil || !strings.HasPrefix(version, "go1.") {
		t.Errorf("%q, %v", version, err)
	}
	if _, err := releaseGo("main.go"); err == nil {
		t.Error("a file without GO_IMAGE is taken")
	}
}

// TestEveryModuleIsScanned: a new go.mod joins the list.
func TestEveryModuleIsScanned(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, module := range modules {
		known[module] = true
	}
	for _, pattern := range []string{"go.mod", "*/go.mod", "*/*/go.mod", "*/*/*/go.mod"} {
		files, err := filepath.Glob(filepath.Join("../..", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			module, _ := filepath.Rel("../..", filepath.Dir(file))
			// An example compiles what infra compiles, from a release.
			elsewhere := strings.HasPrefix(module, ".") || strings.HasPrefix(module, "examples/")
			if !known[module] && !elsewhere {
				t.Errorf("module %s is not scanned; add it to modules", module)
			}
		}
	}
	if !known["service"] || !known["."] {
		t.Errorf("the list is %v", modules)
	}
}
