package plan

import (
	"maps"
	"os"
	"strings"
	"testing"
)

// reviewed is a golden plan of production on Cloud Run.
func reviewed(t *testing.T) string { return golden(t, "cloudrun-prod") }

func golden(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../stacks/testdata/" + name + "/plan.txt")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func parsed(t *testing.T, text string) *Plan {
	t.Helper()
	p, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestParseReadsWhatPrintWrote(t *testing.T) {
	t.Parallel()
	want := reviewed(t)
	var again strings.Builder
	if err := parsed(t, "plan of stack prod\n\n"+want).Print(&again); err != nil {
		t.Fatal(err)
	}
	// The last line counts components, which the text does not mark.
	cut := func(text string) string { return text[:strings.LastIndex(strings.TrimSpace(text), "\n")] }
	if cut(again.String()) != cut(want) {
		t.Error("a plan read and printed again is another")
	}
	if _, err := Parse("nothing of the kind"); err == nil {
		t.Error("a text without a plan is taken")
	}
}

func TestDiff(t *testing.T) {
	t.Parallel()
	const service = "gcp:cloudrunv2/service:Service killrvideo-api-prod"
	for name, change := range map[string]struct {
		from, to string
		want     string
	}{
		"nothing": {"", "", "no difference\n"},
		"a setting": {
			"maxInstanceCount: 20", "maxInstanceCount: 30",
			"changed:\n  " + service + "  template.scaling.maxInstanceCount\nrestarts: " + service + ": Cloud Run starts",
		},
		"a fixed input": {
			"repositoryId: killrvideo-prod", "repositoryId: other",
			"replaced, new first:\n  gcp:artifactregistry/repository:Repository killrvideo-images-prod  repositoryId\n",
		},
		"a new name": {
			"SecretVersion killrvideo-nvidia-api-key-prod\n  in", "SecretVersion another\n  in",
			"created:\n  gcp:secretmanager/secretVersion:SecretVersion another\ndeleted:\n",
		},
		"the protection": {"  protected from deletion\n", "", "  protection\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := reviewed(t)
			after := before
			if change.from != "" {
				after = strings.Replace(before, change.from, change.to, 1)
				if after == before {
					t.Fatalf("%q is not in the plan", change.from)
				}
			}
			var text strings.Builder
			if err := Diff(parsed(t, before), parsed(t, after)).Print(&text); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(text.String(), change.want) {
				t.Errorf("got\n%swant\n%s", &text, change.want)
			}
		})
	}
}

// TestDiffFollowsARotation: a new generation is one input of one resource, and
// yet replaces secrets and restarts what reads them.
func TestDiffFollowsARotation(t *testing.T) {
	t.Parallel()
	for _, target := range []struct{ golden, version, restarts string }{
		{"cloudrun-prod", "gcp:secretmanager/secretVersion:SecretVersion ", "gcp:cloudrunv2/service:Service killrvideo-api-prod: Cloud Run"},
		{"ecs-prod", "aws:secretsmanager/secretVersion:SecretVersion ", "aws:ecs/taskDefinition:TaskDefinition killrvideo-task-prod: "},
		{"kubernetes-prod", "kubernetes:core/v1:Secret ", "kubernetes:apps/v1:Deployment killrvideo-api-prod: "},
	} {
		for _, credential := range []struct{ of, verb string }{
			{"astradb:index:SigningKey signing-key", "changed"}, {"astradb:index:Token token-prod", "replaced, new first"},
		} {
			t.Run(target.golden+" "+credential.of, func(t *testing.T) {
				t.Parallel()
				before := parsed(t, golden(t, target.golden))
				after := parsed(t, golden(t, target.golden))
				for i, r := range after.Resources {
					if r.Label() == credential.of {
						after.Resources[i].Inputs["generation"] = "another"
					}
				}
				var b strings.Builder
				if err := Diff(before, after).Print(&b); err != nil {
					t.Fatal(err)
				}
				for _, want := range []string{
					credential.verb + ":\n", "  " + credential.of + "  generation\n", "  " + target.version,
					"  astradb:index:Gate gate-prod  ", "restarts: " + target.restarts,
				} {
					if !strings.Contains(b.String(), want) {
						t.Errorf("%q is not in\n%s", want, &b)
					}
				}
			})
		}
	}
}

