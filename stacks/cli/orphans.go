package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

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
	err = errors.Join(search.astra(ctx), search.platform(ctx))
	if search.left > 0 {
		search.say("remove them with: %s", caller.Operate("doctor", c.stack, "ORPHANS=remove"))
	}
	for _, one := range stack.Pending {
		search.say("unknown outcome: %s %s, whose creation a killed deployment began", one.Type, one.Name())
	}
	if len(stack.Pending) > 0 {
		search.say("look for these on the platform and delete what is there and not in use; then forget them with: %s",
			caller.Pulumi("refresh --clear-pending-creates --yes --stack "+c.stack))
	}
	return err
}

// search is a look for orphans.
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

// astra looks for tokens and roles.
func (s *search) astra(ctx context.Context) error {
	client, err := s.devops(ctx, s.stack)
	if err != nil {
		return err
	}
	tokens, err := client.Tokens(ctx)
	if err != nil {
		return fmt.Errorf("look for orphans: %w", err)
	}
	roles, err := client.Roles(ctx)
	if err != nil {
		return fmt.Errorf("look for orphans: %w", err)
	}
	found := s.stack.Orphans(tokens, roles)
	var problems []error
	for _, token := range found.Tokens {
		s.say("orphan: token %s has a role of stack %s, and no state knows it", token.ClientID, s.command.stack)
		problems = append(problems, s.found("token "+token.ClientID, func() (string, error) {
			return "revoked", client.DeleteToken(ctx, token.ClientID)
		}))
	}
	for _, role := range found.Roles {
		s.say("orphan: role %s has a name of stack %s, no token has it, and no state knows it", role.Name, s.command.stack)
		problems = append(problems, s.found("role "+role.Name, func() (string, error) {
			return "deleted", client.DeleteRole(ctx, role.ID)
		}))
	}
	if len(found.Tokens)+len(found.Roles) == 0 {
		s.say("no token and no role of stack %s is an orphan", s.command.stack)
	}
	return errors.Join(problems...)
}

// platform looks for what holds credentials on the platform.
func (s *search) platform(ctx context.Context) error {
	if s.operate.Store == nil {
		return nil
	}
	store, err := s.operate.Store(s.stack)
	if errors.Is(err, operate.ErrNotDeployed) {
		s.say("the state has nothing on the platform yet, so it was not searched")
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for orphans on the platform: %w", err)
	}
	stored, err := store.Stored(ctx)
	problems := []error{err}
	if err != nil {
		problems = []error{fmt.Errorf("look for orphans on the platform: %w", err)}
	}
	lost := s.stack.Lost(stored)
	for _, one := range lost {
		s.say("orphan: %s, made %s, is of stack %s, and no state knows it", one.Name, one.Created.Format(time.RFC3339), s.command.stack)
		if one.Keep != "" {
			s.say("  it stays: %s", one.Keep)
			continue
		}
		if !s.remove {
			s.say("  by hand: %s", one.Removal)
		}
		problems = append(problems, s.found(one.Name, func() (string, error) { return store.Remove(ctx, one) }))
	}
	if len(lost) == 0 && err == nil {
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
