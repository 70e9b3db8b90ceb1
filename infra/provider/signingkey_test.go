package provider_test

import (
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/killrvideo/killrvideo-go/astra/signingkey/keytable"
	"github.com/killrvideo/killrvideo-go/infra/provider"
	"github.com/killrvideo/killrvideo-go/infra/provider/keyid"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// Keys made up for these tests.
var givenKey, otherKey = keytable.All()[0].Text, keytable.All()[1].Text

// clock is a settable time.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func keyInputs(generation string, lifetime float64) map[string]property.Value {
	return map[string]property.Value{"generation": str(generation), "tokenLifetimeSeconds": property.New(lifetime)}
}

func givenInputs(key string) map[string]property.Value {
	m := keyInputs("0", 60)
	m["given"] = secret(key)
	return m
}

func newKeyStack(t *testing.T) (*stack, *clock) {
	c := newClock()
	return newStack(t, newServer(t, nil, provider.WithClock(c.Now)), resource.SigningKeyType), c
}

func TestSigningKeyLifeCycle(t *testing.T) {
	t.Parallel()
	s, c := newKeyStack(t)
	must(t, s.create(keyInputs("0", 3600)))
	first := s.text("current")
	if len(first) != 43 {
		t.Errorf("a generated key has %d characters, want 43: 256 bits in base64url", len(first))
	}
	if s.text("previous") != "" || s.text("keyId") != keyid.Of(first) || s.text("fingerprint") != keyid.Fingerprint(first) {
		t.Error("a new key has a previous one, or the wrong names")
	}
	if d := s.diff(keyInputs("0", 3600)); d.HasChanges {
		t.Errorf("a second up changes %v", d.DetailedDiff)
	}

	_, err := s.update(keyInputs("1", 60), false)
	must(t, err)
	if s.text("previous") != first || s.text("current") == first || s.text("previousKeyId") != keyid.Of(first) {
		t.Error("after a rotation the first key is not the previous one")
	}
	if got := s.text("previousExpiresAt"); got != "2026-03-01T13:00:00Z" {
		t.Errorf("previousExpiresAt = %s, want an hour later: the longer of both lifetimes", got)
	}

	c.pass(time.Hour - time.Second)
	if d := s.diff(keyInputs("1", 60)); d.HasChanges {
		t.Errorf("a second before its tokens have expired, the previous key is dropped: %v", d.DetailedDiff)
	}
	c.pass(time.Second)
	d := s.diff(keyInputs("1", 60))
	if d.DetailedDiff["previous"].Kind != p.Update {
		t.Fatalf("the expired previous key shows as %v, want an update of `previous`", d.DetailedDiff)
	}
	current := s.text("current")
	_, err = s.update(keyInputs("1", 60), false)
	must(t, err)
	if s.text("previous") != "" || s.text("previousKeyId") != "" || s.text("previousExpiresAt") != "" || s.text("current") != current {
		t.Error("dropping the previous key left something of it, or touched the current one")
	}
	must(t, s.delete())
}

func TestSigningKeyRotations(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before, after map[string]property.Value
		rotates       bool
	}{
		"another given key":                 {givenInputs(givenKey), givenInputs(otherKey), true},
		"from generated to given":           {keyInputs("0", 60), givenInputs(givenKey), true},
		"from given to generated":           {givenInputs(givenKey), keyInputs("0", 60), true},
		"another generation":                {keyInputs("0", 60), keyInputs("1", 60), true},
		"another lifetime":                  {keyInputs("0", 60), keyInputs("0", 90), false},
		"another generation of a given key": {givenInputs(givenKey), with(givenInputs(givenKey), "generation", str("1")), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := newKeyStack(t)
			must(t, s.create(test.before))
			first := s.text("current")
			if d := s.diff(test.after); !d.HasChanges {
				t.Fatal("the change is not seen")
			}
			preview, err := s.update(test.after, true)
			must(t, err)
			if unknown := preview.Get("current").HasComputed(); unknown != test.rotates {
				t.Errorf("at preview the current key is unknown: %v, want %v", unknown, test.rotates)
			}
			_, err = s.update(test.after, false)
			must(t, err)
			if rotated := s.text("current") != first && s.text("previous") == first; rotated != test.rotates {
				t.Errorf("rotated = %v, want %v", rotated, test.rotates)
			}
			if d := s.diff(test.after); d.HasChanges {
				t.Errorf("the next up changes %v", d.DetailedDiff)
			}
		})
	}
}

