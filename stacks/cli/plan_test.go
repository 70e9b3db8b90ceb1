package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/policy"
	"github.com/killrvideo/killrvideo-go/stacks"
)

// reviewed is the reviewed plan of production on a target, with a finding.
func reviewed(t *testing.T, folder string) *stacks.Planned {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "testdata", folder, "plan.txt"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Parse(string(text))
	if err != nil {
		t.Fatal(err)
	}
	finding := policy.Finding{Rule: policy.Rules()[0], Resource: "a:b:C it", Problem: "it is wrong"}
	return &stacks.Planned{Plan: p, Assumed: []string{"astraRegion"}, Findings: []policy.Finding{finding}}
}

func TestThePlanPutsTheSummaryFirst(t *testing.T) {
	t.Parallel()
	planned := reviewed(t, "cloudrun-prod")
	order := []string{
		"plan of stack prod, target cloudrun", "assumed, because Pulumi.prod.yaml does not say it: astraRegion",
		"\nresources: ", "\nexposed:\n", "  to the internet\n", "\ncost, a rough estimate: ", "typical", "together",
		"\npolicy: ", "  BROKEN  a:b:C it: it is wrong", "\nproduction lacks", "  kmsKey: ",
		"\nfrom main to this checkout:\n", "\n" + detailsTitle + "\n",
		"gcp:cloudrunv2/service:Service killrvideo-api-prod\n",
	}
	for name, c := range map[string]struct {
		details bool
		before  *plan.Plan
		absent  []string
	}{
		"summary": {absent: []string{"from main", detailsTitle, "minInstanceCount"}},
		"changes": {before: planned.Plan, absent: []string{detailsTitle, "minInstanceCount"}},
		"details": {before: planned.Plan, details: true},
	} {
		var out bytes.Buffer
		command := &command{out: &out, stack: "prod", target: "cloudrun"}
		if err := command.printPlan(planned, c.before, "main", c.details); err != nil {
			t.Fatal(err)
		}
		at := 0
		for _, want := range order {
			left := slices.ContainsFunc(c.absent, func(absent string) bool { return strings.Contains(want, absent) })
			if left || !c.details && strings.HasPrefix(want, "gcp:") {
				continue
			}
			found := strings.Index(out.String()[at:], want)
			if found < 0 {
				t.Errorf("%s: %q is not there, or not after what comes before it:\n%s", name, want, &out)
				break
			}
			at += found
		}
		for _, absent := range c.absent {
			if strings.Contains(out.String(), absent) {
				t.Errorf("%s: %q is in it", name, absent)
			}
		}
		if _, err := plan.Parse(out.String()); (err == nil) != c.details {
			t.Errorf("%s: read as an earlier plan: %v", name, err)
		}
	}
}

// TestThePlanForPrograms: the JSON has every part of the text, and is a plan to
// compare with.
func TestThePlanForPrograms(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{"cloudrun-prod", "ecs-prod", "kubernetes-prod", "local-dev"} {
		planned := reviewed(t, folder)
		var out bytes.Buffer
		command := &command{out: &out, stack: "prod", target: folder}
		if err := command.printJSON(command.planReport(planned, planned.Plan, "main")); err != nil {
			t.Fatal(err)
		}
		var report map[string]any
		if err := json.Unmarshal(out.Bytes(), &report); err != nil {
			t.Fatal(err)
		}
		for _, member := range []string{"stack", "target", "assumed", "summary", "exposed", "cost", "policy", "changes", "resources"} {
			if _, there := report[member]; !there {
				t.Errorf("%s: no member %s", folder, member)
			}
		}
		if (report["cost"] == nil) != (folder == "local-dev") {
			t.Errorf("%s: the cost is %v", folder, report["cost"])
		}
		if broken := report["policy"].(map[string]any)["broken"]; broken != 1.0 {
			t.Errorf("%s: %v rules are broken", folder, broken)
		}
		before, err := plan.Parse(out.String())
		if err != nil {
			t.Fatal(err)
		}
		var changes bytes.Buffer
		if err := plan.Diff(before, planned.Plan).Print(&changes); err != nil || changes.String() != "no difference\n" {
			t.Errorf("%s: the plan read from JSON differs (%v):\n%s", folder, err, &changes)
		}
	}
}

// TestABrokenPolicyFailsThePlan after it was printed.
func TestABrokenPolicyFailsThePlan(t *testing.T) {
	t.Parallel()
	planned := reviewed(t, "local-dev")
	command := &command{stack: "dev"}
	if err := command.judge(planned); err == nil || !strings.Contains(err.Error(), "breaks 1 rules") {
		t.Errorf("got %v", err)
	}
	planned.Findings[0].Waiver = &policy.Waiver{}
	if err := command.judge(planned); err != nil {
		t.Errorf("a waived rule: %v", err)
	}
}
