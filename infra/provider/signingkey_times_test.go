package provider_test

import (
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// TestTheTimesOfThePreviousKey are fixed when the key is made, unless its proof
// comes later than a roll-out may take.
func TestTheTimesOfThePreviousKey(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		proof           time.Duration
		changes         bool
		issued, expires string
	}{
		"in time": {30 * time.Second, false, "2026-03-01T12:00:30Z", "2026-03-01T13:00:30Z"},
		"late":    {45 * time.Second, true, "2026-03-01T12:00:45Z", "2026-03-01T13:00:45Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, c := newKeyStack(t)
			must(t, s.create(keyInputs("1", 3600)))
			_, err := s.update(proved(keyInputs("2", 3600), s.proves(keyInputs("1", 3600), c.Now())), false)
			must(t, err)
			c.pass(test.proof)
			inputs := proved(keyInputs("2", 3600), s.proves(keyInputs("2", 3600), c.Now()))
			c.pass(time.Minute)
			if d := s.diff(inputs); d.HasChanges != test.changes {
				t.Errorf("the next up changes %v", d.DetailedDiff)
			}
			_, err = s.update(inputs, false)
			must(t, err)
			if s.text("previousIssuedUntil") != test.issued || s.text("previousExpiresAt") != test.expires {
				t.Errorf("until %s and %s", s.text("previousIssuedUntil"), s.text("previousExpiresAt"))
			}
		})
	}
}

// TestAClockThatWasPutBackEndsNoKeyEarly: the last proof is not later than now.
func TestAClockThatWasPutBackEndsNoKeyEarly(t *testing.T) {
	t.Parallel()
	s, c := newKeyStack(t)
	must(t, s.create(keyInputs("1", 3600)))
	known := s.proves(keyInputs("1", 3600), c.Now())
	c.pass(-24 * time.Hour)
	_, err := s.update(proved(keyInputs("2", 3600), known), false)
	must(t, err)
	if s.text("previousIssuedUntil") != "2026-03-01T12:00:30Z" || s.text("previousExpiresAt") != "2026-03-01T13:00:30Z" {
		t.Errorf("the previous key may have issued until %s and verifies until %s", s.text("previousIssuedUntil"), s.text("previousExpiresAt"))
	}
}

// TestTheLongestLifetimeCounts: tokens of a day outlive a setting of a minute.
func TestTheLongestLifetimeCounts(t *testing.T) {
	t.Parallel()
	s, _ := newKeyStack(t)
	must(t, s.create(keyInputs("1", 86400)))
	for _, inputs := range []map[string]property.Value{keyInputs("1", 60), keyInputs("2", 60)} {
		_, err := s.update(inputs, false)
		must(t, err)
	}
	if got := s.text("previousExpiresAt"); got != "2026-03-02T12:00:00Z" {
		t.Errorf("the previous key ends at %s, and its tokens a day after noon", got)
	}
}
