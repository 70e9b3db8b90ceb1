package policy

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

func TestEveryIDHasARow(t *testing.T) {
	t.Parallel()
	ledger := readLedger(t)
	for _, rule := range Rules() {
		for _, id := range rule.IDs {
			if row, listed := ledger[id]; !listed || row.Met != rule.Name && row.Excepted == "" {
				t.Errorf("the rule %q answers %s, of which the ledger says %+v", rule.Name, id, row)
			}
		}
	}
	for id := range dockerfileRules() {
		if _, listed := ledger[id]; !listed {
			t.Errorf("%s has no row", id)
		}
	}
}

func TestEveryRowIsTrue(t *testing.T) {
	t.Parallel()
	answers := map[string]string{}
	for _, rule := range Rules() {
		for _, id := range rule.IDs {
			answers[id] = rule.Name
		}
	}
	for id, row := range readLedger(t) {
		switch {
		case row.Met != "":
			if answers[id] != row.Met {
				t.Errorf("%s is said to be met by %q, it is answered by %q", id, row.Met, answers[id])
			}
		case row.Tested != "":
			tested(t, id, row.Tested)
		case row.Linted != "":
			linted(t, id, row.Linted)
		case row.Excepted == "" || row.Lift == "":
			t.Errorf("%s is neither met nor tested, and an exception needs a reason and what lifts it", id)
		}
	}
}

// tested holds a row to a test that is there.
func tested(t *testing.T, id, where string) {
	t.Helper()
	file, function, _ := strings.Cut(where, ":")
	text, err := os.ReadFile("../../" + file)
	if err != nil || !strings.Contains(string(text), "func "+function+"(") {
		t.Errorf("%s is said to be tested by %s, which is not there (%v)", id, where, err)
	}
}

// linted holds a row to what make lint runs.
func linted(t *testing.T, id, program string) {
	t.Helper()
	text, err := os.ReadFile("../../Makefile")
	_, recipe, _ := strings.Cut(string(text), "\nlint:")
	recipe, _, _ = strings.Cut(recipe, "\n\n")
	if err != nil || !regexp.MustCompile(`(?m)^\t@\.killrvideo/(\w+/)?bin/`+program+`( |$)`).MatchString(recipe) {
		t.Errorf("%s is said to be held by %s, which make lint does not run (%v)", id, program, err)
	}
}

func readLedger(t *testing.T) Ledger {
	t.Helper()
	ledger, err := ReadLedger()
	if err != nil {
		t.Fatal(err)
	}
	return ledger
}