func TestASecondRotationKeepsOnePreviousKey(t *testing.T) {
	t.Parallel()
	s, c := newKeyStack(t)
	must(t, s.create(keyInputs("0", 60)))
	_, err := s.update(keyInputs("1", 60), false)
	must(t, err)
	second := s.text("current")
	c.pass(10 * time.Second)
	_, err = s.update(with(keyInputs("2", 60), "rolloutSeconds", property.New(30.0)), false)
	must(t, err)
	if s.text("previous") != second {
		t.Error("the previous key is not the one before")
	}
	if got := s.text("previousExpiresAt"); got != "2026-03-01T12:01:40Z" {
		t.Errorf("previousExpiresAt = %s, want the lifetime and the rollout after the second rotation", got)
	}
}

func TestSigningKeyCheck(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		inputs map[string]property.Value
		field  string
	}{
		"short key":        {givenInputs("short-not-a-credential"), "given"},
		"negative rollout": {with(keyInputs("0", 60), "rolloutSeconds", property.New(-1.0)), "rolloutSeconds"},
		"no lifetime":      {keyInputs("0", 0), "tokenLifetimeSeconds"},
		"missing lifetime": {map[string]property.Value{}, "tokenLifetimeSeconds"},
		"unknown key":      {with(givenInputs(""), "given", property.New(property.Computed).WithSecret(true)), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := newKeyStack(t)
			_, failures := s.check(test.inputs)
			if test.field == "" && len(failures) == 0 {
				return
			}
			if len(failures) != 1 || failures[0].Property != test.field {
				t.Errorf("failures = %v, want one about %q", failures, test.field)
			}
		})
	}
}

func TestSigningKeySecrecy(t *testing.T) {
	t.Parallel()
	s, _ := newKeyStack(t)
	must(t, s.create(givenInputs(givenKey)))
	_, err := s.update(givenInputs(otherKey), false)
	must(t, err)
	noSecretOutside(t, s.state, givenKey, otherKey)
	for _, output := range []string{"current", "previous", "given"} {
		if !s.state.Get(output).Secret() {
			t.Errorf("output %s is not secret", output)
		}
	}
}

func TestSigningKeyPreviewMakesNone(t *testing.T) {
	t.Parallel()
	s, _ := newKeyStack(t)
	preview := s.previewCreate(keyInputs("0", 60))
	if !preview.Get("current").HasComputed() {
		t.Error("a preview shows a key")
	}
}

// with returns a copy of inputs with one more.
func with(inputs map[string]property.Value, name string, value property.Value) map[string]property.Value {
	inputs = maps.Clone(inputs)
	inputs[name] = value
	return inputs
}

// noSecretOutside fails if a canary shows in a property that is not secret.
func noSecretOutside(t *testing.T, m property.Map, canaries ...string) {
	t.Helper()
	for name, v := range m.All {
		for _, canary := range canaries {
			if !v.Secret() && contains(v, canary) {
				t.Errorf("output %s shows a secret in plaintext", name)
			}
		}
	}
}

// The service judges the same table.
func TestGivenKeysAreJudgedByTheOneRule(t *testing.T) {
	t.Parallel()
	s, _ := newKeyStack(t)
	for _, key := range keytable.All() {
		_, failures := s.check(givenInputs(key.Text))
		if bad := len(failures) > 0; bad != key.Bad() {
			t.Errorf("%s: %v", key.Name, failures)
		}
		for _, failure := range failures {
			if failure.Property != "given" || !strings.Contains(failure.Reason, key.Reason) || strings.Contains(failure.Reason, key.Text) {
				t.Errorf("%s: %v", key.Name, failure)
			}
		}
	}
}

// proves gives inputs what a stack knows of its last proved revision.
func (s *stack) proves(inputs map[string]property.Value, at time.Time) map[string]property.Value {
	inputs["provedFingerprint"], inputs["provedAt"] = str(s.text("fingerprint")), str(at.UTC().Format(time.RFC3339))
	return inputs
}

// proved keeps what was proved in later inputs.
func proved(inputs, by map[string]property.Value) map[string]property.Value {
	inputs["provedFingerprint"], inputs["provedAt"] = by["provedFingerprint"], by["provedAt"]
	return with(inputs, "rolloutSeconds", property.New(30.0))
}