// TestDiffSaysWhatIsGoneInBetween compares data of objects with a name of their
// own, and without.
func TestDiffSaysWhatIsGoneInBetween(t *testing.T) {
	t.Parallel()
	settings := func(value string, metadata map[string]any, first bool) *Plan {
		return &Plan{Resources: []Resource{{Type: "kubernetes:core/v1:ConfigMap", Name: "settings", DeleteFirst: first,
			Inputs: map[string]any{"metadata": metadata, "data": map[string]any{"LOG_LEVEL": value}}}}}
	}
	for name, c := range map[string]struct {
		metadata map[string]any
		first    bool
		want     string
	}{
		"named by the provider": {map[string]any{"namespace": "dev"}, false, "replaced, new first:\n"},
		"named":                 {map[string]any{"name": "settings"}, false, "replaced, old first, so that it is gone in between:\n"},
		"as the program says":   {nil, true, "replaced, old first, so that it is gone in between:\n"},
	} {
		var b strings.Builder
		if err := Diff(settings("INFO", c.metadata, c.first), settings("DEBUG", c.metadata, c.first)).Print(&b); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(b.String(), c.want) {
			t.Errorf("%s: got\n%s", name, &b)
		}
	}
}

// TestDiffKnowsNamesOnTheClouds: a name of its own is in the way of a
// replacement, where the provider would have made one up.
func TestDiffKnowsNamesOnTheClouds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind, changes string
		named         map[string]any
		first         bool
	}{
		"a service of Cloud Run": {"gcp:cloudrunv2/service:Service", "location", map[string]any{"name": "api"}, true},
		"a target group":         {"aws:lb/targetGroup:TargetGroup", "vpcId", map[string]any{"name": "api"}, true},
		"one without a name":     {"aws:lb/targetGroup:TargetGroup", "vpcId", nil, false},
		"a version of a secret":  {"gcp:secretmanager/secretVersion:SecretVersion", "secretData", nil, false},
		"a task definition":      {"aws:ecs/taskDefinition:TaskDefinition", "cpu", map[string]any{"family": "api"}, false},
	} {
		of := func(value string) *Plan {
			inputs := map[string]any{c.changes: value}
			maps.Copy(inputs, c.named)
			return &Plan{Resources: []Resource{{Type: c.kind, Name: "it", Inputs: inputs}}}
		}
		if d := Diff(of("a"), of("b")); len(d.OldFirst) == 1 != c.first || len(d.OldFirst)+len(d.Replaced) != 1 {
			t.Errorf("%s: got %+v", name, d)
		}
	}
}

func TestWithin(t *testing.T) {
	t.Parallel()
	list := func(values ...any) any { return map[string]any{"list": values} }
	for name, c := range map[string]struct {
		was, now any
		want     string
	}{
		"plain":           {"a", "b", "it"},
		"the same":        {list("a"), list("a"), ""},
		"one of a list":   {list("a", "b"), list("a", "c"), "it.list[1]"},
		"one more":        {list("a"), list("a", "b"), "it.list[1]"},
		"another kind":    {list("a"), "a", "it"},
		"in many places":  {list("a", "b", "c", "d", "e"), list("f", "g", "h", "i", "j"), "it.list"},
		"in some of them": {list("a", "b", "c", "d", "e"), list("f", "b", "h", "d", "e"), "it.list[0] it.list[2]"},
		"one that came":   {nil, list("a"), "it"},
	} {
		if got := strings.Join(within("it", c.was, c.now), " "); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
