package cli

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// withStates is a home whose state folder has these files.
func withStates(t *testing.T, files ...string) *home {
	t.Helper()
	t.Setenv("PULUMI_BACKEND_URL", "")
	h := &home{dir: t.TempDir()}
	for _, file := range files {
		path := filepath.Join(h.state(), ".pulumi", "stacks", "killrvideo", file)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

func TestStacksOfTheStateFolder(t *testing.T) {
	h := withStates(t, "dev.json", "dev.json.attrs", "dev.json.bak", "qa.json.gz")
	if got := h.ownStacks(); !slices.Equal(got, []string{"dev", "qa"}) {
		t.Errorf("got %q", got)
	}
	t.Setenv("PULUMI_BACKEND_URL", "file:///elsewhere")
	if got := h.ownStacks(); got != nil {
		t.Errorf("of another backend: %q", got)
	}
}

func TestAttributesOfStatesAreRemoved(t *testing.T) {
	h := withStates(t, "dev.json", "dev.json.attrs")
	if err := h.open(); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(h.state(), ".pulumi", "stacks", "killrvideo", "*"))
	if err != nil || len(left) != 1 || filepath.Base(left[0]) != "dev.json" {
		t.Errorf("there are %q (%v)", left, err)
	}
}

// The CLI is run where its answer is not known.
func TestWhichRunsOfTheCLIAreSpared(t *testing.T) {
	h := withStates(t, "dev.json")
	for _, test := range []struct {
		stack     string
		deploying bool
		args      []string
		spared    bool
	}{
		{"dev", false, []string{"stack", "select", "--stack", "dev"}, true},
		{"new", false, []string{"stack", "select", "--stack", "new"}, false},
		{"dev", false, []string{"stack", "init", "dev"}, false},
		{"dev", true, []string{"stack", "output", "--json"}, true},
		{"dev", false, []string{"stack", "output", "--json"}, false},
		{"dev", true, []string{"stack", "history", "--json"}, true},
		{"dev", true, []string{"up", "--yes"}, false},
		{"dev", true, nil, false},
	} {
		c := &command{home: h, stack: test.stack, deploying: test.deploying}
		if _, spared := c.automated(nil).known(test.args); spared != test.spared {
			t.Errorf("%q of stack %s, deploying %v: spared is %v", test.args, test.stack, test.deploying, spared)
		}
	}
}

func TestOutputsComeWithTheEventsOfAnUp(t *testing.T) {
	t.Parallel()
	w := newWatch(nil)
	event := func(kind string, outputs map[string]any) {
		w.note(events.EngineEvent{EngineEvent: apitype.EngineEvent{ResOutputsEvent: &apitype.ResOutputsEvent{
			Metadata: apitype.StepEventMetadata{Op: apitype.OpSame, Type: kind, New: &apitype.StepEventStateMetadata{Outputs: outputs}},
		}}})
	}
	event("astradb:index:Token", map[string]any{"token": "[secret]"})
	if w.outputs != nil {
		t.Errorf("outputs of a resource: %v", w.outputs)
	}
	event("pulumi:pulumi:Stack", map[string]any{"url": "http://127.0.0.1:8000", "metricsToken": "[secret]"})
	want := auto.OutputMap{"url": {Value: "http://127.0.0.1:8000"}, "metricsToken": {Value: "[secret]", Secret: true}}
	if len(w.outputs) != 2 || w.outputs["url"] != want["url"] || w.outputs["metricsToken"] != want["metricsToken"] {
		t.Errorf("got %v", w.outputs)
	}
}
