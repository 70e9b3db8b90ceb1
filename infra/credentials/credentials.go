// Package credentials makes what one stack needs to authenticate: roles and
// tokens on Astra with the least permissions, the tables they are for, and the
// key that signs the service's own tokens. Values leave this package only as
// Pulumi secrets.
package credentials

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// Account is what a stack says about its Astra account.
type Account struct {
	// DatabaseID and Region give the endpoint of the Data API. Required.
	DatabaseID, Region pulumi.StringInput
	// Keyspace holds the tables. Required.
	Keyspace pulumi.StringInput
	// DeployToken mints tokens and changes the schema; it never reaches the
	// service. Required.
	DeployToken pulumi.StringInput

	// DataAPIEndpoint and DevopsEndpoint are where the APIs are. Default Astra's.
	DataAPIEndpoint, DevopsEndpoint pulumi.StringInput
}

// Astra is a database that credentials can be made for.
type Astra struct {
	// Provider acts with the deploy token.
	Provider *resource.Provider
	// DataAPIEndpoint is what the service calls.
	DataAPIEndpoint, DatabaseID, Keyspace pulumi.StringInput
}

// Args says how a stack's credentials are made.
type Args struct {
	// Astra is the database. Required.
	Astra *Astra
	// Name begins the names of the roles, and Title their descriptions. Name is
	// required.
	Name, Title string
	// Stack names the resources and the roles. The environment does not: it may
	// be changed, and given to another stack. Required.
	Stack string
	// TokenGeneration and KeyGeneration rotate when they change. Required.
	TokenGeneration, KeyGeneration string
	// GivenToken, GivenReadOnlyToken and GivenKey are brought from outside; nil
	// means minted.
	GivenToken, GivenReadOnlyToken, GivenKey pulumi.StringInput
	// AllowBroadToken accepts given tokens that may do too much.
	AllowBroadToken bool
	// TokenLifetimeSeconds is how long a token that the service signs is valid.
	// 0 makes no signing key.
	TokenLifetimeSeconds int
	// KeyLeakGeneration rotates a leaked key when it changes; "" is none.
	KeyLeakGeneration string
	// Proved is what is known of the last proved revision.
	Proved Proved
	// Protect refuses to delete the schema. Its deletion drops no table; but the
	// rest of the stack depends on it.
	Protect bool
	// RolloutSeconds is how long instances from before a rotation may still
	// sign with the previous key.
	RolloutSeconds int
	// After must be there before anything asks the database, such as entries of
	// its access list.
	After []pulumi.Resource
	// Tables is the schema of the service.
	Tables []resource.Table
	// Moderators are e-mail addresses, each of which gets a one-time code;
	// another ModeratorsGeneration makes new codes.
	Moderators           []string
	ModeratorsGeneration string
	// Peers are other stacks, which must not have the same signing key;
	// SharedKeyFix says what to do if one has.
	Peers        []Peer
	SharedKeyFix string
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

// Credentials are what a service runs with.
type Credentials struct {
	pulumi.ResourceState

	// Token reads and writes rows, ReadOnly reads them.
	Token, ReadOnly *resource.Token
	Schema          *resource.Schema
	// Key is nil without a lifetime of its tokens.
	Key *resource.SigningKey
	// Moderators is nil if there are none.
	Moderators *resource.OneTimeCodes
}

// New registers the roles, the tokens, the schema and the signing key.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Credentials, error) {
	creds := &Credentials{}
	if err := ctx.RegisterComponentResource("infra:credentials:Credentials", name, creds, opts...); err != nil {
		return nil, fmt.Errorf("credentials: %w", err)
	}
	var err error
	if creds.Schema, err = newSchema(ctx, creds, args); err != nil {
		return nil, err
	}
	if creds.Token, err = newToken(ctx, creds, args, creds.Schema, readWrite); err != nil {
		return nil, err
	}
	if creds.ReadOnly, err = newToken(ctx, creds, args, creds.Schema, reads); err != nil {
		return nil, err
	}
	if args.TokenLifetimeSeconds > 0 {
		if creds.Key, err = newKey(ctx, creds, args, creds.Schema, creds.Token, creds.ReadOnly); err != nil {
			return nil, err
		}
		creds.Key.Current = ownKey(creds.Key, args)
	}
	if creds.Moderators, err = newModerators(ctx, creds, args); err != nil {
		return nil, err
	}
	return creds, ctx.RegisterResourceOutputs(creds, pulumi.Map{})
}

