package provider_test

import (
	"strings"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"

	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/infra/provider"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

func TestRoleLifeCycle(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	control := embedded.control(t)
	s := newStack(t, embedded.server(t), resource.RoleType)
	must(t, s.create(roleInputs("api", "videos")))
	role, err := control.Role(t.Context(), s.id)
	must(t, err)
	organization, err := control.Organization(t.Context())
	must(t, err)
	database := "drn:astra:org:" + organization + ":db:" + databaseID
	want := []string{database, database + ":keyspace:videos", database + ":keyspace:videos:table:*"}
	if got := strings.Join(role.Policy.Resources, " "); got != strings.Join(want, " ") {
		t.Errorf("resources = %s, want %v", got, want)
	}
	if got := strings.Join(role.Policy.Actions, " "); got != strings.Join(provider.LeastActions(), " ") {
		t.Errorf("actions = %s, want the least set", got)
	}
	if d := s.diff(roleInputs("api", "videos")); d.HasChanges {
		t.Errorf("a second up changes %v", d.DetailedDiff)
	}

	wider := roleInputs("api", "videos", "db-table-create")
	if d := s.diff(wider); d.DetailedDiff["actions"].Kind != p.Update {
		t.Errorf("more actions show as %v, want an update", d.DetailedDiff)
	}
	_, err = s.update(wider, false)
	must(t, err)
	role, err = control.Role(t.Context(), s.id)
	must(t, err)
	if !strings.Contains(strings.Join(role.Policy.Actions, " "), "db-table-create") {
		t.Error("the update did not reach Astra")
	}
	if d := s.diff(roleInputs("api", "other")); d.DetailedDiff["keyspace"].Kind != p.UpdateReplace || d.DeleteBeforeReplace {
		t.Errorf("another keyspace shows as %+v, want a replacement, new first", d)
	}
	must(t, s.delete())
	if _, err := control.Role(t.Context(), s.id); err == nil {
		t.Error("after the deletion the role is still there")
	}
}

func TestRoleDriftIsSeen(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	control := embedded.control(t)
	s := newStack(t, embedded.server(t), resource.RoleType)
	must(t, s.create(roleInputs("api", "videos")))
	if r := s.read(); r.ID != s.id || !r.Properties.Equals(s.state) {
		t.Errorf("an untouched role reads differently: %v", r.Properties)
	}
	role, err := control.Role(t.Context(), s.id)
	must(t, err)
	role.Policy.Actions = append(role.Policy.Actions, "db-table-drop")
	must(t, control.UpdateRole(t.Context(), *role))
	read := s.read()
	s.state, s.inputs = read.Properties, read.Inputs
	if d := s.diff(roleInputs("api", "videos")); d.DetailedDiff["actions"].Kind != p.Update {
		t.Errorf("a policy changed elsewhere shows as %v, want an update of the actions", d.DetailedDiff)
	}
	must(t, control.DeleteRole(t.Context(), s.id))
	if r := s.read(); r.ID != "" {
		t.Error("a role deleted elsewhere is still there for a refresh")
	}
	must(t, s.delete()) // what is gone is deleted
}

func TestATakenNameIsAdoptedOnlyIfItGrantsTheSame(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	server := embedded.server(t)
	first := newStack(t, server, resource.RoleType)
	must(t, first.create(roleInputs("api", "videos")))
	second := newStack(t, server, resource.RoleType)
	err := second.create(roleInputs("api", "other"))
	if err == nil || !strings.Contains(err.Error(), "another name") {
		t.Errorf("err = %v, want one that says what to do", err)
	}
	must(t, second.create(roleInputs("api", "videos")))
	if second.id != first.id {
		t.Error("the same role was made twice")
	}
	roles, err := embedded.control(t).Roles(t.Context())
	must(t, err)
	if n := named(roles, "api"); n != 1 {
		t.Errorf("%d roles of that name, want 1", n)
	}
}

func named(roles []devops.Role, name string) (n int) {
	for _, role := range roles {
		if role.Name == name {
			n++
		}
	}
	return n
}

func TestRoleCheckNamesTheField(t *testing.T) {
	t.Parallel()
	s := newStack(t, newServer(t, nil), resource.RoleType)
	for _, field := range []string{"name", "databaseId", "keyspace"} {
		_, failures := s.check(with(roleInputs("api", "videos"), field, str("")))
		if len(failures) != 1 || failures[0].Property != field {
			t.Errorf("%s: failures = %v", field, failures)
		}
	}
}
