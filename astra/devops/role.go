package devops

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// Role is a set of actions on a set of resources.
type Role struct {
	ID     string `json:"id,omitempty"`
	Name   string `json:"name"`
	Policy Policy `json:"policy"`
}

// Policy is what a role allows; Effect is always "allow".
type Policy struct {
	Description string   `json:"description"`
	Resources   []string `json:"resources"`
	Actions     []string `json:"actions"`
	Effect      string   `json:"effect"`
}

// DRN names a resource; empty parts from the right are left out, and "*"
// stands for any.
type DRN struct{ Org, Database, Keyspace, Table string }

// String is the form that policies use.
func (d DRN) String() string {
	text := "drn:astra:org:" + d.Org
	for _, part := range []struct{ kind, name string }{{"db", d.Database}, {"keyspace", d.Keyspace}, {"table", d.Table}} {
		if part.name == "" {
			break
		}
		text += ":" + part.kind + ":" + part.name
	}
	return text
}

// ParseDRN reads a name as [DRN.String] writes it; ok is false for another form.
func ParseDRN(name string) (d DRN, ok bool) {
	rest, ok := strings.CutPrefix(name, "drn:astra:org:")
	if !ok {
		return DRN{}, false
	}
	parts := strings.Split(rest, ":")
	fields := []*string{&d.Org, &d.Database, &d.Keyspace, &d.Table}
	for i, kind := range []string{"", "db", "keyspace", "table"} {
		at := 2*i - 1
		if i > 0 && (at+1 >= len(parts) || parts[at] != kind) {
			break
		}
		*fields[i] = parts[max(0, at+1)]
	}
	return d, d.Org != "" && d.String() == name
}

const rolesPath = "/organizations/roles"

// Roles lists the organisation's roles.
func (c *Client) Roles(ctx context.Context) ([]Role, error) {
	var roles []Role
	return roles, c.do(ctx, request{op: "list roles", method: http.MethodGet, path: rolesPath, again: true}, &roles)
}

// Role reads one role.
func (c *Client) Role(ctx context.Context, id string) (*Role, error) {
	return read[Role](ctx, c, request{op: "read role " + id, method: http.MethodGet, path: rolePath(id), again: true})
}

// CreateRole creates a role; a name that is taken is [ErrConflict].
func (c *Client) CreateRole(ctx context.Context, role Role) (*Role, error) {
	return read[Role](ctx, c, request{op: "create role " + role.Name, method: http.MethodPost, path: rolesPath, body: role})
}

// UpdateRole replaces a role's name and policy, for every token that has it.
func (c *Client) UpdateRole(ctx context.Context, role Role) error {
	body := Role{Name: role.Name, Policy: role.Policy}
	return c.do(ctx, request{op: "update role " + role.ID, method: http.MethodPut, path: rolePath(role.ID), body: body, again: true}, nil)
}

// DeleteRole deletes a role and verifies that it is gone; one that was not
// there is deleted.
func (c *Client) DeleteRole(ctx context.Context, id string) error {
	op := "delete role " + id
	err := c.do(ctx, request{op: op, method: http.MethodDelete, path: rolePath(id), again: true}, nil)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	return c.until(ctx, op, func() (bool, error) {
		_, err := c.Role(ctx, id)
		if errors.Is(err, ErrNotFound) {
			return true, nil
		}
		return false, err
	})
}

func rolePath(id string) string { return rolesPath + "/" + url.PathEscape(id) }
