package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/plan"

	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

func TestCompareWithAFile(t *testing.T) {
	t.Parallel()
	golden := filepath.Join("..", "testdata", "cloudrun-prod", "plan.txt")
	text, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	now, err := plan.Parse(strings.Replace(string(text), "minInstanceCount: 2", "minInstanceCount: 3", 1))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	c := &command{out: &out, stack: "prod", home: &home{root: t.TempDir()}}
	before, err := c.earlierPlan(t.Context(), golden)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.compare(before, now, golden); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"changed:\n  gcp:cloudrunv2/service:Service killrvideo-api-prod  template", "  before      ", "  difference  +",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, &out)
		}
	}
}

func TestCompareWithNothing(t *testing.T) {
	t.Parallel()
	c := &command{out: &bytes.Buffer{}, stack: "prod", home: &home{root: t.TempDir()}}
	_, err := c.earlierPlan(t.Context(), "no-such-commit")
	if err == nil || !strings.Contains(err.Error(), "name a file") {
		t.Errorf("got %v", err)
	}
	if err := c.plan(t.Context(), []string{"--color"}); exit.ClassOf(err) != exit.Usage {
		t.Errorf("an unknown option ends with %v", err)
	}
}
