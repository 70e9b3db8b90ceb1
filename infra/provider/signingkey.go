package provider

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/killrvideo/killrvideo-go/astra/signingkey"
	"github.com/killrvideo/killrvideo-go/infra/provider/keyid"
)

// SigningKey makes the key that signs tokens and, across a rotation, keeps the
// one before it for as long as tokens signed with it live.
type SigningKey struct{ now func() time.Time }

// SigningKeyArgs are its inputs.
type SigningKeyArgs struct {
	Given                string `pulumi:"given,optional" provider:"secret"`
	Generation           string `pulumi:"generation,optional"`
	TokenLifetimeSeconds int    `pulumi:"tokenLifetimeSeconds"`
	RolloutSeconds       int    `pulumi:"rolloutSeconds,optional"`
}

// SigningKeyState is what the stack remembers.
type SigningKeyState struct {
	SigningKeyArgs
	Current           string `pulumi:"current" provider:"secret"`
	Previous          string `pulumi:"previous" provider:"secret"`
	KeyID             string `pulumi:"keyId"`
	PreviousKeyID     string `pulumi:"previousKeyId"`
	Fingerprint       string `pulumi:"fingerprint"`
	PreviousExpiresAt string `pulumi:"previousExpiresAt"`
}

// Annotate names and describes the resource.
func (k *SigningKey) Annotate(a infer.Annotator) {
	a.SetToken("jwt", "SigningKey")
	a.Describe(&k, "A key that signs tokens, and the one before it while its tokens live.")
}

// Annotate describes the inputs.
func (args *SigningKeyArgs) Annotate(a infer.Annotator) {
	a.Describe(&args.Given, "A key brought from outside, at least 256 bits; its UTF-8 bytes sign. Empty: 256 random bits.")
	a.Describe(&args.Generation, "Any change makes a new generated key.")
	a.SetDefault(&args.Generation, "0")
	a.Describe(&args.TokenLifetimeSeconds, "How long a token signed with the key is valid.")
	a.Describe(&args.RolloutSeconds, "How long after a rotation instances that are not replaced yet may still sign with the previous key.")
}

// WireDependencies marks the keys secret and says that a new lifetime alone
// makes no new key.
func (*SigningKey) WireDependencies(f infer.FieldSelector, args *SigningKeyArgs, state *SigningKeyState) {
	makesKey := []infer.InputField{f.InputField(&args.Given).Computed()}
	if args.Given == "" {
		makesKey = append(makesKey, f.InputField(&args.Generation).Computed())
	}
	for _, key := range []*string{&state.Current, &state.Previous, &state.Given} {
		f.OutputField(key).AlwaysSecret()
	}
	for _, output := range []*string{&state.Current, &state.Previous, &state.KeyID,
		&state.PreviousKeyID, &state.Fingerprint, &state.PreviousExpiresAt} {
		f.OutputField(output).DependsOn(makesKey...)
	}
}

// Check refuses a weak key and a lifetime that is none.
func (*SigningKey) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[SigningKeyArgs], error) {
	args, failures, err := infer.DefaultCheck[SigningKeyArgs](ctx, req.NewInputs)
	if err != nil || len(failures) > 0 {
		return infer.CheckResponse[SigningKeyArgs]{Inputs: args, Failures: failures}, err
	}
	problems := problems{known: req.NewInputs}
	if weakness := signingkey.Weakness(args.Given); args.Given != "" && weakness != "" {
		problems.add("given", "the signing key %s; make one with: %s", weakness, signingkey.Make)
	}
	if args.TokenLifetimeSeconds < 1 {
		problems.add("tokenLifetimeSeconds", "a token must live at least 1 second, got %d", args.TokenLifetimeSeconds)
	}
	if args.RolloutSeconds < 0 {
		problems.add("rolloutSeconds", "must not be negative, got %d", args.RolloutSeconds)
	}
	return infer.CheckResponse[SigningKeyArgs]{Inputs: args, Failures: problems.failures}, nil
}

// Create makes the first key.
func (*SigningKey) Create(_ context.Context, req infer.CreateRequest[SigningKeyArgs]) (infer.CreateResponse[SigningKeyState], error) {
	state := SigningKeyState{SigningKeyArgs: req.Inputs}
	if req.DryRun {
		return infer.CreateResponse[SigningKeyState]{ID: req.Name, Output: state}, nil
	}
	state = state.with(newKey(req.Inputs))
	return infer.CreateResponse[SigningKeyState]{ID: req.Name, Output: state}, nil
}

// Diff reports changed inputs, and a previous key whose last token has expired.
func (k *SigningKey) Diff(_ context.Context, req infer.DiffRequest[SigningKeyArgs, SigningKeyState]) (infer.DiffResponse, error) {
	changes := changedInputs(req.State.SigningKeyArgs, req.Inputs)
	if req.State.previousExpired(k.now()) {
		changes["previous"] = p.PropertyDiff{Kind: p.Update}
	}
	return diffOf(changes), nil
}

// Update rotates if the inputs ask for another key, else drops a previous key
// that has expired.
func (k *SigningKey) Update(ctx context.Context, req infer.UpdateRequest[SigningKeyArgs, SigningKeyState]) (infer.UpdateResponse[SigningKeyState], error) {
	now, old := k.now(), req.State
	state := old
	state.SigningKeyArgs = req.Inputs
	if old.previousExpired(now) {
		state.Previous, state.PreviousKeyID, state.PreviousExpiresAt = "", "", ""
	}
	switch rotates := old.rotates(req.Inputs); {
	case rotates && req.DryRun: // the new key is made when it is needed
	case rotates:
		warnEarlyEnd(ctx, old, now)
		lifetime := max(old.TokenLifetimeSeconds, req.Inputs.TokenLifetimeSeconds)
		state.Previous, state.PreviousKeyID = old.Current, old.KeyID
		state.PreviousExpiresAt = expiry(now, lifetime+req.Inputs.RolloutSeconds)
		state = state.with(newKey(req.Inputs))
	case old.Generation != req.Inputs.Generation:
		p.GetLogger(ctx).Warning("another generation makes no new key while a key is given; " +
			"rotate with `pulumi config set --secret jwtSecretKey`")
	}
	return infer.UpdateResponse[SigningKeyState]{Output: state}, nil
}

// rotates says whether the inputs ask for another key than the current one.
func (s SigningKeyState) rotates(args SigningKeyArgs) bool {
	if args.Given != "" {
		return args.Given != s.Current
	}
	return s.Given != "" || s.Generation != args.Generation
}

// expiry is the first whole second at which so many seconds have passed.
func expiry(now time.Time, seconds int) string {
	end := now.Add(time.Duration(seconds)*time.Second + time.Second - 1)
	return end.UTC().Truncate(time.Second).Format(time.RFC3339)
}

// previousExpired says whether no valid token can bear the previous key.
func (s SigningKeyState) previousExpired(now time.Time) bool {
	if s.Previous == "" {
		return false
	}
	expires, err := time.Parse(time.RFC3339, s.PreviousExpiresAt)
	return err != nil || !now.Before(expires)
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

// warnEarlyEnd tells of tokens cut short: only one previous key is kept, so a
// second rotation within a token's lifetime ends the first one's grace.
func warnEarlyEnd(ctx context.Context, old SigningKeyState, now time.Time) {
	if old.Previous != "" && !old.previousExpired(now) {
		p.GetLogger(ctx).Warning(fmt.Sprintf("tokens signed with key %s stop verifying now and not at %s: "+
			"this is the second rotation within their lifetime, and one previous key is kept", old.PreviousKeyID, old.PreviousExpiresAt))
	}
}
