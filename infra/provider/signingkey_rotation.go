package provider

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/signingkey"
	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/provider/keyid"
)

// The life of a key, and the times that the service is told:
//
//	made ── roll-out ──────────── issued until ── longest lifetime ── expires
//	        old instances sign    (made + RolloutSeconds)             previous key
//	        with the previous key                                     dropped
//
// Both times are fixed when the key is made, so that an update without changes
// makes no new revision. They allow for the longest roll-out, and a roll-out
// ends with the proof: so the clock of the previous key starts no earlier than
// the proof. Two cases move them, and both are changes of what runs: a roll-out
// that failed, after which the serving instances go on signing, and a proof
// that came later than was allowed for.

// fallback is what serves while the current key is not proved: the last proved
// key, and the one before it as its revision was told.
type fallback struct {
	Given, Generation                      string
	Current, Previous                      string
	PreviousIssuedUntil, PreviousExpiresAt string
	LongestLifetime, PreviousLifetime      int
}

// noneProved is the fingerprint while no revision was proved.
const noneProved = "none"

// proved says whether the last proved revision signs with the current key. So
// it does for who does not say what was proved.
func (s SigningKeyState) proved(args SigningKeyArgs) bool {
	return args.ProvedFingerprint == "" || args.ProvedFingerprint == s.Fingerprint
}

// serving are the keys of the last proved revision; their Current is empty if
// none was proved, or if it leaked.
func (s SigningKeyState) serving(args SigningKeyArgs) (serving fallback, err error) {
	// A key whose first update failed at the very end may serve all the same. To
	// keep it as the previous one harms nothing.
	if s.proved(args) || args.ProvedFingerprint == noneProved {
		return fallback{
			s.Given, s.Generation, s.Current, s.Previous, s.PreviousIssuedUntil, s.PreviousExpiresAt, s.longest(), s.PreviousLifetime,
		}, nil
	}
	if s.Fallback == "" {
		return fallback{}, nil
	}
	if err := json.Unmarshal([]byte(s.Fallback), &serving); err != nil {
		// The cause may quote a key.
		return fallback{}, errors.New("read the signing keys that serve from the state: they are not encoded as expected")
	}
	return serving, nil
}

// longest is the longest lifetime of tokens that the current key signed. An
// older provider did not note it.
func (s SigningKeyState) longest() int { return max(s.LongestLifetime, s.TokenLifetimeSeconds) }

// leaked says whether the inputs ask for a rotation that keeps nothing.
func (s SigningKeyState) leaked(args SigningKeyArgs) bool {
	return s.LeakGeneration != args.LeakGeneration
}

// leakedKeys are fingerprints of the keys that have leaked: if the inputs say
// so, every key that the stack still has.
func (s SigningKeyState) leakedKeys(args SigningKeyArgs) ([]string, error) {
	all := slices.Clone(s.Leaked)
	if !s.leaked(args) {
		return all, nil
	}
	serving, err := s.serving(args)
	for _, key := range []string{s.Current, s.Previous, serving.Current} {
		if key != "" && !slices.Contains(all, keyid.Fingerprint(key)) {
			all = append(all, keyid.Fingerprint(key))
		}
	}
	return all, err
}

// rotates says whether the inputs ask for another key than the current one.
func (s SigningKeyState) rotates(args SigningKeyArgs) bool {
	switch {
	case s.leaked(args):
		return true
	case args.Given != "":
		return args.Given != s.Current
	}
	return s.Given != "" || s.Generation != args.Generation
}

// asksFor says whether the inputs ask for this key again.
func (f fallback) asksFor(args SigningKeyArgs) bool {
	if args.Given != "" {
		return args.Given == f.Current
	}
	return f.Current != "" && f.Given == "" && f.Generation == args.Generation
}

