package cli

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

// TestConfirm asks on a terminal, takes YES without one, and takes the name of
// the stack alone where something is lost.
func TestConfirm(t *testing.T) {
	t.Parallel()
	small := []string{"update gcp:cloudrunv2/service:Service"}
	losing := []string{"delete aws:ecr/repository:Repository"}
	for name, test := range map[string]struct {
		steps       []string
		yes, answer string
		terminal    bool
		want        string // "" is a yes
	}{
		"nothing to do":              {nil, "", "", false, ""},
		"no terminal":                {small, "", "", false, "YES=1"},
		"YES":                        {small, "1", "", false, ""},
		"the name is a yes too":      {small, "prod", "", false, ""},
		"any other word":             {small, "true", "", false, "YES=1"},
		"answered":                   {small, "", "y\n", true, ""},
		"answered in full":           {small, "", "yes\n", true, ""},
		"refused":                    {small, "", "n\n", true, "nothing was changed"},
		"return alone":               {small, "", "\n", true, "nothing was changed"},
		"the terminal is closed":     {small, "", "", true, "nothing was changed"},
		"losing, no terminal":        {losing, "", "", false, "YES=prod"},
		"losing, YES=1":              {losing, "1", "", false, "YES=prod"},
		"losing, the name":           {losing, "prod", "", false, ""},
		"losing, answered y":         {losing, "", "y\n", true, "nothing was changed"},
		"losing, the name answered":  {losing, "", "prod\n", true, ""},
		"losing, another name":       {losing, "", "dev\n", true, "nothing was changed"},
		"a protected one goes":       {[]string{"delete t protected"}, "1", "", false, "YES=prod"},
		"a protected one is updated": {[]string{"update t protected"}, "1", "", false, ""},
		"a replacement":              {[]string{"replace kubernetes:core/v1:Namespace"}, "1", "", false, "kubernetes:core/v1:Namespace thing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var prompt bytes.Buffer
			c := &command{target: "ecs", stack: "prod", yes: test.yes, prompt: &prompt}
			if test.terminal {
				c.asks = io.NopCloser(strings.NewReader(test.answer))
			}
			err := c.confirm("up", plannedFrom(test.steps))
			switch {
			case test.want == "" && err != nil, test.want != "" && exit.ClassOf(err) != exit.NotConfirmed:
				t.Errorf("got %v, %d", err, exit.Code(err))
			case test.want != "" && !strings.Contains(err.Error(), test.want):
				t.Errorf("%q is not in %v", test.want, err)
			case test.terminal && !strings.Contains(prompt.String(), "prod"):
				t.Errorf("it asked %q", prompt.String())
			}
		})
	}
}

// plannedFrom reads "OP TYPE [protected]".
func plannedFrom(steps []string) *planned {
	p := &planned{steps: map[apitype.OpType]int{}}
	for _, step := range steps {
		words := strings.Fields(step)
		var event events.EngineEvent
		event.ResourcePreEvent = &apitype.ResourcePreEvent{Metadata: apitype.StepEventMetadata{
			Op: apitype.OpType(words[0]), Type: words[1], URN: "urn:pulumi:prod::p::t::thing",
			Old: &apitype.StepEventStateMetadata{Protect: len(words) > 2},
		}}
		p.note(event)
	}
	return p
}
