package cli

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/credentials"
)

// script is what a CLI prints, by the last of its arguments.
func script(prints map[string]string) ask {
	return func(_ context.Context, args ...string) ([]byte, error) {
		text, known := prints[args[len(args)-1]]
		if !known {
			return nil, errors.New("exit status 255")
		}
		return []byte(text), nil
	}
}

func TestFingerprints(t *testing.T) {
	t.Parallel()
	found, unread := fingerprints(t.Context(), script(map[string]string{
		"--json":             `[{"name":"dev"},{"name":"prod"},{"name":"new"},{"name":"locked"},{"name":"octo/killrvideo/qa"}]`,
		"prod":               `{"jwtKeyFingerprint":"aa","environment":"live","url":"https://example.org"}`,
		"new":                `{}`,
		"octo/killrvideo/qa": `{"jwtKeyFingerprint":"bb"}`,
	}), "dev")
	want := []credentials.Peer{{Stack: "prod", Environment: "live", Fingerprint: "aa"}, {Stack: "octo/killrvideo/qa", Fingerprint: "bb"}}
	if !slices.Equal(found, want) {
		t.Errorf("got %v", found)
	}
	if len(unread) != 1 || !strings.Contains(unread[0], "stack locked (pulumi stack output: exit status 255)") {
		t.Errorf("not read: %q", unread)
	}
}

func TestFingerprintsOfNoBackend(t *testing.T) {
	t.Parallel()
	for name, prints := range map[string]map[string]string{"silent": {}, "no JSON": {"--json": "error"}} {
		found, unread := fingerprints(t.Context(), script(prints), "dev")
		if found != nil || len(unread) != 1 || !strings.Contains(unread[0], "any stack (pulumi stack ls") {
			t.Errorf("%s: %v, %q", name, found, unread)
		}
	}
}
