package policy

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

func TestTheGoodPlanBreaksNothing(t *testing.T) {
	t.Parallel()
	for _, f := range Check(good(t), nil, time.Now()) {
		t.Error(f)
	}
}

func TestEveryRuleFindsItsExamples(t *testing.T) {
	t.Parallel()
	for _, e := range examples() {
		t.Run(e.rule+"/"+e.path, func(t *testing.T) {
			t.Parallel()
			p := good(t)
			e.apply(t, p)
			if !finds(p, e.rule) {
				t.Errorf("%s with %s = %v passes", e.kind, e.path, e.value)
			}
		})
	}
}

// TestOptionsThatBreakRules are the examples that are no inputs.
func TestOptionsThatBreakRules(t *testing.T) {
	t.Parallel()
	for rule, change := range optionExamples() {
		t.Run(rule, func(t *testing.T) {
			t.Parallel()
			p := good(t)
			for i := range p.Resources {
				change(&p.Resources[i])
			}
			if !finds(p, rule) {
				t.Error("it passes")
			}
		})
	}
}

func optionExamples() map[string]func(r *plan.Resource) {
	return map[string]func(r *plan.Resource){
		"credentials are created before they are deleted": func(r *plan.Resource) { r.DeleteFirst = true },
		"credentials are not protected":                   func(r *plan.Resource) { r.Protect = true },
		"services wait for their secrets":                 func(r *plan.Resource) { r.After = nil },
		"an access list is in force after the proof":      func(r *plan.Resource) { r.After = nil },
		"an address is let in before it is used": func(r *plan.Resource) {
			if r.Type == gateways[0] {
				r.After = r.After[:min(1, len(r.After))]
			}
		},
		"production is protected": func(r *plan.Resource) { r.Protect = false },
	}
}

// TestEveryContainerIsJudged breaks a rule by the second container alone.
func TestEveryContainerIsJudged(t *testing.T) {
	t.Parallel()
	p := good(t)
	i := slices.IndexFunc(p.Resources, func(r plan.Resource) bool { return r.Type == deployment })
	pod, _ := plan.At(p.Resources[i].Inputs, "spec.template.spec").(map[string]any)
	pod["containers"] = append(plan.List(pod, "containers"), map[string]any{"image": "sidecar:latest"})
	if !finds(p, "images and secrets are pinned") {
		t.Error("the rule passes a second container that breaks it")
	}
}

// TestPortsThatAreNotKnownYet are judged by the up, which knows them.
func TestPortsThatAreNotKnownYet(t *testing.T) {
	t.Parallel()
	for _, e := range []example{
		{kind: amazonIngress, path: "fromPort", value: plan.Unknown}, {kind: amazonEgress, path: "toPort", value: plan.Unknown},
		{kind: amazonGroup, path: "ingress", value: []any{map[string]any{"protocol": "tcp", "fromPort": plan.Unknown}}},
	} {
		p := good(t)
		e.apply(t, p)
		if finds(p, "security groups open one port each") {
			t.Errorf("%s with an unknown %s is refused", e.kind, e.path)
		}
	}
}

func TestEveryRuleHasAnExample(t *testing.T) {
	t.Parallel()
	shown := map[string]bool{}
	for _, e := range examples() {
		shown[e.rule] = true
	}
	for rule := range optionExamples() {
		shown[rule] = true
	}
	for _, rule := range Rules() {
		if !shown[rule.Name] {
			t.Errorf("the rule %q has no example that breaks it", rule.Name)
		}
	}
}

func TestWaivers(t *testing.T) {
	t.Parallel()
	const rule = "rights name principals, actions and resources"
	now := time.Date(2026, 12, 31, 23, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		waiver  Waiver
		permits bool
		problem string
	}{
		"in force":       {Waiver{Rule: rule, Reason: "migration", Expires: "2026-12-31"}, true, ""},
		"expired":        {Waiver{Rule: rule, Reason: "migration", Expires: "2026-12-30"}, false, ""},
		"named":          {Waiver{Rule: rule, Resource: "key", Reason: "migration", Expires: "2027-01-01"}, true, ""},
		"other resource": {Waiver{Rule: rule, Resource: "other", Reason: "migration", Expires: "2027-01-01"}, false, ""},
		"other rule":     {Waiver{Rule: "keys outlive mistakes", Reason: "migration", Expires: "2027-01-01"}, false, ""},
		"unknown rule":   {Waiver{Rule: "no rule", Reason: "migration", Expires: "2027-01-01"}, false, "unknown rule"},
		"no reason":      {Waiver{Rule: rule, Reason: " ", Expires: "2027-01-01"}, true, "has no reason"},
		"no date":        {Waiver{Rule: rule, Reason: "migration", Expires: "soon"}, false, "needs expires"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := good(t)
			example{"", "gcp:secretmanager/secretIamMember:SecretIamMember", "role", "roles/editor"}.apply(t, p)
			var output bytes.Buffer
			findings := Check(p, []Waiver{test.waiver}, now)
			broken, err := Broken(findings), Print(&output, findings)
			if err != nil || (broken == 0) != test.permits {
				t.Errorf("%d are broken (%v):\n%s", broken, err, &output)
			}
			if test.permits && !strings.Contains(output.String(), "waived  gcp:secretmanager") {
				t.Errorf("the waiver is not printed:\n%s", &output)
			}
			err = test.waiver.Validate()
			if (err == nil) != (test.problem == "") || err != nil && !strings.Contains(err.Error(), test.problem) {
				t.Errorf("the waiver gives %v, want %q", err, test.problem)
			}
		})
	}
}

func finds(p *plan.Plan, rule string) bool {
	return slices.ContainsFunc(Check(p, nil, time.Now()), func(f Finding) bool { return f.Rule.Name == rule })
}

// TestAVersionWithATimeToLive can be restored for a while.
func TestAVersionWithATimeToLive(t *testing.T) {
	t.Parallel()
	const rule = "an earlier secret version can be restored"
	for ttl, restorable := range map[string]bool{"": false, "2592000s": true} {
		p := good(t)
		example{"", googleVersion, "deletionPolicy", "DELETE"}.apply(t, p)
		example{"", "gcp:secretmanager/secret:Secret", "versionDestroyTtl", ttl}.apply(t, p)
		if finds(p, rule) == restorable {
			t.Errorf("versionDestroyTtl %q: found %t", ttl, !restorable)
		}
	}
}

func resource(kind string, inputs map[string]any) plan.Resource {
	return plan.Resource{Type: kind, Name: "it", Inputs: inputs}
}
