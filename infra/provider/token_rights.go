package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// least are the actions that the token may have.
func (args TokenArgs) least() []string {
	if args.ReadOnly {
		return resource.ReadActions()
	}
	return LeastActions()
}

// roles are those of a token, as far as the deploy token can read them. known
// is false if it cannot: without a deploy token, with one that may not read
// roles, and for a token of another organisation.
func (v prover) roles(ctx context.Context) (roles []devops.Role, organization string, known bool, err error) {
	if v.control == nil || v.clientID == "" {
		return nil, "", false, nil
	}
	tokens, err := v.control.Tokens(ctx)
	if err != nil {
		return nil, "", false, exceptRefused(err)
	}
	at := slices.IndexFunc(tokens, func(t devops.Token) bool { return t.ClientID == v.clientID })
	if at < 0 {
		return nil, "", false, nil
	}
	if organization, err = v.control.Organization(ctx); err != nil {
		return nil, "", false, exceptRefused(err)
	}
	for _, id := range tokens[at].Roles {
		role, err := v.control.Role(ctx, id)
		if errors.Is(err, devops.ErrNotFound) {
			continue // a deleted role grants nothing
		}
		if err != nil {
			return nil, "", false, exceptRefused(err)
		}
		roles = append(roles, *role)
	}
	return roles, organization, true, nil
}

func exceptRefused(err error) error {
	if refused(err) {
		return nil
	}
	return fmt.Errorf("read the roles of the token: %w", err)
}

// excess says what each role grants beyond the least actions on the tables of
// one keyspace.
func excess(roles []devops.Role, organization string, args TokenArgs) (broad []string) {
	for _, role := range roles {
		if role.Policy.Effect != "allow" {
			continue
		}
		var parts []string
		if actions := except(role.Policy.Actions, args.least()); len(actions) > 0 {
			parts = append(parts, "allows "+strings.Join(actions, ", "))
		}
		resources := slices.DeleteFunc(except(role.Policy.Resources, drns(organization, args.DatabaseID, args.Keyspace)), func(name string) bool {
			drn, ok := devops.ParseDRN(name) // one table of the keyspace is less than all
			return ok && drn.Table != "" && drn.Org == organization && drn.Database == args.DatabaseID && drn.Keyspace == args.Keyspace
		})
		if len(resources) > 0 {
			parts = append(parts, "is on "+strings.Join(resources, ", "))
		}
		if len(parts) > 0 {
			broad = append(broad, fmt.Sprintf("its role %s %s", role.Name, strings.Join(parts, ", and ")))
		}
	}
	return broad
}

// except are the members of a list that are not allowed, sorted.
func except(list, allowed []string) []string {
	rest := slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(allowed, s) })
	slices.Sort(rest)
	return slices.Compact(rest)
}
