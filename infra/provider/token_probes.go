package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/infra/provider/ddl"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// probe tries one class of forbidden calls by one that changes nothing. It
// returns what the token may do, "" if it is refused.
type probe func(ctx context.Context, args TokenArgs) (string, error)

// found judges the answer to a call that must be refused. An API checks rights
// first, so that any other answer than a refusal shows the right.
func found(err error, finding, what string) (string, error) {
	var answer *devops.Error
	switch {
	case err == nil, errors.Is(err, devops.ErrUnverified):
		return finding, nil
	case refused(err):
		return "", nil
	case errors.As(err, &answer) && answer.Status < http.StatusInternalServerError && answer.Status != http.StatusTooManyRequests:
		return finding, nil
	}
	return "", fmt.Errorf("find out whether it may %s: %w", what, err)
}

// createsTables asks for a table that exists. In an empty keyspace it makes
// one, always of the same name, and drops it.
func (v prover) createsTables(tables []ddl.Table) probe {
	return func(ctx context.Context, args TokenArgs) (string, error) {
		name, exists := "astradb_proof", len(tables) > 0
		if exists {
			name = tables[0].Name
		}
		err := v.data.CreateTable(ctx, args.Keyspace, name, json.RawMessage(`{"columns":{"id":"text"},"primaryKey":"id"}`), true)
		finding, failure := found(err, "it may create tables in keyspace "+args.Keyspace, "create tables")
		if err == nil && !exists {
			if err := v.data.DropTable(context.WithoutCancel(ctx), args.Keyspace, name); err != nil {
				finding += fmt.Sprintf(" (and table %s, made to find that out, could not be dropped: %v)", name, err)
			}
		}
		return finding, failure
	}
}

// dropsTables asks to drop a table that does not exist.
func (v prover) dropsTables(ctx context.Context, args TokenArgs) (string, error) {
	err := v.data.DropTable(ctx, args.Keyspace, "astradb_proof_"+randomHex(6))
	return found(err, "it may drop tables in keyspace "+args.Keyspace, "drop tables")
}

// altersTables asks for an index that exists. Without any index nothing can be
// tried: the API judges columns before it looks at rights.
func (v prover) altersTables(tables []ddl.Table) probe {
	return func(ctx context.Context, args TokenArgs) (string, error) {
		finding := "it may alter tables in keyspace " + args.Keyspace
		for _, table := range tables {
			indexes, err := v.data.Indexes(ctx, args.Keyspace, table.Name)
			if err != nil {
				return "", fmt.Errorf("find out whether it may alter tables: %w", err)
			}
			for _, index := range indexes {
				if index.Kind == ddl.Regular || index.Kind == ddl.Vector {
					return found(v.data.CreateIndex(ctx, args.Keyspace, table.Name, index), finding, "alter tables")
				}
			}
		}
		return "", nil
	}
}

// probedKeyspaces bounds how many other keyspaces are tried.
const probedKeyspaces = 12

// reachesFurther tries to look into other keyspaces of the database: those that
// exist, as far as a token tells, and likely names.
func (v prover) reachesFurther(ctx context.Context, args TokenArgs) (string, error) {
	others, err := v.otherKeyspaces(ctx, args)
	if err != nil {
		return "", err
	}
	var readable []string
	for _, other := range others {
		_, err := v.data.TableNames(ctx, other)
		if err == nil {
			readable = append(readable, other)
		} else if !refused(err) {
			return "", fmt.Errorf("find out whether it may read keyspace %s: %w", other, err)
		}
	}
	if len(readable) == 0 {
		return "", nil
	}
	return "it may read keyspace " + strings.Join(readable, ", "), nil
}

