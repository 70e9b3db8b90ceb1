package cli

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

func stepOf(op apitype.OpType, name string) apitype.StepEventMetadata {
	return apitype.StepEventMetadata{
		Op: op, URN: "urn:pulumi:dev::killrvideo::astradb:index:Process::" + name, Type: "astradb:index:Process",
		New: &apitype.StepEventStateMetadata{Custom: true}, DetailedDiff: map[string]apitype.PropertyDiff{"env": {}, "command": {}},
	}
}

func pre(m apitype.StepEventMetadata) events.EngineEvent {
	return events.EngineEvent{EngineEvent: apitype.EngineEvent{ResourcePreEvent: &apitype.ResourcePreEvent{Metadata: m}}}
}

func post(m apitype.StepEventMetadata) events.EngineEvent {
	return events.EngineEvent{EngineEvent: apitype.EngineEvent{ResOutputsEvent: &apitype.ResOutputsEvent{Metadata: m}}}
}

func diagnostic(severity, text string, ephemeral bool) events.EngineEvent {
	return events.EngineEvent{EngineEvent: apitype.EngineEvent{
		DiagnosticEvent: &apitype.DiagnosticEvent{Severity: severity, Message: text, Ephemeral: ephemeral}}}
}

// TestDisplayOfAnUpdate: a line a resource, each note once, and a summary in
// which a replacement counts once.
func TestDisplayOfAnUpdate(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	d := newDisplay(newScreen(&out), false)
	component := stepOf(apitype.OpCreate, "group")
	component.New.Custom = false
	for _, event := range []events.EngineEvent{
		diagnostic("info", "building the API", false), diagnostic("info", "building the API\n", false), diagnostic("info", "passing", true),
		diagnostic("warning", "the gate is off", false), diagnostic("warning", "the gate is off", false),
		diagnostic("error", "printed at the end", false),
		pre(component), post(component),
		pre(stepOf(apitype.OpSame, "astra")), post(stepOf(apitype.OpSame, "astra")),
		pre(stepOf(apitype.OpUpdate, "api")), post(stepOf(apitype.OpUpdate, "api")),
		pre(stepOf(apitype.OpCreateReplacement, "gate")), post(stepOf(apitype.OpCreateReplacement, "gate")),
		pre(stepOf(apitype.OpReplace, "gate")), post(stepOf(apitype.OpReplace, "gate")),
		pre(stepOf(apitype.OpDeleteReplaced, "gate")), post(stepOf(apitype.OpDeleteReplaced, "gate")),
	} {
		d.event(event)
	}
	d.summary()
	text := out.String()
	for part, times := range map[string]int{
		"building the API": 1, "warning: the gate is off": 1, "passing": 0, "printed at the end": 0, "group": 0, "Process astra": 0,
		"~ astradb:index:Process api updating\n": 1, "~ astradb:index:Process api updated [command, env]\n": 1,
		"gate created as a replacement": 1, "gate replaced": 0, "1 updated, 1 replaced, 1 unchanged": 0,
		"1 replaced, 1 updated, 1 unchanged in ": 1,
		"\x1b":                                   0,
	} {
		if got := strings.Count(text, part); got != times {
			t.Errorf("%q is there %d times, want %d:\n%s", part, got, times, text)
		}
	}
}

func TestDisplayOfAPreview(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	d := newDisplay(newScreen(&out), true)
	d.event(pre(stepOf(apitype.OpCreate, "api")))
	d.event(post(stepOf(apitype.OpCreate, "api")))
	d.summary()
	if text := out.String(); !strings.HasPrefix(text, "+ astradb:index:Process api to create\n") || !strings.Contains(text, "1 to create in") {
		t.Errorf("got %q", text)
	}
}

func TestOnlyATerminalGetsColours(t *testing.T) {
	file, err := os.CreateTemp(t.TempDir(), "output")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	s, failed := styleOf(file), errors.New("the cause\nthe fix")
	if s.terminal || s.good.Render("x") != "x" || failureText(s, failed) != failed.Error() {
		t.Errorf("a file gets %q", failureText(s, failed))
	}
}
