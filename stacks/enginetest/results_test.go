package enginetest

import (
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/enginetest/fault"
)

// TestResultsAreReadAsWritten: what a run did not see is kept from the document.
func TestResultsAreReadAsWritten(t *testing.T) {
	t.Parallel()
	const step, timed = "delete astradb:index:Token token-dev", "update astradb:index:SigningKey signing-key"
	written := &results{}
	written.add(scenarios[1].name, step, fault.Before, "fails, old serves")
	written.add(scenarios[1].name, step, fault.After, "fails, new serves")
	written.add(scenarios[2].name, timed, fault.Ahead, "passes, new serves")
	note(&written.remains, "aws:ec2/eip:Eip")
	note(&written.listed, "aws:secretsmanager/secretVersion:SecretVersion")
	block := "<!-- generated: failures ecs (make matrix) -->\n" + written.markdown("ecs") + "<!-- end: failures ecs -->\n"
	if strings.Count(block, "Not run yet.") != len(scenarios)-2 {
		t.Errorf("scenarios that were not run are missing:\n%s", block)
	}
	for _, line := range []string{
		"| " + step + " | fails, old serves | fails, new serves | not run | not run | – | – |",
		"| " + timed + " | not run | not run | not run | not run | passes, new serves | not run |",
	} {
		if !strings.Contains(block, line) {
			t.Errorf("%q is missing:\n%s", line, block)
		}
	}
	read := parsed(block, "ecs")
	if again := read.markdown("ecs"); again != written.markdown("ecs") {
		t.Errorf("it was read as\n%s", again)
	}
	if other := parsed(block, "cloudrun"); len(other.rows)+len(other.remains)+len(other.listed) > 0 {
		t.Errorf("another target has %v", other.rows)
	}

	now := &results{}
	note(&now.listed, "aws:ec2/eip:Eip") // which doctor did not list before
	now.expect(scenarios[1].name, []string{"create astradb:index:Token token-dev", step})
	now.add(scenarios[1].name, step, fault.Before, "passes")
	now.keep(read)
	for kind, want := range map[fault.Kind]string{fault.Before: "passes", fault.After: "fails, new serves", fault.Timeout: ""} {
		if got := now.row(scenarios[1].name, step).cells[kind]; got != want {
			t.Errorf("%s is %q, want %q", kind, got, want)
		}
	}
	if rows := now.of(scenarios[1].name); len(rows) != 2 || !strings.Contains(rows[0].line(), "| not run | not run |") {
		t.Errorf("the steps are not in the order in which they are done: %+v", rows)
	}
	if now.row(scenarios[2].name, timed).cells[fault.Ahead] == "" || len(now.remains) != 0 || len(now.listed) != 2 {
		t.Errorf("a scenario that was not run is lost: %+v", now)
	}
}

// TestOutcomeIsTheSameInAnyOrder of independent steps.
func TestOutcomeIsTheSameInAnyOrder(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"fails, old serves, 2 old and 1 new tokens, leaves a token": "fails, old serves", "passes, new serves": "passes, new serves", "": "",
	} {
		if got := outcome(scenarios[1].name, cell); got != want {
			t.Errorf("%q: %q", cell, got)
		}
	}
	if got := outcome(scenarios[0].name, "fails, new serves, 2 new tokens"); got != "fails" {
		t.Errorf("of a first deployment: %q", got)
	}
}
