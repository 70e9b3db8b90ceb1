package provider

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/infra/caller"
)

// Token is an application token with exactly one role, or one brought from
// outside, that is handed out only after it was proved.
type Token struct {
	astra   connector
	patient backoff
	known   *clients
}

// TokenArgs are its inputs.
type TokenArgs struct {
	RoleID     string `pulumi:"roleId,optional"`
	DatabaseID string `pulumi:"databaseId"`
	Keyspace   string `pulumi:"keyspace"`
	Generation string `pulumi:"generation,optional"`
	Given      string `pulumi:"given,optional" provider:"secret"`
	AllowBroad bool   `pulumi:"allowBroad,optional"`
	ReadOnly   bool   `pulumi:"readOnly,optional"`
}

// TokenState is what the stack remembers.
type TokenState struct {
	TokenArgs
	Token    string `pulumi:"token" provider:"secret"`
	ClientID string `pulumi:"clientId"`
	// OrganizationID is that of a minted token; empty in the state of a
	// release that did not remember it.
	OrganizationID string `pulumi:"organizationId,optional"`
	// Predecessors are the client ids that the state knew when this token was
	// made: they may serve until a roll-out has been proved.
	Predecessors []string `pulumi:"predecessors,optional"`
}

// Annotate names and describes the resource.
func (t *Token) Annotate(a infer.Annotator) {
	a.SetToken("index", "Token")
	a.Describe(&t, "An application token, proved to do what it must and refused what it must not."+example(`
resources:
  role:
    type: astradb:Role
    properties:
      name: api
      databaseId: 00000000-0000-4000-8000-000000000001
      keyspace: orders
  token:
    type: astradb:Token
    properties:
      roleId: ${role.id}
      databaseId: 00000000-0000-4000-8000-000000000001
      keyspace: orders
`))
}

// Annotate describes the inputs.
func (args *TokenArgs) Annotate(a infer.Annotator) {
	a.Describe(&args.RoleID, "UUID of the role of a minted token. Give each token a role of its own: other tokens that have exactly this "+
		"role and that no state knows are revoked when the next one is minted.")
	a.Describe(&args.DatabaseID, "UUID of the database the token is for.")
	a.Describe(&args.Keyspace, "The keyspace the token is for.")
	a.Describe(&args.Generation, "Any change mints a new token.")
	a.SetDefault(&args.Generation, "0")
	a.Describe(&args.Given, "A token brought from outside: proved, never minted, never revoked.")
	a.Describe(&args.AllowBroad, "Accept a given token that may do more than it should, with a warning.")
	a.Describe(&args.ReadOnly, "The token may read rows only: a proof shows that writes are refused.")
}

// Annotate describes the outputs.
func (s *TokenState) Annotate(a infer.Annotator) {
	a.Describe(&s.Token, "The credential itself.")
	a.Describe(&s.ClientID, "Names the token without revealing it.")
	a.Describe(&s.OrganizationID, "UUID of the organisation of a minted token.")
	a.Describe(&s.Predecessors, "Client ids that the state knew when this token was made.")
}

// WireDependencies marks the secrets, and says that a change of allowBroad alone
// makes no new token.
func (*Token) WireDependencies(f infer.FieldSelector, args *TokenArgs, state *TokenState) {
	f.OutputField(&state.Token).AlwaysSecret()
	f.OutputField(&state.Given).AlwaysSecret()
	for _, input := range []*string{&args.RoleID, &args.DatabaseID, &args.Keyspace, &args.Generation, &args.Given} {
		f.OutputField(&state.Token).DependsOn(f.InputField(input).Computed())
		f.OutputField(&state.ClientID).DependsOn(f.InputField(input).Computed())
	}
}

// Check validates the inputs.
func (t *Token) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[TokenArgs], error) {
	return checked(ctx, req, func(args *TokenArgs, problems *problems) {
		problems.require("databaseId", args.DatabaseID, "the database's id (stack setting astraDatabaseId)")
		problems.require("keyspace", args.Keyspace, "the keyspace")
		if args.Given == "" && !problems.unknown("given") {
			problems.require("roleId", args.RoleID, "without a given token the role")
			if _, err := uuid.Parse(args.RoleID); args.RoleID != "" && err != nil {
				problems.add("roleId", "must be the role's UUID, got %q: Astra attaches nothing for a name", args.RoleID)
			}
		}
		if args.Given != "" && !strings.HasPrefix(args.Given, "AstraCS:") {
			problems.add("given", "an application token begins with AstraCS: ("+caller.Here("config set --secret %s")+")", args.setting())
		}
		t.known.give(clientIDOf(args.Given))
		if req.OldInputs.Len() > 0 {
			t.known.expect(req.Name)
		}
	})
}

