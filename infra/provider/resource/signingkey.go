package resource

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// SigningKey is the key that signs the API's tokens, and during a rotation the
// one before it, which still verifies.
type SigningKey struct {
	pulumi.CustomResourceState

	// Current is the key's text; its UTF-8 bytes sign. Secret.
	Current pulumi.StringOutput `pulumi:"current"`
	// Previous is the key before it, "" if there is none. Secret.
	Previous pulumi.StringOutput `pulumi:"previous"`
	// KeyID is the `kid` of Current: 16 hex digits.
	KeyID pulumi.StringOutput `pulumi:"keyId"`
	// PreviousKeyID is the `kid` of Previous, "" if there is none.
	PreviousKeyID pulumi.StringOutput `pulumi:"previousKeyId"`
	// Fingerprint compares keys across stacks without revealing them: hex
	// SHA-256 under a label of its own.
	Fingerprint pulumi.StringOutput `pulumi:"fingerprint"`
	// PreviousIssuedUntil is the latest that an instance may have signed with
	// Previous, RFC 3339, "" if there is no previous key.
	PreviousIssuedUntil pulumi.StringOutput `pulumi:"previousIssuedUntil"`
	// PreviousExpiresAt is when the last token signed with Previous has
	// expired, RFC 3339, "" if there is no previous key.
	PreviousExpiresAt pulumi.StringOutput `pulumi:"previousExpiresAt"`
	// SessionsValidAfter is when the last leak was answered, RFC 3339, "" if
	// there was none: sessions that began before it are over.
	SessionsValidAfter pulumi.StringOutput `pulumi:"sessionsValidAfter"`
}

// SigningKeyArgs are the inputs of a SigningKey.
type SigningKeyArgs struct {
	// Given is a key brought from outside; absent or "" means generated. Secret.
	Given pulumi.StringInput `pulumi:"given" provider:"secret"`
	// Generation makes a new key when it changes. Default "0".
	Generation pulumi.StringInput `pulumi:"generation"`
	// LeakGeneration makes a new key when it changes, keeps no previous key and
	// ends all sessions.
	LeakGeneration pulumi.StringInput `pulumi:"leakGeneration"`
	// TokenLifetimeSeconds is how long a token signed with the key lives.
	// Required, at least 1.
	TokenLifetimeSeconds pulumi.IntInput `pulumi:"tokenLifetimeSeconds"`
	// RolloutSeconds is how long after a rotation old instances may still sign
	// with the previous key; it is kept that much longer. Default 0.
	RolloutSeconds pulumi.IntInput `pulumi:"rolloutSeconds"`
	// ProvedFingerprint is that of the key which the last proved revision signs
	// with, as its Gate has it, or "none"; ProvedAt is when it was first proved,
	// RFC 3339. Until another key is proved, this one is kept. Absent, the current
	// key counts as proved.
	ProvedFingerprint pulumi.StringInput `pulumi:"provedFingerprint"`
	ProvedAt          pulumi.StringInput `pulumi:"provedAt"`
}

// NewSigningKey registers a SigningKey.
func NewSigningKey(ctx *pulumi.Context, name string, args *SigningKeyArgs, opts ...pulumi.ResourceOption) (*SigningKey, error) {
	key := &SigningKey{}
	opts = withSecrets(opts, "current", "previous", "given", "fallback")
	return key, ctx.RegisterResource(SigningKeyType, name, inputs(args), key, opts...)
}
