package resource

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Token is an application token with exactly one role, proved after minting.
// Its ID is the token's client id. Never give it deleteBeforeReplace: a
// rotation needs the new token before the old one is revoked.
type Token struct {
	pulumi.CustomResourceState

	// Token is the credential itself. Secret.
	Token pulumi.StringOutput `pulumi:"token"`
	// ClientID names the token without revealing it; it changes with every
	// minting. For a given token that has another form it is empty.
	ClientID pulumi.StringOutput `pulumi:"clientId"`
	// Generation is the generation that was minted.
	Generation pulumi.StringOutput `pulumi:"generation"`
}

// TokenArgs are the inputs of a Token. Every change but AllowBroad's replaces
// the token.
type TokenArgs struct {
	// RoleID is the UUID of the role the token gets. Required unless Given.
	// Give each token a role of its own: when the next token is minted, those
	// with exactly this role that no state knows are revoked.
	RoleID pulumi.StringInput `pulumi:"roleId"`
	// DatabaseID is the UUID of the database the token is for. Required.
	DatabaseID pulumi.StringInput `pulumi:"databaseId"`
	// Keyspace is the keyspace the token is for. Required.
	Keyspace pulumi.StringInput `pulumi:"keyspace"`
	// Generation rotates the token when it changes. Default "0".
	Generation pulumi.StringInput `pulumi:"generation"`
	// Given is a token brought from outside: it is proved, never minted and
	// never revoked. Secret.
	Given pulumi.StringInput `pulumi:"given" provider:"secret"`
	// ReadOnly is a token that may read rows only; a proof shows that writes
	// are refused. Its role must have ReadActions.
	ReadOnly pulumi.BoolInput `pulumi:"readOnly"`
	// AllowBroad accepts a given token that may do more than it should, with
	// a warning. For development stacks.
	AllowBroad pulumi.BoolInput `pulumi:"allowBroad"`
}

// NewToken registers a Token.
func NewToken(ctx *pulumi.Context, name string, args *TokenArgs, opts ...pulumi.ResourceOption) (*Token, error) {
	token := &Token{}
	return token, ctx.RegisterResource(TokenType, name, inputs(args), token, withSecrets(opts, "token", "given")...)
}
