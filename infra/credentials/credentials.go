// Package credentials makes what one environment needs to prove who it is: a
// least-privilege role and token on Astra, the tables they may touch, and the
// key that signs the API's own tokens. Values leave this package only as
// Pulumi secrets.
package credentials

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// Account is what a stack says about its Astra account.
type Account struct {
	// DatabaseID and Region give the endpoint of the Data API.
	DatabaseID, Region string
	// Keyspace holds the tables.
	Keyspace string
	// DeployToken mints and changes the schema; it never reaches the service.
	DeployToken pulumi.StringInput

	// DataAPIEndpoint and DevopsEndpoint are where the APIs are, if not at Astra
	// itself; empty means there.
	DataAPIEndpoint, DevopsEndpoint string
}

// Astra is a database that credentials can be made for.
type Astra struct {
	// Provider acts with the deploy token.
	Provider *resource.Provider
	// DataAPIEndpoint is what the service calls.
	DataAPIEndpoint string
	DatabaseID      string
	Keyspace        string
}

// Args says how an environment's credentials are made.
type Args struct {
	Astra *Astra
	// Stack names the resources and the roles. The environment does not: it may
	// be changed, and given to another stack.
	Stack string
	// TokenGeneration and KeyGeneration rotate when they change.
	TokenGeneration, KeyGeneration string
	// GivenToken, GivenReadOnlyToken and GivenKey are brought from outside; nil
	// means minted.
	GivenToken, GivenReadOnlyToken, GivenKey pulumi.StringInput
	// AllowBroadToken accepts given tokens that may do too much.
	AllowBroadToken bool
	// TokenLifetimeSeconds is how long a token of the API lives.
	TokenLifetimeSeconds int
	// KeyLeakGeneration rotates a leaked key when it changes; "" is none.
	KeyLeakGeneration string
	// Proved is what is known of the last proved revision.
	Proved Proved
	// Protect refuses to delete the schema. Its deletion drops no table; but what
	// the rest of the stack rests on stays longest.
	Protect bool
	// RolloutSeconds is how long instances from before a rotation may still
	// sign with the previous key.
	RolloutSeconds int
	// Tables is the schema of the service.
	Tables []resource.Table
	// Moderators are e-mails that prove themselves by a one-time code; another
	// ModeratorsGeneration makes new codes.
	Moderators           []string
	ModeratorsGeneration string
	// Peers are other stacks, none of which may have the same signing key.
	Peers []Peer
}

// Proved is what the last proved revision of a stack is known by.
type Proved struct {
	// Environment is that of the stack's last successful update.
	Environment string
	// KeyFingerprint is that of its signing key, first proved KeyAt (RFC 3339);
	// NoneProved if no revision was proved, "" if that is not known.
	KeyFingerprint, KeyAt string
}

// NoneProved says that no revision was proved.
const NoneProved = "none"

// Credentials are the made credentials.
type Credentials struct {
	// Token reads and writes rows, ReadOnly reads them.
	Token, ReadOnly *resource.Token
	Schema          *resource.Schema
	Key             *resource.SigningKey
	// Moderators is nil if there are none.
	Moderators *resource.OneTimeCodes
}

// New makes the roles, the tokens, the schema and the signing key.
func New(ctx *pulumi.Context, args Args) (*Credentials, error) {
	group := &component{}
	name := "credentials-" + args.Stack
	if err := ctx.RegisterComponentResource("killrvideo:index:Credentials", name, group); err != nil {
		return nil, fmt.Errorf("credentials: %w", err)
	}
	schema, err := newSchema(ctx, group, args)
	if err != nil {
		return nil, err
	}
	token, err := newToken(ctx, group, args, schema, readWrite)
	if err != nil {
		return nil, err
	}
	readOnly, err := newToken(ctx, group, args, schema, reads)
	if err != nil {
		return nil, err
	}
	key, err := newKey(ctx, group, args, schema, token, readOnly)
	if err != nil {
		return nil, err
	}
	key.Current = ownKey(key, args.Peers)
	moderators, err := newModerators(ctx, group, args)
	if err != nil {
		return nil, err
	}
	return &Credentials{Token: token, ReadOnly: readOnly, Schema: schema, Key: key, Moderators: moderators}, nil
}

// newModerators makes the codes with which moderators prove whose their e-mails
// are, if there are any.
func newModerators(ctx *pulumi.Context, group pulumi.Resource, args Args) (*resource.OneTimeCodes, error) {
	if len(args.Moderators) == 0 {
		return nil, nil
	}
	codes, err := resource.NewOneTimeCodes(ctx, "moderators-"+args.Stack, &resource.OneTimeCodesArgs{
		Names:      pulumi.ToStringArray(args.Moderators),
		Generation: pulumi.String(args.ModeratorsGeneration),
	}, pulumi.Parent(group))
	if err != nil {
		return nil, fmt.Errorf("codes of the moderators: %w", err)
	}
	return codes, nil
}

type component struct{ pulumi.ResourceState }

