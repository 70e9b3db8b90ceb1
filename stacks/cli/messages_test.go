package cli

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

func TestMessagesSayTheCauseOnce(t *testing.T) {
	t.Parallel()
	const urn = "urn:pulumi:prod::killrvideo::killrvideo:target:CloudRun$gcp:cloudrunv2/service:Service::killrvideo-api-prod"
	for name, test := range map[string]struct{ message, want string }{
		"of Google": {
			"sdk-v2/provider2.go:385: sdk.helper_schema: Error 403: Permission denied on secret: provider=google-beta@5.38.0\n" +
				"updating " + urn + ": 1 error occurred:\n\t* updating " + urn +
				": Error 403: Permission denied on secret: provider=google-beta@5.38.0\n\n",
			"Error 403: Permission denied on secret: provider=google-beta@5.38.0\n  " + urn,
		},
		"of an Apply": {
			`program failed: waiting for RPCs: marshaling properties: awaiting input property "triggers": Cloud Run made revision api-00002`,
			"program failed: Cloud Run made revision api-00002",
		},
		"of its own": {"the gate failed: 503", "the gate failed: 503"},
		"of a cluster": {
			"creating " + urn + ": the Kubernetes API server reported: namespaces \"x\" not found",
			"the Kubernetes API server reported: namespaces \"x\" not found\n  " + urn,
		},
		"of a cluster, of an object": {
			"resource \"" + urn + "\" was not successfully updated by the Kubernetes API server: deployments \"x\" not found",
			"the Kubernetes API server: deployments \"x\" not found\n  " + urn,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tidy(test.message); got != test.want {
				t.Errorf("got %q", got)
			}
		})
	}
	for name, messages := range map[string][]string{
		"again":         {"a cause\n  urn", "a cause", "another", "another"},
		"logged before": {"a cause", "a cause\n  urn", "another"},
	} {
		if got := once(messages); !slices.Equal(got, []string{"a cause\n  urn", "another"}) {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

// TestACauseInAnApplyIsShownAsThatCause, and the error is the same.
func TestACauseInAnApplyIsShownAsThatCause(t *testing.T) {
	t.Parallel()
	cause := errors.New("Cloud Run made revision api-00002")
	wrapped := fmt.Errorf("waiting for RPCs: marshaling properties: awaiting input property \"triggers\": %w", cause)
	if got := direct(wrapped); got.Error() != cause.Error() || !errors.Is(got, cause) {
		t.Errorf("got %v", got)
	}
	// The file of a build that fails stays.
	build := errors.New("service/main.go:7: undefined: x")
	if got := direct(build); got.Error() != build.Error() {
		t.Errorf("got %v", got)
	}
}

// TestAnApplyThatFailsAfterTheProgramIsTheProgramsError: the engine prints it alone.
// What a resource said comes first.
func TestAnApplyThatFailsAfterTheProgramIsTheProgramsError(t *testing.T) {
	t.Parallel()
	diagnostic := func(urn, text string) events.EngineEvent {
		return events.EngineEvent{EngineEvent: apitype.EngineEvent{DiagnosticEvent: &apitype.DiagnosticEvent{
			URN: urn, Severity: "error", Message: "<{%reset%}>" + text + "<{%reset%}>\n",
		}}}
	}
	const wrapped = `an unhandled error occurred: waiting for RPCs: marshaling properties: awaiting input property "triggers": another serves`
	w := newWatch(nil)
	w.note(diagnostic("", wrapped))
	if seen := w.outcome("up", errors.New("exit status 1")); seen.program == nil || seen.program.Error() != "another serves" {
		t.Errorf("the program failed with %v", seen.program)
	}
	w.note(diagnostic(gateURN, "503"))
	if seen := w.outcome("up", errors.New("exit status 1")); seen.program != nil || len(seen.messages) != 1 || seen.messages[0] != "503" {
		t.Errorf("the messages are %q, the program failed with %v", seen.messages, seen.program)
	}
}
