package provider_test

import (
	"slices"
	"strings"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

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
	backwards := []property.Value{}
	for _, action := range slices.Backward(provider.LeastActions()) {
		backwards = append(backwards, str(action))
	}
	if d := s.diff(with(roleInputs("api", "videos"), "actions", property.New(backwards))); d.HasChanges {
		t.Errorf("another order of the actions shows as %v", d.DetailedDiff)
	}

	if role.Name != s.text("roleName") || !strings.HasPrefix(role.Name, "api-") {
		t.Errorf("the role is named %s, the output is %s", role.Name, s.text("roleName"))
	}
	described := with(roleInputs("api", "videos"), "description", str("another"))
	if d := s.diff(described); d.DetailedDiff["description"].Kind != p.Update {
		t.Errorf("another description shows as %v, want an update", d.DetailedDiff)
	}
	_, err = s.update(described, false)
	must(t, err)
	role, err = control.Role(t.Context(), s.id)
	must(t, err)
	if role.Policy.Description != "another" || role.Name != s.text("roleName") {
		t.Errorf("after the update the role is %+v", role)
	}
	name := s.text("roleName")
	_, err = s.update(with(roleInputs("another", "videos"), "description", str("another")), false)
	must(t, err)
	role, err = control.Role(t.Context(), s.id)
	must(t, err)
	if role.Name == name || role.Name != s.text("roleName") || !strings.HasPrefix(role.Name, "another-") {
		t.Errorf("after a change of its name the role is named %s, the output is %s", role.Name, s.text("roleName"))
	}
	_, err = s.update(described, false)
	must(t, err)
	// Tokens in use must keep their rights until the next ones serve.
	if d := s.diff(roleInputs("api", "videos", "db-table-create")); d.DetailedDiff["actions"].Kind != p.UpdateReplace ||
		d.DeleteBeforeReplace {
		t.Errorf("more actions show as %+v, want a replacement, new first", d)
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
	for name, change := range map[string]func(*devops.Policy){
		"actions":        func(p *devops.Policy) { p.Actions = append(p.Actions, "db-table-drop") },
		"actions, fewer": func(p *devops.Policy) { p.Actions = p.Actions[1:] },
		"drns":           func(p *devops.Policy) { p.Resources = append(p.Resources, "drn:astra:org:o:db:*") },
		"drns, fewer":    func(p *devops.Policy) { p.Resources = p.Resources[:1] },
	} {
		role, err := control.Role(t.Context(), s.id)
		must(t, err)
		before := *role
		change(&role.Policy)
		change, _, _ := strings.Cut(name, ",")
		must(t, control.UpdateRole(t.Context(), *role))
		read := s.read()
		drifted := *s
		drifted.state, drifted.inputs = read.Properties, read.Inputs
		d := drifted.diff(roleInputs("api", "videos"))
		if len(d.DetailedDiff) != 1 || d.DetailedDiff[change].Kind != p.UpdateReplace || d.DeleteBeforeReplace {
			t.Errorf("%s changed elsewhere show as %+v, want a replacement, new first", change, d)
		}
		must(t, control.UpdateRole(t.Context(), before))
	}
	renamed, err := control.Role(t.Context(), s.id)
	must(t, err)
	renamed.Name, renamed.Policy.Description = "elsewhere", "changed elsewhere"
	must(t, control.UpdateRole(t.Context(), *renamed))
	if r := s.read(); r.Properties.Get("roleName").AsString() != "elsewhere" || r.Inputs.Get("description").AsString() != "changed elsewhere" {
		t.Errorf("a role renamed elsewhere reads %v", r.Properties)
	}
	must(t, control.DeleteRole(t.Context(), s.id))
	if !s.isGone() {
		t.Error("a role deleted elsewhere is still there for a refresh")
	}
	must(t, s.delete()) // what is gone is deleted
}

// A role is never taken over, and its replacement exists beside it, on the same
// keyspace or on another.
func TestRolesOfOneNameCoexist(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	server := embedded.server(t)
	ids := map[string]bool{}
	for _, keyspace := range []string{"videos", "videos", "other"} {
		s := newStack(t, server, resource.RoleType)
		must(t, s.create(roleInputs("api", keyspace)))
		ids[s.id] = true
	}
	if len(ids) != 3 {
		t.Errorf("three roles have the ids %v", ids)
	}
}

// A role of a release that gave it the very name of its input is renamed in
// place: its tokens go on.
func TestRoleOfAnOlderReleaseIsRenamedInPlace(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	control := embedded.control(t)
	s := newStack(t, embedded.server(t), resource.RoleType)
	must(t, s.create(roleInputs("api", "videos")))
	old, err := control.Role(t.Context(), s.id)
	must(t, err)
	old.Name = "api"
	must(t, control.UpdateRole(t.Context(), *old))
	s.state = s.state.Delete("roleName")
	if r := s.read(); r.Properties.Get("name").AsString() != "api" || s.diff(roleInputs("api", "videos")).HasChanges {
		t.Errorf("the older state shows a change: %v", r.Properties)
	}
	renamed := roleInputs("shop-api", "videos")
	if d := s.diff(renamed); len(d.DetailedDiff) != 1 || d.DetailedDiff["name"].Kind != p.Update {
		t.Errorf("another name shows as %v, want an update", d.DetailedDiff)
	}
	_, err = s.update(renamed, false)
	must(t, err)
	now, err := control.Role(t.Context(), s.id)
	must(t, err)
	if now.Name != s.text("roleName") || !strings.HasPrefix(now.Name, "shop-api-") {
		t.Errorf("the role is named %s, the output is %s", now.Name, s.text("roleName"))
	}
}

// A token of one's own may have the stack's own role.
func TestRoleInUseByAnotherTokenIsNotDeleted(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	control := embedded.control(t)
	s := newStack(t, embedded.server(t), resource.RoleType)
	must(t, s.create(roleInputs("api", "videos")))
	own, err := control.CreateToken(t.Context(), "", s.id)
	must(t, err)
	must(t, s.delete())
	if _, err := control.Role(t.Context(), s.id); err != nil {
		t.Errorf("the role of a token in use was deleted: %v", err)
	}
	must(t, control.DeleteToken(t.Context(), own.ClientID))
	must(t, s.delete())
	if _, err := control.Role(t.Context(), s.id); err == nil {
		t.Error("the role without tokens is still there")
	}
}

func TestRoleImport(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	s := newStack(t, embedded.server(t), resource.RoleType)
	must(t, s.create(roleInputs("api", "videos")))
	imported := newStack(t, s.server, resource.RoleType)
	imported.id = s.id
	read := imported.read()
	for name, want := range map[string]string{"databaseId": databaseID, "keyspace": "videos", "roleName": s.text("roleName")} {
		if got := read.Properties.Get(name); got.AsString() != want {
			t.Errorf("%s = %v, want %s", name, got, want)
		}
		if got := read.Inputs.Get(name); name != "roleName" && (!got.IsString() || got.AsString() != want) {
			t.Errorf("the input %s = %v, want %s", name, got, want)
		}
	}
	imported.state, imported.inputs = read.Properties, read.Inputs
	d := imported.diff(roleInputs("api", "videos"))
	for change, detail := range d.DetailedDiff {
		if detail.Kind != p.Update {
			t.Errorf("after the import %s shows as %v", change, detail.Kind)
		}
	}
	again := newStack(t, s.server, resource.RoleType)
	again.id = s.id
	database := "drn:astra:org:" + s.text("organizationId") + ":db:" + databaseID
	for name, resources := range map[string][]string{
		"no keyspace": {database}, "all keyspaces": {database, database + ":keyspace:*", database + ":keyspace:*:table:*"},
		"two keyspaces": {database, database + ":keyspace:videos", database + ":keyspace:videos:table:*", database + ":keyspace:other"},
		"no table":      {database, database + ":keyspace:videos"},
	} {
		role, err := embedded.control(t).Role(t.Context(), s.id)
		must(t, err)
		role.Policy.Resources = resources
		must(t, embedded.control(t).UpdateRole(t.Context(), *role))
		if _, err := again.tryRead(); err == nil || !strings.Contains(err.Error(), "one keyspace of one database") {
			t.Errorf("a role on %s is imported: %v", name, err)
		}
	}
	widenToOrganization(t, embedded, s.id)
	if _, err := again.tryRead(); err == nil || !strings.Contains(err.Error(), "one keyspace of one database") {
		t.Errorf("a wider role is imported: %v", err)
	}
}

func TestRoleCheckNamesTheField(t *testing.T) {
	t.Parallel()
	s := newStack(t, newServer(t, nil), resource.RoleType)
	unknown, failures := s.check(with(roleInputs("api", "videos"), "actions", property.New(property.Computed)))
	if len(failures) > 0 || unknown.Get("actions").IsArray() {
		t.Errorf("unknown actions are filled in with %v, %v", unknown.Get("actions"), failures)
	}
	for _, field := range []string{"name", "databaseId", "keyspace"} {
		_, failures := s.check(with(roleInputs("api", "videos"), field, str("")))
		if len(failures) != 1 || failures[0].Property != field {
			t.Errorf("%s: failures = %v", field, failures)
		}
	}
}
