package stacks

import (
	"errors"
	"slices"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/credentials"
)

// Only on a laptop, in the environment that is for trying things out, does an
// e-mail alone make a moderator.
func TestModeratorsProveThemselvesAlmostEverywhere(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		settings map[string]string
		codes    []string
		proof    string
	}{
		"no moderators":        {map[string]string{"environment": "prod"}, nil, ""},
		"none in dev":          {map[string]string{"environment": "dev"}, nil, ""},
		"dev on this machine":  {map[string]string{"environment": "dev", "moderatorEmails": "ada@example.org"}, nil, "none"},
		"prod on this machine": {map[string]string{"environment": "prod", "moderatorEmails": "ada@example.org"}, []string{"ada@example.org"}, ""},
		"dev on a cloud": {
			map[string]string{"environment": "dev", "target": "cloudrun", "moderatorEmails": "Ada@example.org, bob@example.org,ada@Example.org"},
			[]string{"ada@example.org", "bob@example.org"}, "",
		},
	} {
		cfg, _ := Load(source{values: test.settings}) // what a cloud needs besides is not set
		if got := cfg.moderatorsWithCode(); !slices.Equal(got, test.codes) {
			t.Errorf("%s: codes for %v, want %v", name, got, test.codes)
		}
		if got, _ := app.Known(serviceVariables(cfg, &credentials.Astra{})["MODERATOR_PROOF"]); got != test.proof {
			t.Errorf("%s: MODERATOR_PROOF=%s, want %q", name, got, test.proof)
		}
	}
}

func TestAGenerationOfNoCodesIsRefused(t *testing.T) {
	t.Parallel()
	for emails, refused := range map[string]bool{"": true, "ada@example.org": false} {
		_, err := Load(source{values: map[string]string{"environment": "prod", "moderatorEmails": emails, "moderatorCodesGeneration": "2"}})
		var problems *Problems
		if errors.As(err, &problems) != refused {
			t.Errorf("moderators %q: %v", emails, err)
		}
	}
}
