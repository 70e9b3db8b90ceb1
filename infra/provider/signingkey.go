package provider

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/killrvideo/killrvideo-go/astra/signingkey"
	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/provider/keyid"
)

// SigningKey makes the key that signs tokens and, across a rotation, keeps the
// one before it for as long as tokens signed with it live. It knows from its
// inputs which key was last proved to serve: until another one is, that key is
// neither dropped nor forgotten, however many roll-outs fail in between.
type SigningKey struct{ now func() time.Time }

// SigningKeyArgs are its inputs.
type SigningKeyArgs struct {
	Given                string `pulumi:"given,optional" provider:"secret"`
	Generation           string `pulumi:"generation,optional"`
	LeakGeneration       string `pulumi:"leakGeneration,optional"`
	TokenLifetimeSeconds int    `pulumi:"tokenLifetimeSeconds"`
	RolloutSeconds       int    `pulumi:"rolloutSeconds,optional"`
	ProvedFingerprint    string `pulumi:"provedFingerprint,optional"`
	ProvedAt             string `pulumi:"provedAt,optional"`
}

// SigningKeyState is what the stack remembers. Fields that an older provider
// did not write are optional.
type SigningKeyState struct {
	SigningKeyArgs
	Current             string `pulumi:"current" provider:"secret"`
	Previous            string `pulumi:"previous" provider:"secret"`
	KeyID               string `pulumi:"keyId"`
	PreviousKeyID       string `pulumi:"previousKeyId"`
	Fingerprint         string `pulumi:"fingerprint"`
	PreviousIssuedUntil string `pulumi:"previousIssuedUntil,optional"`
	PreviousExpiresAt   string `pulumi:"previousExpiresAt"`
	SessionsValidAfter  string `pulumi:"sessionsValidAfter,optional"`
	// Leaked are fingerprints of keys that no setting may bring back.
	Leaked           []string `pulumi:"leakedFingerprints,optional"`
	LongestLifetime  int      `pulumi:"longestLifetimeSeconds,optional"`
	PreviousLifetime int      `pulumi:"previousLifetimeSeconds,optional"`
	Fallback         string   `pulumi:"fallback,optional" provider:"secret"`
}

// Annotate names and describes the resource.
func (k *SigningKey) Annotate(a infer.Annotator) {
	a.SetToken("index", "SigningKey")
	a.Describe(&k, "A key that signs tokens, and the one before it while its tokens live."+example(`
resources:
  key:
    type: astradb:SigningKey
    properties:
      tokenLifetimeSeconds: 3600
`))
}

// Annotate describes the inputs.
func (args *SigningKeyArgs) Annotate(a infer.Annotator) {
	a.Describe(&args.Given, "A key brought from outside, at least 256 bits; its UTF-8 bytes sign. Empty: 256 random bits.")
	a.Describe(&args.Generation, "Any change makes a new generated key.")
	a.SetDefault(&args.Generation, "0")
	a.Describe(&args.LeakGeneration, "Any change makes a new key, keeps no previous one and ends all sessions.")
	a.Describe(&args.TokenLifetimeSeconds, "How long a token signed with the key is valid.")
	a.Describe(&args.RolloutSeconds, "How long after a rotation instances that are not replaced yet may still sign with the previous key.")
	a.Describe(&args.ProvedFingerprint, "Fingerprint of the key that the last proved revision signs with, or "+noneProved+
		"; a change of it alone changes nothing. Empty: the current key counts as proved.")
	a.Describe(&args.ProvedAt, "When that key was first proved, RFC 3339.")
}

// Annotate describes the outputs.
func (s *SigningKeyState) Annotate(a infer.Annotator) {
	a.Describe(&s.Current, "The key; its UTF-8 bytes sign.")
	a.Describe(&s.Previous, "The key before it while its tokens live, else empty.")
	a.Describe(&s.KeyID, "Identifies the key in the `kid` header of tokens: 16 hex digits.")
	a.Describe(&s.PreviousKeyID, "Identifies the previous key, empty without one.")
	a.Describe(&s.Fingerprint, "Compares keys across stacks without revealing them: SHA-256 in hex.")
	a.Describe(&s.PreviousLifetime, "The longest lifetime of tokens signed with the previous key.")
	a.Describe(&s.PreviousIssuedUntil, "The latest that an instance may have signed with the previous key, RFC 3339.")
	a.Describe(&s.PreviousExpiresAt, "When the last token signed with the previous key has expired, RFC 3339.")
	a.Describe(&s.SessionsValidAfter, "When the last leak was answered, RFC 3339: sessions of before are over.")
	a.Describe(&s.Leaked, "Fingerprints of keys that leaked, none of which is accepted again.")
	a.Describe(&s.LongestLifetime, "The longest lifetime of tokens while the key was the current one.")
	a.Describe(&s.Fallback, "The keys that serve while the current one is not proved.")
}

// WireDependencies marks the keys secret and says that a new lifetime alone
// makes no new key.
func (*SigningKey) WireDependencies(f infer.FieldSelector, args *SigningKeyArgs, state *SigningKeyState) {
	makesKey := []infer.InputField{f.InputField(&args.Given).Computed(), f.InputField(&args.LeakGeneration).Computed()}
	if args.Given == "" {
		makesKey = append(makesKey, f.InputField(&args.Generation).Computed())
	}
	for _, key := range []*string{&state.Current, &state.Previous, &state.Given, &state.Fallback} {
		f.OutputField(key).AlwaysSecret()
	}
	for _, output := range []*string{&state.Current, &state.Previous, &state.KeyID, &state.PreviousKeyID, &state.Fingerprint,
		&state.PreviousIssuedUntil, &state.PreviousExpiresAt} {
		f.OutputField(output).DependsOn(makesKey...)
	}
	f.OutputField(&state.SessionsValidAfter).DependsOn(f.InputField(&args.LeakGeneration).Computed())
}