// rotated is the state with another key. A key that was never proved is
// replaced and forgotten; the proved one becomes the previous key, or the
// current one again if the inputs go back to it.
func (s SigningKeyState) rotated(args SigningKeyArgs, now time.Time) (next SigningKeyState, warnings []string, err error) {
	leaked, err := s.leakedKeys(args)
	if err != nil {
		return s, nil, err
	}
	if args.Given != "" && slices.Contains(leaked, keyid.Fingerprint(args.Given)) {
		return s, nil, errors.New("rotate the signing key: the one that is given has leaked; " +
			"set another one with: " + signingkey.Make + " | " + caller.Pulumi("config set --secret jwtSecretKey") +
			", or let one be generated with: " +
			caller.Pulumi("config rm jwtSecretKey"))
	}
	serving, err := s.serving(args)
	if err != nil {
		return s, nil, err
	}
	switch {
	case s.leaked(args):
		next = SigningKeyState{SessionsValidAfter: text(now), Leaked: leaked}.with(newKey(args))
		next.SigningKeyArgs, next.LongestLifetime = args, args.TokenLifetimeSeconds
		return next, nil, nil
	case !s.proved(args) && serving.asksFor(args):
		return s.restored(serving, args, now), nil, nil
	}
	next = SigningKeyState{
		SigningKeyArgs: args, SessionsValidAfter: s.SessionsValidAfter, Leaked: s.Leaked, LongestLifetime: args.TokenLifetimeSeconds,
	}.with(newKey(args))
	if serving.Current == "" {
		return next, nil, nil
	}
	if weakness := signingkey.Weakness(serving.Current); weakness != "" {
		return next, []string{"the previous signing key " + weakness + ", so it is not kept: " +
			"access tokens signed with it end when the new revision serves"}, nil
	}
	if ends, _ := time.Parse(time.RFC3339, serving.PreviousExpiresAt); serving.Previous != "" && now.Before(ends) {
		warnings = append(warnings, fmt.Sprintf("access tokens signed with key %s stop verifying with this rotation and not at %s: "+
			"it is the second one within their lifetime, and one previous key is kept; sessions go on",
			keyid.Of(serving.Previous), serving.PreviousExpiresAt))
	}
	kept, err := json.Marshal(serving)
	if err != nil {
		return s, nil, fmt.Errorf("keep the signing key that serves: %w", err)
	}
	next.Fallback = string(kept)
	next.Previous, next.PreviousKeyID, next.PreviousLifetime = serving.Current, keyid.Of(serving.Current), serving.LongestLifetime
	return next.signedUntil(now.Add(seconds(args.RolloutSeconds))), warnings, nil
}

// restored is the state with the keys that serve, as their revision was told.
func (s SigningKeyState) restored(serving fallback, args SigningKeyArgs, now time.Time) SigningKeyState {
	next := SigningKeyState{
		SigningKeyArgs: args, SessionsValidAfter: s.SessionsValidAfter, Leaked: s.Leaked, LongestLifetime: serving.LongestLifetime,
		Previous: serving.Previous, PreviousIssuedUntil: serving.PreviousIssuedUntil,
		PreviousExpiresAt: serving.PreviousExpiresAt, PreviousLifetime: serving.PreviousLifetime,
	}.with(serving.Current)
	if next.Previous != "" {
		next.PreviousKeyID = keyid.Of(next.Previous)
	}
	return next.settled(args, now)
}

// settled is the state with the same key, at a later time.
func (s SigningKeyState) settled(args SigningKeyArgs, now time.Time) SigningKeyState {
	proved := s.proved(args) // by the fingerprint of the key, which stays
	s.LongestLifetime = max(s.longest(), args.TokenLifetimeSeconds)
	s.SigningKeyArgs = args
	if s.Previous == "" {
		return s
	}
	if !proved {
		// The instances of before still serve and sign.
		return s.signedUntil(now.Add(seconds(args.RolloutSeconds)))
	}
	if s.PreviousIssuedUntil == "" { // an older provider noted one time only
		s.PreviousIssuedUntil = s.PreviousExpiresAt
	}
	issued, _ := time.Parse(time.RFC3339, s.PreviousIssuedUntil)
	if at, err := time.Parse(time.RFC3339, args.ProvedAt); err == nil && args.ProvedFingerprint != "" && at.After(issued) {
		s = s.signedUntil(at)
	}
	if expires, err := time.Parse(time.RFC3339, s.PreviousExpiresAt); err != nil || !now.Before(expires) {
		s.Previous, s.PreviousKeyID, s.PreviousIssuedUntil, s.PreviousExpiresAt, s.PreviousLifetime, s.Fallback = "", "", "", "", 0, ""
	}
	return s
}

// signedUntil fixes both times of the previous key. They never move back.
func (s SigningKeyState) signedUntil(at time.Time) SigningKeyState {
	if before, err := time.Parse(time.RFC3339, s.PreviousIssuedUntil); err == nil && before.After(at) {
		at = before
	}
	at = at.Add(time.Second - 1).Truncate(time.Second)
	s.PreviousIssuedUntil, s.PreviousExpiresAt = text(at), text(at.Add(seconds(s.PreviousLifetime)))
	return s
}

// text is a time in whole seconds, rounded up.
func text(at time.Time) string {
	return at.Add(time.Second - 1).UTC().Truncate(time.Second).Format(time.RFC3339)
}
