package enginetest

import (
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

// Messages lets the cloud refuse a step, in the words in which its provider tells
// it, and then lets the program find in an Apply that something else serves: up
// says each cause once, without what engine and provider put around it, and names
// the resource last. Before, a preview warns of nothing.
func Messages(t *testing.T, place Place, command Command) {
	t.Helper()
	o := newOperator(t, place, command)
	t.Setenv("YES", "dev")
	o.run(nil, "up")
	if printed := o.run(nil, "preview"); strings.Contains(printed, "warning") {
		t.Errorf("a preview without a change warns:\n%s", printed)
	}
	const cause = "Quota exceeded for processors in this region"
	o.pulumi("config", "set", "logLevel", "DEBUG")
	o.cloud.Deny("update", place.Cloud.Service, cause)
	printed := o.run(exit.Failed, "up")
	o.plain(printed, cause)
	urn := strings.Index(printed, "urn:pulumi:dev::")
	if urn < strings.Index(printed, cause) || strings.Count(printed, place.Cloud.Service+"::") != 1 {
		t.Errorf("the resource is not named once, after the cause:\n%s", printed)
	}
	o.cloud.Deny("", "", "")
	o.cloud.Stick(true)
	o.plain(o.fails("up"), place.Reason)
	o.cloud.Stick(false)
	o.run(nil, "down")
}

// plain asks for a cause, once, and for nothing around it.
func (o *operator) plain(printed, cause string) {
	o.t.Helper()
	if strings.Count(printed, cause) != 1 {
		o.t.Errorf("%q is said %d times:\n%s", cause, strings.Count(printed, cause), printed)
	}
	for _, around := range []string{".go:", "sdk.helper_schema", "error occurred", "waiting for RPCs", "awaiting input property"} {
		if strings.Contains(printed, around) {
			o.t.Errorf("the cause has %q around it:\n%s", around, printed)
		}
	}
}

// Refuses previews and deploys a stack with settings that what it is deployed to
// cannot do, and asks for these words. Nothing is made. Settings are of the
// target's group.
func Refuses(t *testing.T, place Place, command Command, settings map[string]string, words ...string) (again func()) {
	t.Helper()
	o := newOperator(t, place, command)
	t.Setenv("YES", "dev")
	for key, value := range settings {
		o.pulumi("config", "set", "--path", place.Target+"."+key, value)
	}
	for _, verb := range []string{"preview", "up"} {
		o.wants(o.run(exit.Usage, verb), words...)
	}
	untouched(t, o.cloud)
	return func() { o.run(nil, "preview") }
}
