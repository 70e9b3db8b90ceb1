package cli

import (
	"slices"
	"testing"
)

func TestMessagesSayTheCauseOnce(t *testing.T) {
	t.Parallel()
	const urn = "urn:pulumi:prod::killrvideo::killrvideo:target:CloudRun$gcp:cloudrunv2/service:Service::killrvideo-api-prod"
	for name, test := range map[string]struct{ message, want string }{
		"of Google": {
			"sdk-v2/provider2.go:385: sdk.helper_schema: Error 403: Permission denied on secret: provider=google-beta@5.38.0\n" +
				"updating " + urn + ": 1 error occurred:\n\t* updating " + urn + ": Error 403: Permission denied on secret: provider=google-beta@5.38.0\n\n",
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
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tidy(test.message); got != test.want {
				t.Errorf("got %q", got)
			}
		})
	}
	if got := once([]string{"a cause\n  urn", "a cause", "another"}); !slices.Equal(got, []string{"a cause\n  urn", "another"}) {
		t.Errorf("got %q", got)
	}
}
