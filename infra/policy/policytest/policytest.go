// Package policytest holds plans to what people have reviewed: files beside a
// test with the plan as it is printed, and with every permission. It is for
// tests alone.
package policytest

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/policy"
	"github.com/killrvideo/killrvideo-go/infra/rights"
)

var update = flag.Bool("update", false, "write the reviewed files again")

// Reviewed holds a text to the reviewed one in a file. Rewrite it with the
// flag -update of the test.
func Reviewed(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf(
			"%s is not what is there now; if that is meant to be, run the test once more with -update\n%s",
			file,
			firstDifference(string(want), got),
		)
	}
}

// Access holds the permissions in a plan to the reviewed table in a file, and
// every wide right to a reason. A role on Astra that names no actions has the
// least ones.
func Access(t *testing.T, file string, p *plan.Plan, least []string) {
	t.Helper()
	var table strings.Builder
	for _, right := range rights.Of(p, least) {
		table.WriteString(right.String() + "\n")
		if right.Wide() && right.Reason() == "" {
			t.Errorf("%s has no reason", right)
		}
	}
	Reviewed(t, file, table.String())
}

func firstDifference(want, got string) string {
	wanted, have := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(wanted), len(have)) {
		if wanted[i] != have[i] {
			return "reviewed: " + wanted[i] + "\nnow:      " + have[i]
		}
	}
	return "one is longer than the other"
}

// Plan holds a plan to the rules, and to the reviewed plan.txt and access.txt in
// a folder.
func Plan(t *testing.T, folder string, p *plan.Plan, least []string) {
	t.Helper()
	for _, finding := range policy.Check(p, nil, time.Now()) {
		t.Error(finding)
	}
	var text strings.Builder
	if err := p.Print(&text); err != nil {
		t.Fatal(err)
	}
	Reviewed(t, filepath.Join(folder, "plan.txt"), text.String())
	Access(t, filepath.Join(folder, "access.txt"), p, least)
}