// TestAFailedRollOutKeepsTheServingKey: the second generation never serves.
// However late, the third keeps what serves, and so does going back.
func TestAFailedRollOutKeepsTheServingKey(t *testing.T) {
	t.Parallel()
	s, c := newKeyStack(t)
	must(t, s.create(keyInputs("1", 60)))
	serving, known := s.text("current"), s.proves(keyInputs("1", 60), c.Now())
	if d := s.diff(known); d.HasChanges {
		t.Errorf("the proof alone changes %v", d.DetailedDiff)
	}
	update := func(generation string) string {
		t.Helper()
		_, err := s.update(proved(keyInputs(generation, 60), known), false)
		must(t, err)
		return s.text("current")
	}
	second := update("2")
	c.pass(time.Hour)
	if d := s.diff(proved(keyInputs("2", 60), known)); d.DetailedDiff["previousIssuedUntil"].Kind != p.Update {
		t.Errorf("a second attempt changes %v, want the times of the key that still signs", d.DetailedDiff)
	}
	if update("2") != second || s.text("previous") != serving || s.text("previousIssuedUntil") != "2026-03-01T13:00:30Z" ||
		s.text("previousExpiresAt") != "2026-03-01T13:01:30Z" {
		t.Errorf("after a second attempt the previous key may have issued until %s and verifies until %s",
			s.text("previousIssuedUntil"), s.text("previousExpiresAt"))
	}
	if third := update("3"); third == second || s.text("previous") != serving {
		t.Error("a third generation does not keep the key that serves")
	}
	if update("1") != serving || s.text("previous") != "" || s.text("previousIssuedUntil") != "" {
		t.Error("going back to the first generation does not bring back its keys as they were")
	}
	if d := s.diff(proved(keyInputs("1", 60), known)); d.HasChanges {
		t.Errorf("and then the next up changes %v", d.DetailedDiff)
	}
	update("2")
	if update("2"); s.text("previous") != serving {
		t.Error("after going back, the next rotation forgets the key that serves")
	}
}

// TestALeakKeepsNothing of the key that leaked, and never takes it again.
func TestALeakKeepsNothing(t *testing.T) {
	t.Parallel()
	s, c := newKeyStack(t)
	must(t, s.create(givenInputs(givenKey)))
	known := s.proves(givenInputs(givenKey), c.Now())
	leak := func(inputs map[string]property.Value) map[string]property.Value {
		return with(proved(inputs, known), "leakGeneration", str("1"))
	}
	if _, err := s.update(leak(givenInputs(givenKey)), false); err == nil || !strings.Contains(err.Error(), "has leaked") ||
		!strings.Contains(err.Error(), "config set --secret jwtSecretKey") || strings.Contains(err.Error(), givenKey) {
		t.Errorf("the key that leaked is taken again: %v", err)
	}
	_, err := s.update(leak(keyInputs("0", 60)), false)
	must(t, err)
	if s.text("previous") != "" || s.text("current") == givenKey || s.text("sessionsValidAfter") != "2026-03-01T12:00:00Z" ||
		contains(property.New(s.state), givenKey) {
		t.Errorf("something of the key is left, or sessions go on: valid after %s", s.text("sessionsValidAfter"))
	}
	if _, err := s.update(leak(givenInputs(givenKey)), false); err == nil {
		t.Error("a later update takes the key that leaked")
	}
	_, err = s.update(leak(keyInputs("2", 60)), false)
	must(t, err)
	if s.text("previous") != "" || s.text("sessionsValidAfter") != "2026-03-01T12:00:00Z" {
		t.Error("a rotation before the proof brings back a previous key")
	}
}

// TestAWeakKeyIsNotKept: it may have been accepted by an older release.
func TestAWeakKeyIsNotKept(t *testing.T) {
	t.Parallel()
	s, _ := newKeyStack(t)
	must(t, s.create(keyInputs("1", 60)))
	s.state = s.state.Set("current", secret("a weak key of an older release, made up"))
	_, err := s.update(keyInputs("2", 60), false)
	must(t, err)
	if s.text("previous") != "" {
		t.Error("a weak key still verifies")
	}
}

// TestAStateOfAnOlderProvider has one time of the previous key only.
func TestAStateOfAnOlderProvider(t *testing.T) {
	t.Parallel()
	s, c := newKeyStack(t)
	must(t, s.create(keyInputs("1", 60)))
	_, err := s.update(keyInputs("2", 60), false)
	must(t, err)
	for _, name := range []string{
		"previousIssuedUntil", "previousLifetimeSeconds", "longestLifetimeSeconds", "fallback", "sessionsValidAfter", "leakedFingerprints",
	} {
		s.state = s.state.Delete(name)
	}
	previous := s.text("previous")
	c.pass(30 * time.Second)
	_, err = s.update(s.proves(keyInputs("2", 60), c.Now()), false)
	must(t, err)
	if s.text("previous") != previous || s.text("previousIssuedUntil") != s.text("previousExpiresAt") {
		t.Errorf("the previous key may have issued until %s", s.text("previousIssuedUntil"))
	}
}
