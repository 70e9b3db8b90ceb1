package policy

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

func TestTheGoodPlanBreaksNothing(t *testing.T) {
	t.Parallel()
	found, err := Check(good(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Errorf("%s: %s: %s", f.Rule.Name, f.Resource, f.What)
	}
}

func TestEveryRuleFindsItsExamples(t *testing.T) {
	t.Parallel()
	for _, e := range examples() {
		t.Run(e.rule+"/"+e.path, func(t *testing.T) {
			t.Parallel()
			p := good(t)
			e.apply(t, p)
			if !finds(t, p, e.rule) {
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
			if !finds(t, p, rule) {
				t.Error("it passes")
			}
		})
	}
}

func optionExamples() map[string]func(r *plan.Resource) {
	return map[string]func(r *plan.Resource){
		"a credential is replaced new first":  func(r *plan.Resource) { r.DeleteFirst = true },
		"what rotates is not protected":       func(r *plan.Resource) { r.Protect = true },
		"a certificate is replaced new first": func(r *plan.Resource) { r.DeleteFirst = true },
		"children have a parent":              func(r *plan.Resource) { r.Parent = "" },
		"the service waits for its secrets":   func(r *plan.Resource) { r.After = nil },
		"production is protected":             func(r *plan.Resource) { r.Protect = false },
	}
}

// TestEveryContainerIsLookedAt: the second one is no way round a rule.
func TestEveryContainerIsLookedAt(t *testing.T) {
	t.Parallel()
	p := good(t)
	pod, _ := at(p.Resources[slices.IndexFunc(p.Resources, func(r plan.Resource) bool { return r.Type == deployment })].Inputs, "spec.template.spec").(map[string]any)
	pod["containers"] = append(list(pod["containers"]), map[string]any{"image": "sidecar:latest"})
	for _, rule := range []string{"pod: image by digest", "pod: no escalation", "pod: memory limit", "ports are the container's"} {
		if !finds(t, p, rule) {
			t.Errorf("%q passes a second container that breaks it", rule)
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

func TestPrintTellsBrokenFromExcepted(t *testing.T) {
	t.Parallel()
	p := good(t)
	example{"", "gcp:secretmanager/secretIamMember:SecretIamMember", "member", "allUsers"}.apply(t, p)
	example{"", deployment, "spec.template.spec.hostPID", true}.apply(t, p)
	found, err := Check(p)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	open, err := Print(&text, found)
	if err != nil || open != 1 {
		t.Errorf("%d are broken, want 1 (%v):\n%s", open, err, &text)
	}
	for _, want := range []string{"excepted  gcp:secretmanager", "set cloudrun.public to false", "BROKEN    " + deployment, "CKV_K8S_17"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q is not in\n%s", want, &text)
		}
	}
}

func finds(t *testing.T, p *plan.Plan, rule string) bool {
	t.Helper()
	found, err := Check(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if f.Rule.Name == rule {
			return true
		}
	}
	return false
}
