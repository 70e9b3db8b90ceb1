package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	sdk "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// orphans finds the credentials on Astra and on the platform that a deployment of
// this stack left and that no state knows, and removes them if that was asked for.
// It works for a stack whose first deployment did not end, too. If one side does
// not answer, the other is searched all the same, and the command fails.
func (c *command) orphans(ctx context.Context, remove bool) error {
	stack, err := c.stateNow(ctx)
	if err == nil && len(stack.Resources)+len(stack.Pending) == 0 {
		err = c.notDeployed()
	}
	if err != nil {
		return err
	}
	search := &search{command: c, stack: stack, remove: remove}
	onAstra, astraErr := search.listAstra(ctx)
	onPlatform, platformErr := search.listPlatform(ctx)
	if err = errors.Join(astraErr, platformErr); remove {
		var locked error
		if search.stack, locked = c.stateBetweenUpdates(ctx, stack); locked != nil {
			return errors.Join(locked, err)
		}
	}
	if astraErr == nil {
		err = errors.Join(err, search.astra(ctx, onAstra))
	}
	err = errors.Join(err, search.platform(ctx, onPlatform, platformErr == nil))
	if search.left > 0 {
		search.say("remove them with: %s", caller.Operate("doctor", c.stack, "ORPHANS=remove"))
	}
	pending := search.stack.Pending
	for _, one := range pending {
		search.say("unknown outcome: %s %s, whose creation a killed deployment began", one.Type, one.Name())
	}
	if len(pending) > 0 {
		search.say("look for these on the platform and delete what is there and not in use; then forget them with: %s",
			caller.Pulumi("refresh --clear-pending-creates --yes --stack "+c.stack))
	}
	return err
}

// stateBetweenUpdates is the state at a time when no update is under way, so that it
// has what an update made before. A refresh takes the stack's lock, and changes
// nothing of the stack's own resource.
func (c *command) stateBetweenUpdates(ctx context.Context, stack operate.Stack) (operate.Stack, error) {
	var own []string
	for _, r := range stack.Of(string(sdk.RootStackType)) {
		own = append(own, r.URN)
	}
	engine, err := c.open(ctx, c.program)
	if err != nil {
		return stack, err
	}
	if _, err := engine.Refresh(ctx, optrefresh.Target(own)); err != nil {
		return stack, c.diagnose(outcome{operation: "remove orphans", engine: err})
	}
	return c.stateNow(ctx)
}

// search is a look for orphans. What there is is listed before the state is read:
// what is made later is in neither.
type search struct {
	*command
	stack  operate.Stack
	remove bool
	// left are those that were found and could be removed.
	left int
}

func (s *search) say(format string, args ...any) { _, _ = fmt.Fprintf(s.out, format+"\n", args...) }

// found removes an orphan that was named, if that was asked for.
func (s *search) found(name string, remove func() (string, error)) error {
	if !s.remove {
		s.left++
		return nil
	}
	done, err := remove()
	if err != nil {
		return fmt.Errorf("remove orphan %s: %w", name, err)
	}
	s.say("%s: %s", done, name)
	return nil
}

// onAstra are the tokens and roles of the organization.
type onAstra struct {
	client *devops.Client
	tokens []devops.Token
	roles  []devops.Role
}

func (s *search) listAstra(ctx context.Context) (listed onAstra, err error) {
	if listed.client, err = s.devops(ctx, s.stack); err != nil {
		return listed, err
	}
	if listed.tokens, err = listed.client.Tokens(ctx); err != nil {
		return listed, fmt.Errorf("look for orphans: %w", err)
	}
	if listed.roles, err = listed.client.Roles(ctx); err != nil {
		return listed, fmt.Errorf("look for orphans: %w", err)
	}
	return listed, nil
}

// astra finds tokens and roles.
func (s *search) astra(ctx context.Context, listed onAstra) error {
	found := s.stack.Orphans(listed.tokens, listed.roles)
	var problems []error
	for _, token := range found.Tokens {
		s.say("orphan: token %s has a role of stack %s, and no state knows it", token.ClientID, s.command.stack)
		problems = append(problems, s.found("token "+token.ClientID, func() (string, error) {
			return "revoked", listed.client.DeleteToken(ctx, token.ClientID)
		}))
	}
	for _, role := range found.Roles {
		s.say("orphan: role %s has a name of stack %s, no token has it, and no state knows it", role.Name, s.command.stack)
		problems = append(problems, s.found("role "+role.Name, func() (string, error) {
			return "deleted", listed.client.DeleteRole(ctx, role.ID)
		}))
	}
	if len(found.Tokens)+len(found.Roles) == 0 {
		s.say("no token and no role of stack %s is an orphan", s.command.stack)
	}
	return errors.Join(problems...)
}

// onPlatform is what holds credentials on the platform; store is nil where nothing
// can.
type onPlatform struct {
	store  operate.Store
	stored []operate.Stored
}

// listPlatform lists what the caller may see, also if that is not all.
func (s *search) listPlatform(ctx context.Context) (listed onPlatform, err error) {
	if s.operate.Store == nil {
		return listed, nil
	}
	listed.store, err = s.operate.Store(s.stack)
	if errors.Is(err, operate.ErrNotDeployed) {
		s.say("the state has nothing on the platform yet, so it was not searched")
		return onPlatform{}, nil
	}
	if err == nil {
		listed.stored, err = listed.store.Stored(ctx)
	}
	if err != nil {
		return listed, fmt.Errorf("look for orphans on the platform: %w", err)
	}
	return listed, nil
}

// platform finds what holds credentials on the platform. Whole tells that all of it
// was listed.
func (s *search) platform(ctx context.Context, listed onPlatform, whole bool) error {
	if listed.store == nil {
		return nil
	}
	var problems []error
	lost := s.stack.Lost(listed.stored)
	for _, one := range lost {
		s.say("orphan: %s, made %s, is of stack %s, and no state knows it", one.Name, one.Created.Format(time.RFC3339), s.command.stack)
		if one.Keep != "" {
			s.say("  it stays: %s", one.Keep)
			continue
		}
		if !s.remove {
			s.say("  by hand: %s", one.Removal)
		}
		problems = append(problems, s.found(one.Name, func() (string, error) { return listed.store.Remove(ctx, one) }))
	}
	if len(lost) == 0 && whole {
		s.say("nothing that holds credentials of stack %s on the platform is an orphan", s.command.stack)
	}
	return errors.Join(problems...)
}

// devops is the DevOps API with the stack's deploy token, or as the embedded
// Astra's administrator.
func (c *command) devops(ctx context.Context, stack operate.Stack) (*devops.Client, error) {
	endpoint, token := "https://api.astra.datastax.com/v2", ""
	for _, r := range stack.Of(resource.ProviderType) {
		// The engine's own one, for what needs no account, has the default endpoint.
		if given := r.Text("devopsEndpoint"); given != "" && !strings.HasPrefix(r.Name(), "default") {
			endpoint = given
		}
	}
	for _, r := range stack.Of(resource.ProcessType) {
		if file := r.Text("tokenFile"); file != "" {
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, fmt.Errorf("read the embedded Astra's administrator token: %w", err)
			}
			token = strings.TrimSpace(string(text))
		}
	}
	if token == "" {
		given, err := c.secretSetting(ctx, "astraDeployToken")
		if err != nil {
			return nil, err
		}
		token = given
	}
	return devops.NewClient(endpoint, astra.Token(token), nil)
}
