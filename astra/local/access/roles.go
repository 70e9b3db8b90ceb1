package access

import (
	"cmp"
	"maps"
	"slices"

	"github.com/google/uuid"
)

// AdministratorRole is the name of the system role that may do everything.
const AdministratorRole = "Organization Administrator"

// Actions that the administrator holds; also those that the server checks.
var actions = []string{
	"org-read", "org-write", "org-role-read", "org-role-write", "org-role-delete", "org-token-read", "org-token-write",
	"org-db-view", "org-db-create", "org-db-suspend", "org-db-terminate", "accesslist-read", "accesslist-write",
	"db-rest", "db-cql", "db-graphql", "db-all-keyspace-create", "db-all-keyspace-describe",
	"db-keyspace-create", "db-keyspace-describe", "db-keyspace-drop", "db-keyspace-alter",
	"db-table-create", "db-table-describe", "db-table-select", "db-table-modify", "db-table-alter", "db-table-drop",
}

func systemRoles(org string) []Role {
	root := "drn:astra:org:" + org
	return []Role{{
		ID:     uuid.NewSHA1(uuid.NameSpaceOID, []byte(org+AdministratorRole)).String(),
		Name:   AdministratorRole,
		System: true,
		Policy: Policy{
			Description: "May do everything in the organization.",
			Resources:   []string{root, root + ":db:*", root + ":db:*:keyspace:*", root + ":db:*:keyspace:*:table:*"},
			Actions:     append([]string{}, actions...),
			Effect:      "allow",
		},
	}}
}

// Roles lists the roles by name.
func (b *Book) Roles() []Role {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return slices.SortedFunc(maps.Values(b.roles), func(x, y Role) int { return cmp.Compare(x.Name, y.Name) })
}

// Role finds a role by id.
func (b *Book) Role(id string) (Role, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	r, ok := b.roles[id]
	return r, ok
}

// PutRole makes a role (empty ID) or changes one. Tokens that have it change
// with it.
func (b *Book) PutRole(r Role) (Role, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.authorizePut(r); err != nil {
		return r, err
	}
	if r.ID == "" {
		r.ID = uuid.NewString()
	}
	if err := b.store.PutRecord("role", r.ID, r); err != nil {
		return r, err
	}
	b.roles[r.ID] = r
	return r, nil
}

func (b *Book) authorizePut(r Role) error {
	old, found := b.roles[r.ID]
	switch {
	case r.ID != "" && !found:
		return ErrNotFound
	case old.System:
		return ErrSystem
	}
	for id, other := range b.roles {
		if other.Name == r.Name && id != r.ID {
			return ErrConflict
		}
	}
	return nil
}

// DeleteRole removes a role; tokens that have it lose what it allowed.
func (b *Book) DeleteRole(id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	r, ok := b.roles[id]
	switch {
	case !ok:
		return ErrNotFound
	case r.System:
		return ErrSystem
	}
	delete(b.roles, id)
	return b.store.DeleteRecord("role", id)
}
