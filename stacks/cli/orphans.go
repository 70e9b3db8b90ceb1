package cli

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// orphans finds the credentials on Astra that a deployment of this stack left and
// that no state knows, and removes them if that was asked for. It works for a
// stack whose first deployment did not end, too.
func (c *command) orphans(ctx context.Context, remove bool) error {
	stack, err := c.stateNow(ctx)
	if err == nil && len(stack.Resources) == 0 {
		err = c.notDeployed()
	}
	if err != nil {
		return err
	}
	client, err := c.devops(ctx, stack)
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
	found := stack.Orphans(tokens, roles)
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(c.out, format+"\n", args...) }
	for _, token := range found.Tokens {
		say("orphan: token %s has a role of stack %s, and no state knows it", token.ClientID, c.stack)
		if !remove {
			continue
		}
		if err := client.DeleteToken(ctx, token.ClientID); err != nil {
			return fmt.Errorf("remove orphan %s: %w", token.ClientID, err)
		}
		say("revoked: token %s", token.ClientID)
	}
	for _, role := range found.Roles {
		say("orphan: role %s has a name of stack %s, no token has it, and no state knows it", role.Name, c.stack)
		if !remove {
			continue
		}
		if err := client.DeleteRole(ctx, role.ID); err != nil {
			return fmt.Errorf("remove orphan %s: %w", role.Name, err)
		}
		say("deleted: role %s", role.Name)
	}
	switch {
	case len(found.Tokens)+len(found.Roles) == 0:
		say("no token and no role of stack %s is an orphan", c.stack)
	case !remove:
		say("remove them with: %s", caller.Operate("doctor", c.stack, "ORPHANS=remove"))
	}
	for _, one := range stack.Pending {
		say("unknown outcome: %s %s, whose creation a killed deployment began", one.Type, one.Name())
	}
	if len(stack.Pending) > 0 {
		say("look for these on the platform and delete what is there and not in use; then forget them with: %s",
			caller.Pulumi("refresh --clear-pending-creates --yes --stack "+c.stack))
	}
	return nil
}

// devops is the DevOps API with the stack's deploy token, or as the embedded
// Astra's administrator.
func (c *command) devops(ctx context.Context, stack operate.Stack) (*devops.Client, error) {
	endpoint, token := "https://api.astra.datastax.com/v2", ""
	for _, r := range stack.Of(resource.ProviderType) {
		if given := r.Text("devopsEndpoint"); given != "" {
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