// otherKeyspaces are those that the deploy token lists; without one, those that
// the token itself lists, and names that people give to keyspaces.
func (v prover) otherKeyspaces(ctx context.Context, args TokenArgs) ([]string, error) {
	var all []string
	if v.control != nil {
		database, err := v.control.Database(ctx, args.DatabaseID)
		if err != nil && !refused(err) && !errors.Is(err, devops.ErrNotFound) {
			return nil, fmt.Errorf("find other keyspaces to try: %w", err)
		}
		if err == nil {
			all = keyspacesOf(*database)
		}
	}
	if len(all) == 0 {
		listed, err := v.data.Keyspaces(ctx)
		if err != nil && !refused(err) {
			return nil, fmt.Errorf("find other keyspaces to try: %w", err)
		}
		all = append(append(listed, options.DefaultKeyspace), likelyKeyspaces(args.Keyspace)...)
	}
	others := all[:0]
	for _, name := range all {
		if name != args.Keyspace && !slices.Contains(others, name) {
			others = append(others, name)
		}
	}
	return others[:min(len(others), probedKeyspaces)], nil
}

// likelyKeyspaces are the names that the other environments of a keyspace tend to have.
func likelyKeyspaces(keyspace string) []string {
	environments := []string{"dev", "staging", "prod", "test"}
	base := keyspace
	for _, environment := range environments {
		base = strings.TrimSuffix(base, "_"+environment)
	}
	names := []string{base}
	for _, environment := range environments {
		names = append(names, base+"_"+environment)
	}
	return append(names, environments...)
}

// keyspacesOf lists the keyspaces that a database says it has, in order.
func keyspacesOf(database devops.Database) []string {
	all := slices.Concat([]string{database.Info.Keyspace}, database.Info.AdditionalKeyspaces, database.Info.Keyspaces)
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(name string) bool { return name == "" })
}

// administers reads what only administrators may.
func (v prover) administers(ctx context.Context, _ TokenArgs) (string, error) {
	_, err := v.own.Roles(ctx)
	finding, failure := found(err, "it may administer the organisation (it lists its roles)", "list the organisation's roles")
	if finding != "" || failure != nil {
		return finding, failure
	}
	_, err = v.own.Tokens(ctx)
	return found(err, "it may administer the organisation (it lists its tokens)", "list the organisation's tokens")
}

// seesDatabases lists the databases.
func (v prover) seesDatabases(ctx context.Context, args TokenArgs) (string, error) {
	databases, err := v.own.Databases(ctx)
	if refused(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("find out whether it may see other databases: %w", err)
	}
	var others []string
	for _, d := range databases {
		if d.ID != args.DatabaseID {
			others = append(others, d.ID)
		}
	}
	if len(others) == 0 {
		return "", nil
	}
	return "it may see other databases: " + strings.Join(others, ", "), nil
}

// changesKeyspaces asks to drop a keyspace that does not exist, and to make
// one that does. The right to drop this very keyspace cannot be tried.
func (v prover) changesKeyspaces(ctx context.Context, args TokenArgs) (string, error) {
	err := v.own.DeleteKeyspace(ctx, args.DatabaseID, "astradb_proof_"+randomHex(6))
	finding, failure := found(err, "it may drop keyspaces", "drop keyspaces")
	if finding != "" || failure != nil {
		return finding, failure
	}
	return found(v.own.CreateKeyspace(ctx, args.DatabaseID, args.Keyspace), "it may create keyspaces", "create keyspaces")
}

// changesRoles asks to change and to delete a role that does not exist.
func (v prover) changesRoles(ctx context.Context, args TokenArgs) (string, error) {
	id := uuid.NewString()
	role := devops.Role{ID: id, Name: "astradb-proof-" + id, Policy: devops.Policy{
		Resources: drns(id, args.DatabaseID, args.Keyspace), Actions: args.least(), Effect: "allow"}}
	finding, failure := found(v.own.UpdateRole(ctx, role), "it may change roles", "change roles")
	if finding != "" || failure != nil {
		return finding, failure
	}
	return found(v.own.DeleteRole(ctx, id), "it may delete roles", "delete roles")
}

// mintsTokens asks for a token with a role that does not exist, and revokes it
// should there be one.
func (v prover) mintsTokens(ctx context.Context, _ TokenArgs) (string, error) {
	minted, err := v.own.CreateToken(ctx, "", uuid.NewString())
	if err == nil {
		if err := v.own.DeleteToken(context.WithoutCancel(ctx), minted.ClientID); err != nil {
			return "", fmt.Errorf("it may mint tokens; revoke the token %s, which was made to find that out, by hand: %w", minted.ClientID, err)
		}
	}
	return found(err, "it may mint tokens", "mint tokens")
}

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
