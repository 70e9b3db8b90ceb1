package plantest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/killrvideo/killrvideo-go/stacks"
)

// trusted finds the setting in a printed plan, however the target writes it.
var trusted = regexp.MustCompile(`TRUSTED_PROXIES\W+(?:value\W+)?([0-9a-z][0-9a-z./,]*)`)

// Proxies wants of each stack, by its row in service/testdata/proxies.yaml, that
// its plan trusts the proxies of that row and no others. The service is tested
// against the same rows.
func Proxies(t *testing.T, target string, build stacks.Builder, cases map[string]Case) {
	t.Helper()
	t.Setenv("KILLRVIDEO_ROOT", Checkout(t))
	text, err := os.ReadFile(filepath.Join(Checkout(t), "service", "testdata", "proxies.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct{ Target, Trusted string }
	if err := yaml.Unmarshal(text, &rows); err != nil {
		t.Fatal(err)
	}
	for name, c := range cases {
		found := trusted.FindStringSubmatch(Plan(t, Write(t, target, c), "dev", target, build))
		if found == nil {
			t.Errorf("%s: the plan does not say which proxies to trust", name)
			continue
		}
		at := slices.IndexFunc(rows, func(row struct{ Target, Trusted string }) bool { return row.Target == name })
		switch {
		case at < 0:
			t.Errorf("%s has no row in service/testdata/proxies.yaml", name)
		case rows[at].Trusted != found[1]:
			t.Errorf("%s: the plan trusts %q, and the service is tested with %q", name, found[1], rows[at].Trusted)
		}
	}
}