// Create mints a token, or takes the given one, and proves it. A minted token
// that fails its proof is revoked before the error is returned.
func (t *Token) Create(ctx context.Context, req infer.CreateRequest[TokenArgs]) (infer.CreateResponse[TokenState], error) {
	state := TokenState{TokenArgs: req.Inputs}
	if req.DryRun {
		return infer.CreateResponse[TokenState]{Output: state}, nil
	}
	if req.Inputs.Given != "" {
		state.Token, state.ClientID = req.Inputs.Given, clientIDOf(req.Inputs.Given)
		state.Predecessors = t.known.list()
		err := t.proveGiven(ctx, state)
		return infer.CreateResponse[TokenState]{ID: givenID(req.Inputs.Given), Output: state}, err
	}
	err := t.mint(ctx, req.Name, &state)
	return infer.CreateResponse[TokenState]{ID: state.ClientID, Output: state}, err
}

// mint fills in a token that was minted and proved.
func (t *Token) mint(ctx context.Context, name string, state *TokenState) error {
	control, organization, err := t.astra.organization(ctx, "mint a token", "")
	if err != nil {
		return err
	}
	minted, predecessors, err := t.minter(control, organization, state.RoleID).mint(ctx, name)
	if err != nil {
		return fmt.Errorf("mint a token with role %s: %w", state.RoleID, err)
	}
	state.OrganizationID, state.Predecessors = organization, predecessors
	var broad []string
	if !slices.Equal(minted.Roles, []string{state.RoleID}) {
		err = fmt.Errorf("Astra gave it the roles %q, want the role %s alone", minted.Roles, state.RoleID)
	} else {
		broad, err = t.prove(ctx, minted.Value, control, state.TokenArgs, t.patient)
	}
	if err == nil && len(broad) > 0 {
		err = fmt.Errorf("its role %s grants too much (it needs %s): %s",
			state.RoleID, strings.Join(state.least(), ", "), strings.Join(broad, "; "))
	}
	if err != nil {
		err = fmt.Errorf("the new token %s failed its proof and was revoked: %w", minted.ClientID, err)
		if revokeErr := control.DeleteToken(context.WithoutCancel(ctx), minted.ClientID); revokeErr != nil {
			err = fmt.Errorf("%w (but revoking it failed, do that by hand: %w)", err, revokeErr)
		}
		return err
	}
	state.Token, state.ClientID = minted.Value.Reveal(), minted.ClientID
	return nil
}

// proveGiven refuses a given token that does not work or may do too much.
func (t *Token) proveGiven(ctx context.Context, state TokenState) error {
	var control *devops.Client // without a deploy token there is none
	if connected, err := t.astra.deploy(ctx, ""); err == nil {
		if control, err = connected.control(); err != nil {
			return err
		}
	}
	broad, err := t.prove(ctx, astra.Token(state.Token), control, state.TokenArgs, t.patient.brief())
	if err != nil {
		return fmt.Errorf("the given token (%s) failed its proof: %w", state.setting(), err)
	}
	if len(broad) == 0 {
		return nil
	}
	text := fmt.Sprintf("the given token (%s) may do more than the API needs: %s", state.setting(), strings.Join(broad, "; "))
	if state.AllowBroad {
		p.GetLogger(ctx).Warning(text)
		return nil
	}
	return fmt.Errorf("%s; give a token whose only role is on keyspace %s of database %s and allows no more than %s, "+
		"or none, and one is minted: "+caller.Here("config rm %s"),
		text, state.Keyspace, state.DatabaseID, strings.Join(state.least(), ", "), state.setting())
}

// setting is the stack setting that gives the token.
func (args TokenArgs) setting() string {
	if args.ReadOnly {
		return "astraReadOnlyToken"
	}
	return "astraToken"
}

// Diff replaces the token, new first, unless only allowBroad changes or the
// credential stays the same: a minted token whose value is given changes its
// owner, and is no longer revoked here.
func (*Token) Diff(_ context.Context, req infer.DiffRequest[TokenArgs, TokenState]) (infer.DiffResponse, error) {
	changes := changedInputs(req.State.TokenArgs, req.Inputs)
	if !keepsCredential(req.State, req.Inputs) {
		changes = asReplace(changes, "allowBroad")
	}
	return diffOf(changes), nil
}

func keepsCredential(state TokenState, args TokenArgs) bool {
	return state.Given == "" && args.Given != "" && args.Given == state.Token &&
		args.DatabaseID == state.DatabaseID && args.Keyspace == state.Keyspace && args.ReadOnly == state.ReadOnly
}

