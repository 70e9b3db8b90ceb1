package cli

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// fakePlatform tells what it was made with.
type fakePlatform struct {
	instances []operate.Instance
	lines     []string
	err       error
}

func (p fakePlatform) Instances(context.Context) ([]operate.Instance, error) {
	return p.instances, p.err
}

func (p fakePlatform) Logs(_ context.Context, query operate.Query, emit func(operate.Line) error) error {
	if !query.Failed {
		return errors.New("the log of what serves was asked for")
	}
	for _, line := range p.lines {
		if err := emit(operate.ParseLine("task 2", line)); err != nil {
			return err
		}
	}
	return nil
}

// TestTheReportIsInOrder and says each thing once.
func TestTheReportIsInOrder(t *testing.T) {
	t.Parallel()
	o := outcome{
		operation: "up", stack: "prod", engine: errors.New("exit status 255"),
		messages: []string{"revision r2 does not serve at https://x: after 2m0s and 9 requests to /health/ready\nLast: status 503"},
		platform: platformReport(t.Context(), fakePlatform{
			instances: []operate.Instance{
				{Name: "task 1", Revision: "r1", State: operate.Running, Ready: true, Serves: true},
				{Name: "task 2", Revision: "r2", State: operate.Failed, Reason: "OutOfMemoryError: Container killed"},
			},
			lines: []string{"first line", "last line AstraCS:generated:for-this-test"},
		}),
	}
	text, at := o.explained().Error(), 0
	for _, part := range []string{
		"up failed; nothing that served before was removed", "9 requests to /health/ready", "Last: status 503",
		"The platform says: task 2 is failed: OutOfMemoryError", "Last lines of task 2:", "first line", "last line ***",
		"What serves: task 1 r1", "refresh --yes --stack prod", "next: fix the cause, then: ", "make rollback STACK=prod",
	} {
		next := strings.Index(text[at:], part)
		if next < 0 || strings.Count(text, part) != 1 {
			t.Fatalf("%q is not there once after %q:\n%s", part, text[:at], text)
		}
		at += next + len(part)
	}
	said := platformReport(t.Context(), fakePlatform{err: errors.New("forbidden")})
	if len(said) != 1 || !strings.Contains(said[0], "forbidden") {
		t.Errorf("a platform that cannot be asked: %q", said)
	}
}

// TestThePlatformIsAskedWhereInstancesFailed, and not of a role or a setting.
func TestThePlatformIsAskedWhereInstancesFailed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		outcome outcome
		asked   bool
	}{
		"the gate":           {outcome{operation: "up", resources: []failedResource{{gateURN, resource.GateType}}}, true},
		"the ECS service":    {outcome{operation: "up", resources: []failedResource{{"", "aws:ecs/service:Service"}}}, true},
		"an old one goes on": {outcome{operation: "up", program: errors.New("ECS went back")}, true},
		"a role":             {outcome{operation: "up", resources: []failedResource{{roleURN, resource.RoleType}}}, false},
		"a preview":          {outcome{operation: "preview", program: errors.New("x")}, false},
	} {
		if got := c.outcome.rolledOut(); got != c.asked {
			t.Errorf("%s: asked is %v", name, got)
		}
	}
	if kinds := slices.Compact(slices.Sorted(slices.Values(rollsOut))); len(kinds) != 4 {
		t.Errorf("%d types fail with the instances, want the gate's and one a cloud", len(kinds))
	}
}
