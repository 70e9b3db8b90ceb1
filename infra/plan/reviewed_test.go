package plan

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestReviewedPlans holds every reviewed plan to facts about the providers and
// to the order that rotations rest on.
func TestReviewedPlans(t *testing.T) {
	t.Parallel()
	goldens, err := filepath.Glob("../../stacks/testdata/*/plan.txt")
	if err != nil || len(goldens) == 0 {
		t.Fatalf("no reviewed plans: %v", err)
	}
	for _, name := range goldens {
		t.Run(filepath.Base(filepath.Dir(name)), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			p := parsed(t, string(text))
			for _, r := range p.Resources {
				complete(t, r)
			}
			proved(t, p)
		})
	}
}

// complete asks that a resource has what its provider demands, that what is
// secret is shown as such, and that it is not gone while it is replaced.
func complete(t *testing.T, r Resource) {
	t.Helper()
	for _, name := range Required(r.Type) {
		if _, there := r.Inputs[name]; !there {
			t.Errorf("%s lacks %s", r.Label(), name)
		}
	}
	for _, name := range SecretInputs(r.Type) {
		if value, there := r.Inputs[name]; there && strings.Trim(written(value), "'\n") != Secret {
			t.Errorf("%s shows %s", r.Label(), name)
		}
	}
	if slices.Contains(factsOf(r.Type).replacing, "data") && oldFirst(r) {
		t.Errorf("%s has a name of its own, so a change of its data takes it away first", r.Label())
	}
}

// proved asks that the gate waits for everything that a revision reads.
func proved(t *testing.T, p *Plan) {
	t.Helper()
	gates := 0
	for _, gate := range p.Resources {
		if gate.Type != "astradb:index:Gate" {
			continue
		}
		if afterAGate(p, gate) {
			continue // of a domain, which is asked once the revision is proved
		}
		gates++
		for _, r := range p.Resources {
			secret := strings.Contains(r.Type, "ecretVersion") || r.Type == "kubernetes:core/v1:Secret"
			credential := r.Type == "astradb:index:Token" || r.Type == "astradb:index:SigningKey"
			if (secret || credential) && !slices.Contains(gate.After, r.Label()) {
				t.Errorf("%s does not wait for %s", gate.Label(), r.Label())
			}
		}
	}
	if gates != 1 {
		t.Errorf("the plan has %d gates of its revision", gates)
	}
}

// afterAGate reports whether a resource waits for a gate, by way of others too.
func afterAGate(p *Plan, r Resource) bool {
	return slices.ContainsFunc(p.Resources, func(other Resource) bool {
		return slices.Contains(r.After, other.Label()) && (other.Type == "astradb:index:Gate" || afterAGate(p, other))
	})
}