// Update changes allowBroad; without it, a given token is proved again.
func (t *Token) Update(ctx context.Context, req infer.UpdateRequest[TokenArgs, TokenState]) (infer.UpdateResponse[TokenState], error) {
	state := req.State
	state.TokenArgs = req.Inputs
	if !req.DryRun && state.Given != "" && !state.AllowBroad {
		if err := t.proveGiven(ctx, state); err != nil {
			return infer.UpdateResponse[TokenState]{}, err
		}
	}
	return infer.UpdateResponse[TokenState]{Output: state}, nil
}

// Read shows a token that was revoked elsewhere as gone.
func (t *Token) Read(ctx context.Context, req infer.ReadRequest[TokenArgs, TokenState]) (infer.ReadResponse[TokenArgs, TokenState], error) {
	response, err := kept(req, req.State.Token != "", "token", "Astra shows its value once, when it is minted",
		"to use a token that you have, run "+caller.Here("config set --secret astraToken"))
	if err != nil {
		return response, err
	}
	alive, err := t.alive(ctx, req.ID, &req.State)
	if err != nil || !alive {
		return infer.ReadResponse[TokenArgs, TokenState]{}, err
	}
	return infer.ReadResponse[TokenArgs, TokenState](req), nil
}

// alive asks the list about a minted token, and the database about a given
// one, which may be of an organisation that the deploy token cannot see. It
// fills in the organisation that the state of an older release did not have.
func (t *Token) alive(ctx context.Context, id string, state *TokenState) (bool, error) {
	if state.Given != "" {
		data, err := t.astra.as(ctx, astra.Token(state.Token)).data(ctx, state.DatabaseID)
		if err == nil {
			_, err = data.TableNames(ctx, state.Keyspace)
		}
		if refused(err) {
			return false, nil
		}
		return err == nil, err
	}
	control, organization, err := t.astra.organization(ctx, "read the token "+id, state.OrganizationID)
	if err != nil {
		return false, unless(err, errReset)
	}
	state.OrganizationID = organization
	tokens, err := control.Tokens(ctx)
	return slices.ContainsFunc(tokens, func(listed devops.Token) bool { return listed.ClientID == id }), err
}

// Delete revokes a minted token and verifies that it is no longer listed and
// that the database refuses it. A given one is its owner's to revoke.
func (t *Token) Delete(ctx context.Context, req infer.DeleteRequest[TokenState]) (infer.DeleteResponse, error) {
	if req.State.Given != "" {
		p.GetLogger(ctx).Info("a given token is not revoked: its owner has to do that")
		return infer.DeleteResponse{}, nil
	}
	if t.known.given(req.ID) {
		p.GetLogger(ctx).Warning(fmt.Sprintf("the token %s was minted by this stack and is given to it now: it is not revoked, "+
			"its owner has to revoke it", req.ID))
		return infer.DeleteResponse{}, nil
	}
	control, _, err := t.astra.organization(ctx, "revoke the token "+req.ID, req.State.OrganizationID)
	if err == nil {
		err = control.DeleteToken(ctx, req.ID)
	}
	if err != nil {
		return infer.DeleteResponse{}, unless(err, errReset)
	}
	return infer.DeleteResponse{}, t.awaitRefusal(ctx, req.ID, req.State)
}

// awaitRefusal waits until the database refuses the token.
func (t *Token) awaitRefusal(ctx context.Context, id string, state TokenState) error {
	data, err := t.astra.as(ctx, astra.Token(state.Token)).data(ctx, state.DatabaseID)
	if err != nil {
		return nil //nolint:nilerr // without a database there is nothing to reach with it
	}
	return t.patient.retry(ctx, func() (bool, error) {
		// Another failure than a refusal, such as a database that is gone,
		// says nothing about the token; then the list decides.
		if _, err := data.TableNames(ctx, state.Keyspace); err != nil {
			return true, nil //nolint:nilerr // a refusal is what is waited for
		}
		return false, fmt.Errorf("token %s is revoked and not listed any more, but the database still accepts it; run "+caller.Up()+" again in "+
			"a while", id)
	})
}

// clientIDOf returns the client id in a token of the usual form
// AstraCS:<client id>:<hex>, else "".
func clientIDOf(token string) string {
	parts := strings.Split(token, ":")
	if len(parts) != 3 || parts[0] != "AstraCS" {
		return ""
	}
	return parts[1]
}

// givenID names a given token in the state without revealing it.
func givenID(token string) string {
	sum := sha256.Sum256([]byte("astradb-given-token\x00" + token))
	return "given-" + hex.EncodeToString(sum[:8])
}