// Resources are the credentials that a revision runs with, for a gate.
func (c *Credentials) Resources() []pulumi.Resource {
	all := []pulumi.Resource{c.Token, c.ReadOnly}
	if c.Key != nil {
		all = append(all, c.Key)
	}
	return all
}

// newModerators makes the codes by which moderators prove that their e-mail
// addresses are theirs, if there are any.
func newModerators(ctx *pulumi.Context, group pulumi.Resource, args *Args) (*resource.OneTimeCodes, error) {
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

// newKey makes the key after everything else that takes its time: the times of
// the previous key count from here. Its name says neither stack nor
// environment, as it once did: either can be renamed, and the keys stay.
func newKey(ctx *pulumi.Context, group pulumi.Resource, args *Args, needs ...pulumi.Resource) (*resource.SigningKey, error) {
	keyArgs := &resource.SigningKeyArgs{
		Given:                args.GivenKey,
		Generation:           pulumi.String(args.KeyGeneration),
		TokenLifetimeSeconds: pulumi.Int(args.TokenLifetimeSeconds),
		RolloutSeconds:       pulumi.Int(args.RolloutSeconds),
		LeakGeneration:       app.Optional(args.KeyLeakGeneration),
		ProvedFingerprint:    app.Optional(args.Proved.KeyFingerprint),
		ProvedAt:             app.Optional(args.Proved.KeyAt),
	}
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

func newSchema(ctx *pulumi.Context, group pulumi.Resource, args *Args) (*resource.Schema, error) {
	schema, err := resource.NewSchema(ctx, "schema-"+args.Stack, &resource.SchemaArgs{
		DatabaseID: args.Astra.DatabaseID,
		Keyspace:   args.Astra.Keyspace,
		Tables:     args.Tables,
	}, pulumi.Parent(group), pulumi.Provider(args.Astra.Provider), pulumi.Protect(args.Protect), pulumi.DependsOn(args.After))
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	return schema, nil
}

// roleName holds what a role is replaced for: the new one is created while the
// old one is still in use, and a name is unique in the organisation.
func roleName(args *Args, of access) pulumi.StringOutput {
	return pulumi.All(args.Astra.Keyspace, args.Astra.DatabaseID).ApplyT(func(known []any) string {
		database, _, _ := strings.Cut(known[1].(string), "-")
		return strings.Join([]string{args.Name, args.Stack + of.suffix, known[0].(string), database}, "-")
	}).(pulumi.StringOutput)
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
func (a *Args) given(of access) pulumi.StringInput {
	if of.readOnly {
		return a.GivenReadOnlyToken
	}
	return a.GivenToken
}

// newToken mints a token with a role of its own, or proves the given one. The
// proof needs the keyspace, hence the dependency.
func newToken(ctx *pulumi.Context, group pulumi.Resource, args *Args, schema *resource.Schema, of access) (*resource.Token, error) {
	onAstra := pulumi.Provider(args.Astra.Provider)
	tokenArgs := &resource.TokenArgs{
		DatabaseID: args.Astra.DatabaseID,
		Keyspace:   args.Astra.Keyspace,
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
func newRole(ctx *pulumi.Context, group pulumi.Resource, args *Args, of access) (*resource.Role, error) {
	roleArgs := &resource.RoleArgs{
		Name:        roleName(args, of),
		Description: pulumi.String(cmp.Or(args.Title, args.Name) + ", stack " + args.Stack + ": " + of.purpose),
		DatabaseID:  args.Astra.DatabaseID,
		Keyspace:    args.Astra.Keyspace,
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