// newKey makes the key after everything else that takes its time: the times of
// the previous key count from here. Its name says neither stack nor
// environment, as it once did: either can be renamed, and the keys stay.
func newKey(ctx *pulumi.Context, group pulumi.Resource, args Args, needs ...pulumi.Resource) (*resource.SigningKey, error) {
	keyArgs := &resource.SigningKeyArgs{
		Given:                args.GivenKey,
		Generation:           pulumi.String(args.KeyGeneration),
		TokenLifetimeSeconds: pulumi.Int(args.TokenLifetimeSeconds),
		RolloutSeconds:       pulumi.Int(args.RolloutSeconds),
	}
	keyArgs.LeakGeneration = unlessEmpty(args.KeyLeakGeneration)
	keyArgs.ProvedFingerprint, keyArgs.ProvedAt = unlessEmpty(args.Proved.KeyFingerprint), unlessEmpty(args.Proved.KeyAt)
	former := []pulumi.Alias{{Name: pulumi.String("jwt-" + args.Stack)}}
	if last := args.Proved.Environment; last != "" && last != args.Stack {
		former = append(former, pulumi.Alias{Name: pulumi.String("jwt-" + last)})
	}
	key, err := resource.NewSigningKey(ctx, "signing-key", keyArgs, pulumi.Parent(group), pulumi.DependsOn(needs), pulumi.Aliases(former))
	if err != nil {
		return nil, fmt.Errorf("signing key: %w", err)
	}
	return key, nil
}

// unlessEmpty is an input that is absent if there is no text.
func unlessEmpty(text string) pulumi.StringInput {
	if text == "" {
		return nil
	}
	return pulumi.String(text)
}

func newSchema(ctx *pulumi.Context, group pulumi.Resource, args Args) (*resource.Schema, error) {
	schema, err := resource.NewSchema(ctx, "schema-"+args.Stack, &resource.SchemaArgs{
		DatabaseID: pulumi.String(args.Astra.DatabaseID),
		Keyspace:   pulumi.String(args.Astra.Keyspace),
		Tables:     args.Tables,
	}, pulumi.Parent(group), pulumi.Provider(args.Astra.Provider), pulumi.Protect(args.Protect))
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	return schema, nil
}

// roleName holds what a role is replaced for: the new one is created while the
// old one is still in use, and a name is unique in the organisation.
func roleName(args Args, of access) string {
	database, _, _ := strings.Cut(args.Astra.DatabaseID, "-")
	return strings.Join([]string{"killrvideo", args.Stack + of.suffix, args.Astra.Keyspace, database}, "-")
}

// access is what a token is for.
type access struct {
	// suffix is part of the names of resources and of the role.
	suffix, purpose string
	readOnly        bool
}

var (
	readWrite = access{purpose: "reads and writes rows of one keyspace"}
	reads     = access{suffix: "-reads", purpose: "reads rows of one keyspace", readOnly: true}
)

// given is a token of that access that was brought from outside, else nil.
func (a Args) given(of access) pulumi.StringInput {
	if of.readOnly {
		return a.GivenReadOnlyToken
	}
	return a.GivenToken
}

// newToken mints a token with a role of its own, or proves the given one. The
// keyspace must be there before the proof can be led, hence the dependency.
func newToken(ctx *pulumi.Context, group pulumi.Resource, args Args, schema *resource.Schema, of access) (*resource.Token, error) {
	onAstra := pulumi.Provider(args.Astra.Provider)
	tokenArgs := &resource.TokenArgs{
		DatabaseID: pulumi.String(args.Astra.DatabaseID),
		Keyspace:   pulumi.String(args.Astra.Keyspace),
		Generation: pulumi.String(args.TokenGeneration),
		AllowBroad: pulumi.Bool(args.AllowBroadToken),
		Given:      args.given(of),
	}
	if of.readOnly {
		tokenArgs.ReadOnly = pulumi.Bool(true)
	}
	if tokenArgs.Given == nil {
		role, err := newRole(ctx, group, args, of)
		if err != nil {
			return nil, err
		}
		tokenArgs.RoleID = role.ID().ToStringOutput()
	}
	token, err := resource.NewToken(ctx, "token-"+args.Stack+of.suffix, tokenArgs,
		pulumi.Parent(group), onAstra, pulumi.DependsOn([]pulumi.Resource{schema}))
	if err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	return token, nil
}

// newRole makes the role of a minted token.
func newRole(ctx *pulumi.Context, group pulumi.Resource, args Args, of access) (*resource.Role, error) {
	roleArgs := &resource.RoleArgs{
		Name:        pulumi.String(roleName(args, of)),
		Description: pulumi.String("KillrVideo API, stack " + args.Stack + ": " + of.purpose),
		DatabaseID:  pulumi.String(args.Astra.DatabaseID),
		Keyspace:    pulumi.String(args.Astra.Keyspace),
	}
	if of.readOnly {
		roleArgs.Actions = pulumi.ToStringArray(resource.ReadActions())
	}
	role, err := resource.NewRole(ctx, "role-"+args.Stack+of.suffix, roleArgs, pulumi.Parent(group), pulumi.Provider(args.Astra.Provider))
	if err != nil {
		return nil, fmt.Errorf("role: %w", err)
	}
	return role, nil
}
