package provider_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"pgregory.net/rapid"

	"github.com/killrvideo/killrvideo-go/astra/signingkey/keytable"
	"github.com/killrvideo/killrvideo-go/infra/provider"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

const (
	rolloutAllowed = 10 * time.Minute
	longestLife    = 24 * time.Hour
)

// served is what one revision of the service was told.
type served struct {
	current, previous, issuedUntil, expiresAt string
	leak, lifetime                            int
}

// token is an access token as far as keys are concerned.
type token struct {
	key         string
	issued, exp time.Time
	// rotations and leak are how many there had been when it was signed.
	rotations, leak int
}

func moment(text string) time.Time {
	at, _ := time.Parse(time.RFC3339, text)
	return at
}

// accepts is the rule of service/auth.
func (r served) accepts(t token, now time.Time) bool {
	switch {
	case !now.Before(t.exp):
		return false
	case t.key == r.current:
		return true
	}
	return t.key == r.previous && r.previous != "" && now.Before(moment(r.expiresAt)) &&
		!t.issued.After(moment(r.issuedUntil)) && t.exp.Sub(t.issued) <= longestLife
}

// deployment is a stack, its settings and what serves.
type deployment struct {
	s     *stack
	clock *clock

	generation, lifetime int // lifetime in minutes
	leak, applied        int
	given                string

	serving           served
	provedFingerprint string
	provedAt          string
	rotations         int
	issued            []token
	proved            map[string]bool
	leaked            map[string]int // the leak that ended a key
	// stopped is when a key signed for the last time, and the longest life that
	// one of its tokens can have.
	stopped map[string]time.Time
	longest map[string]int
}

func (d *deployment) inputs() map[string]property.Value {
	m := map[string]property.Value{
		"generation": str(strconv.Itoa(d.generation)), "tokenLifetimeSeconds": property.New(float64(60 * d.lifetime)),
		"rolloutSeconds": property.New(rolloutAllowed.Seconds()),
	}
	for name, text := range map[string]string{"provedFingerprint": d.provedFingerprint, "provedAt": d.provedAt} {
		if text != "" {
			m[name] = str(text)
		}
	}
	if d.leak > 0 {
		m["leakGeneration"] = str(strconv.Itoa(d.leak))
	}
	if d.given != "" {
		m["given"] = secret(d.given)
	}
	return m
}

func (d *deployment) revision() served {
	optional := func(name string) string {
		if v := d.s.state.Get(name); v.IsString() {
			return v.AsString()
		}
		return ""
	}
	return served{
		d.s.text("current"), d.s.text("previous"), optional("previousIssuedUntil"), optional("previousExpiresAt"), d.leak, d.lifetime,
	}
}

// sign gives a token of what serves, now.
func (d *deployment) sign() {
	if d.serving.current == "" {
		return
	}
	now := d.clock.Now()
	expires := now.Add(time.Duration(d.serving.lifetime) * time.Minute)
	d.issued = append(d.issued, token{d.serving.current, now, expires, d.rotations, d.serving.leak})
}

// apply is the part of `up` that the engine does with the key.
func (d *deployment) apply() (changed bool) {
	if d.s.id == "" {
		must(d.s.t, d.s.create(d.inputs()))
		d.applied = d.leak
		return true
	}
	if !d.s.diff(d.inputs()).HasChanges {
		return false
	}
	for _, key := range []string{d.s.text("current"), d.s.text("previous"), d.serving.current} {
		if key != "" && d.applied < d.leak && d.leaked[key] == 0 {
			d.leaked[key] = d.leak
		}
	}
	d.applied = d.leak
	if _, err := d.s.update(d.inputs(), false); err != nil { // the key that leaked is given still
		d.given = ""
		_, err = d.s.update(d.inputs(), false)
		must(d.s.t, err)
	}
	return true
}