// Check refuses a weak key and a lifetime that is none.
func (*SigningKey) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[SigningKeyArgs], error) {
	return checked(ctx, req, func(args *SigningKeyArgs, problems *problems) {
		if weakness := signingkey.Weakness(args.Given); args.Given != "" && weakness != "" {
			problems.add("given", "the signing key %s; make one with: %s", weakness, signingkey.Make)
		}
		if args.TokenLifetimeSeconds < 1 {
			problems.add("tokenLifetimeSeconds", "a token must live at least 1 second, got %d", args.TokenLifetimeSeconds)
		}
		if args.RolloutSeconds < 0 {
			problems.add("rolloutSeconds", "must not be negative, got %d", args.RolloutSeconds)
		}
	})
}

// Create makes the first key.
func (*SigningKey) Create(_ context.Context, req infer.CreateRequest[SigningKeyArgs]) (infer.CreateResponse[SigningKeyState], error) {
	state := SigningKeyState{SigningKeyArgs: req.Inputs, LongestLifetime: req.Inputs.TokenLifetimeSeconds}
	if req.DryRun {
		return infer.CreateResponse[SigningKeyState]{ID: req.Name, Output: state}, nil
	}
	state = state.with(newKey(req.Inputs))
	return infer.CreateResponse[SigningKeyState]{ID: req.Name, Output: state}, nil
}

// Diff reports changed inputs, and times of the previous key that must change:
// its last token has expired, or a roll-out takes longer than was allowed for.
// What was proved is no change by itself.
func (k *SigningKey) Diff(_ context.Context, req infer.DiffRequest[SigningKeyArgs, SigningKeyState]) (infer.DiffResponse, error) {
	changes := changedInputs(req.State.SigningKeyArgs, req.Inputs)
	delete(changes, "provedFingerprint")
	delete(changes, "provedAt")
	if req.State.rotates(req.Inputs) {
		return diffOf(changes), nil
	}
	next := req.State.settled(req.Inputs, k.at(req.Inputs))
	if next.Previous != req.State.Previous {
		changes["previous"] = p.PropertyDiff{Kind: p.Update}
	} else if next.PreviousIssuedUntil != req.State.PreviousIssuedUntil {
		changes["previousIssuedUntil"] = p.PropertyDiff{Kind: p.Update}
	}
	return diffOf(changes), nil
}

// Update rotates if the inputs ask for another key, else brings the times of
// the previous key up to date.
func (k *SigningKey) Update(
	ctx context.Context, req infer.UpdateRequest[SigningKeyArgs, SigningKeyState],
) (infer.UpdateResponse[SigningKeyState], error) {
	old, log := req.State, p.GetLogger(ctx)
	if !old.rotates(req.Inputs) {
		if old.Generation != req.Inputs.Generation {
			log.Warning("another generation makes no new key while a key is given; rotate with: " +
				signingkey.Make + " | " + caller.Pulumi("config set --secret jwtSecretKey"))
		}
		return infer.UpdateResponse[SigningKeyState]{Output: old.settled(req.Inputs, k.at(req.Inputs))}, nil
	}
	next, warnings, err := old.rotated(req.Inputs, k.at(req.Inputs))
	if req.DryRun && err == nil { // the new key is made when it is needed
		old.SigningKeyArgs = req.Inputs
		return infer.UpdateResponse[SigningKeyState]{Output: old}, nil
	}
	for _, warning := range warnings {
		log.Warning(warning)
	}
	return infer.UpdateResponse[SigningKeyState]{Output: next}, err
}

// at is the time. It is not before the last proof: under a clock that was put back
// the previous key would end early, and with it what its users have.
func (k *SigningKey) at(args SigningKeyArgs) time.Time {
	now := k.now()
	if proved, err := time.Parse(time.RFC3339, args.ProvedAt); err == nil && proved.After(now) {
		return proved
	}
	return now
}

// with returns the state with key as the current one.
func (s SigningKeyState) with(key string) SigningKeyState {
	s.Current, s.KeyID, s.Fingerprint = key, keyid.Of(key), keyid.Fingerprint(key)
	return s
}

// newKey is the given key, or 256 random bits as text.
func newKey(args SigningKeyArgs) string {
	if args.Given != "" {
		return args.Given
	}
	for {
		var random [32]byte
		_, _ = rand.Read(random[:]) // never fails: it ends the program instead
		// The rule refuses one random key in a thousand, which is made again.
		if key := base64.RawURLEncoding.EncodeToString(random[:]); signingkey.Weakness(key) == "" {
			return key
		}
	}
}

// Read refuses an import; a refresh has nothing to compare, since the key is
// only in the state.
func (*SigningKey) Read(
	_ context.Context, req infer.ReadRequest[SigningKeyArgs, SigningKeyState],
) (infer.ReadResponse[SigningKeyArgs, SigningKeyState], error) {
	return kept(req, req.State.Current != "", "signing key", "its value is nowhere but in the state that made it",
		"to use a key that you have, run "+caller.Here("config set --secret jwtSecretKey"))
}
