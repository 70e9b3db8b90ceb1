package config_test

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/service/config"
)

// A code that says where it comes from.
const madeUpCode = "canary0generated0by0a0test"

func TestModeratorsNeedACodeEach(t *testing.T) {
	t.Parallel()
	const both = "MODERATOR_EMAILS=ada@example.com, Grace@example.com"
	for name, test := range map[string]struct {
		set []string
		fix string
	}{
		"no codes":         {[]string{both}, "has no code"},
		"one code too few": {[]string{both, "MODERATOR_CODES=ada@example.com=" + madeUpCode}, "has no code"},
		"an empty code":    {[]string{"MODERATOR_EMAILS=ada@example.com", "MODERATOR_CODES=ada@example.com="}, "has no code"},
		"a short code":     {[]string{"MODERATOR_EMAILS=ada@example.com", "MODERATOR_CODES=ada@example.com=canary"}, "fewer than 20"},
		"another address": {[]string{"MODERATOR_EMAILS=ada@example.com",
			"MODERATOR_CODES=ada@example.com=" + madeUpCode + ",canary@example.com=" + madeUpCode}, "not in MODERATOR_EMAILS"},
		"codes without names": {[]string{"MODERATOR_CODES=ada@example.com=" + madeUpCode}, "not in MODERATOR_EMAILS"},
	} {
		_, err := config.Load(nil, valid(test.set...), "")
		var problems config.Problems
		if !errors.As(err, &problems) || len(problems) != 1 || problems[0].Variable != "MODERATOR_CODES" ||
			!strings.Contains(problems[0].Fix, test.fix) || !strings.Contains(problems[0].Fix, "openssl rand -hex 16") {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: the message prints a value", name)
		}
	}
	c := load(t, nil, valid(both, "MODERATOR_CODES=ADA@example.com="+madeUpCode+", grace@example.com=other-"+madeUpCode))
	want := map[string]string{"ada@example.com": madeUpCode, "grace@example.com": "other-" + madeUpCode}
	if got := config.Codes(c.ModeratorCodes); !maps.Equal(got, want) || c.TrustModeratorEmails {
		t.Errorf("%d codes", len(got))
	}
	if c := load(t, nil, valid(both, "MODERATOR_PROOF=none")); !c.TrustModeratorEmails {
		t.Error("the e-mails alone do not do")
	}
	if _, err := config.Load(nil, valid("MODERATOR_PROOF=maybe"), ""); err == nil ||
		!strings.Contains(err.Error(), "MODERATOR_PROOF: must be code or none") {
		t.Error(err)
	}
}
