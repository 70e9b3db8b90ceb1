package plan

import (
	"os"
	"strings"
	"testing"
)

// reviewed is a golden plan of production on Cloud Run.
func reviewed(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../stacks/testdata/cloudrun-prod/plan.txt")
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
		"nothing":        {"", "", "no difference\n"},
		"a setting":      {"maxInstanceCount: 20", "maxInstanceCount: 30", "changed:\n  " + service + "  template\nrestarts: " + service + ": Cloud Run starts"},
		"a fixed input":  {"repositoryId: killrvideo-prod", "repositoryId: other", "replaced, new first:\n  gcp:artifactregistry/repository:Repository killrvideo-images-prod  repositoryId\n"},
		"a new name":     {"SecretVersion killrvideo-nvidia-api-key-prod\n  in", "SecretVersion another\n  in", "created:\n  gcp:secretmanager/secretVersion:SecretVersion another\ndeleted:\n"},
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