// up deploys. The instances of before sign until the end of the roll-out, and
// go on if the gate fails.
func (d *deployment) up(t *rapid.T, gatePasses bool) {
	d.apply()
	next := d.revision()
	d.longest[next.current] = max(d.longest[next.current], d.lifetime)
	d.clock.pass(time.Duration(rapid.IntRange(0, int(rolloutAllowed.Seconds())).Draw(t, "roll-out")) * time.Second)
	d.sign()
	if d.provedFingerprint == "none" { // it may serve all the same
		d.proved[next.current] = true
	}
	if !gatePasses {
		return
	}
	if next.current != d.serving.current {
		d.stopped[d.serving.current] = d.clock.Now()
		d.rotations++
	}
	d.serving = next
	d.proved[next.current] = true
	if fingerprint := d.s.text("fingerprint"); fingerprint != d.provedFingerprint {
		d.provedFingerprint, d.provedAt = fingerprint, d.clock.Now().UTC().Format(time.RFC3339)
	}
	if d.apply() && !d.expired(next) {
		t.Fatalf("an update without changes changes the key: %+v became %+v", next, d.revision())
	}
}

// expired says whether the previous key's time came during the roll-out, which
// the next update then finds.
func (d *deployment) expired(r served) bool {
	return r.previous != "" && !d.clock.Now().Before(moment(r.expiresAt))
}

// check holds what serves to the two promises.
func (d *deployment) check(t *rapid.T) {
	now := d.clock.Now()
	for _, token := range d.issued {
		alive := now.Before(token.exp) && token.leak == d.serving.leak && d.rotations-token.rotations < 2
		if alive && !d.serving.accepts(token, now) {
			t.Fatalf("at %v %+v refuses a token that serves: %+v", now, d.serving, token)
		}
	}
	if d.serving.previous != "" && !d.proved[d.serving.previous] {
		t.Fatalf("a key that never served verifies")
	}
	for key, stopped := range d.stopped {
		end := stopped.Add(rolloutAllowed + time.Second + time.Duration(d.longest[key])*time.Minute)
		forged := token{key: key, issued: stopped, exp: now.Add(time.Minute)}
		if key != d.serving.current && now.After(end) && d.serving.accepts(forged, now) {
			t.Fatalf("at %v a key that stopped at %v still verifies: %+v", now, stopped, d.serving)
		}
	}
	for key, leak := range d.leaked {
		forged := token{key: key, issued: moment(d.serving.issuedUntil), exp: now.Add(time.Minute)}
		if d.serving.leak >= leak && (key == d.serving.current || d.serving.accepts(forged, now)) {
			t.Fatalf("a key that leaked serves or verifies")
		}
	}
}

// TestSigningKeyProperty deploys at random: other generations, given and
// generated keys, leaks, failing gates, refreshes, lifetimes and jumps of the
// clock. What the serving revision signs always verifies, and nothing verifies
// after its time.
func TestSigningKeyProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		c := newClock()
		d := &deployment{
			s:     newStack(t, newServer(t, nil, provider.WithClock(c.Now)), resource.SigningKeyType),
			clock: c, generation: 1, lifetime: 60, provedFingerprint: "none",
			proved: map[string]bool{}, stopped: map[string]time.Time{}, longest: map[string]int{}, leaked: map[string]int{},
		}
		setGiven := func(rt *rapid.T) {
			d.given = rapid.SampledFrom([]string{"", keytable.All()[0].Text, keytable.All()[1].Text, keytable.All()[2].Text}).Draw(rt, "given")
		}
		rt.Repeat(map[string]func(*rapid.T){
			"":           func(rt *rapid.T) { d.check(rt) },
			"up":         func(rt *rapid.T) { d.up(rt, true) },
			"up again":   func(rt *rapid.T) { d.up(rt, true) },
			"up, fails":  func(rt *rapid.T) { d.up(rt, false) },
			"generation": func(rt *rapid.T) { d.generation = rapid.IntRange(1, 3).Draw(rt, "generation") },
			"given":      setGiven,
			"lifetime":   func(rt *rapid.T) { d.lifetime = rapid.SampledFrom([]int{1, 60, 1440}).Draw(rt, "lifetime") },
			"leak":       func(*rapid.T) { d.leak++ },
			"sign":       func(*rapid.T) { d.sign() },
			"refresh": func(*rapid.T) {
				if d.s.id != "" {
					d.s.state = d.s.read().Properties
				}
			},
			"wait": func(rt *rapid.T) {
				d.clock.pass(time.Duration(rapid.SampledFrom([]int{1, 30, 61, 600, 1500}).Draw(rt, "minutes")) * time.Minute)
			},
		})
	})
}
