package provider_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/killrvideo/killrvideo-go/infra/provider"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

func tokenInputs(roleID, generation string) map[string]property.Value {
	return map[string]property.Value{
		"roleId": str(roleID), "databaseId": str(databaseID), "keyspace": str("videos"), "generation": str(generation),
	}
}

func givenTokenInputs(token string) map[string]property.Value {
	return map[string]property.Value{"given": secret(token), "databaseId": str(databaseID), "keyspace": str("videos")}
}

func TestTokenLifeCycle(t *testing.T) {
	t.Parallel()
	embedded, server := startVideos(t)
	embedded.keyspace(t, server, "other")
	role := embedded.role(t, server, "videos")
	s := newStack(t, server, resource.TokenType)
	if !s.previewCreate(tokenInputs(role.id, "0")).Get("token").HasComputed() {
		t.Error("a preview shows a token")
	}
	noTokenLeft := embedded.noTokenLeft(t)
	must(t, s.create(tokenInputs(role.id, "0")))
	if s.id != s.text("clientId") || !slices.Contains(embedded.clientIDs(t), s.id) {
		t.Error("the minted token is not listed under its client id")
	}
	if !s.state.Get("token").Secret() {
		t.Error("the token is not secret")
	}
	noSecretOutside(t, s.state, s.text("token"))
	if d := s.diff(tokenInputs(role.id, "0")); d.HasChanges {
		t.Errorf("a second up changes %v", d.DetailedDiff)
	}
	if d := s.diff(tokenInputs(role.id, "1")); d.DetailedDiff["generation"].Kind != p.UpdateReplace || d.DeleteBeforeReplace {
		t.Errorf("another generation shows as %+v, want a replacement, new first", d)
	}
	next := newStack(t, server, resource.TokenType)
	must(t, next.create(tokenInputs(role.id, "1")))
	if next.id == s.id || next.text("token") == s.text("token") {
		t.Error("another generation is the same token")
	}
	must(t, s.delete())
	must(t, next.delete())
	noTokenLeft()
}

func TestBroadMintedTokenIsRevoked(t *testing.T) {
	t.Parallel()
	for name, actions := range map[string][]string{
		"creates tables": {"db-table-create", "db-table-drop"},
		"administers":    {"org-role-read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			embedded, server := startVideos(t)
			role := embedded.role(t, server, "videos", actions...)
			if name == "administers" {
				widenToOrganization(t, embedded, role.id)
			}
			noTokenLeft := embedded.noTokenLeft(t)
			s := newStack(t, server, resource.TokenType)
			err := s.create(tokenInputs(role.id, "0"))
			if err == nil || !strings.Contains(err.Error(), "grants too much") || !strings.Contains(err.Error(), "was revoked") {
				t.Fatalf("err = %v, want a failed proof and the revocation", err)
			}
			if strings.Contains(err.Error(), "AstraCS:") {
				t.Error("the error shows a token")
			}
			noTokenLeft()
		})
	}
}

// widenToOrganization lets a role act on the organisation itself.
func widenToOrganization(t *testing.T, e embedded, id string) {
	t.Helper()
	control := e.control(t)
	role, err := control.Role(t.Context(), id)
	must(t, err)
	organization, err := control.Organization(t.Context())
	must(t, err)
	role.Policy.Resources = append(role.Policy.Resources, "drn:astra:org:"+organization)
	must(t, control.UpdateRole(t.Context(), *role))
}

func TestMintedTokenThatCannotReadIsRevoked(t *testing.T) {
	t.Parallel()
	embedded, server := startVideos(t)
	embedded.keyspace(t, server, "other")
	role := embedded.role(t, server, "other") // of another keyspace
	noTokenLeft := embedded.noTokenLeft(t)
	err := newStack(t, server, resource.TokenType).create(tokenInputs(role.id, "0"))
	for _, want := range []string{"has not arrived", "lacks the rights", "after 3 attempts", "was revoked"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("err = %v, want %q in it", err, want)
		}
	}
	noTokenLeft()
}

func TestGivenTokenIsProvedAndNotRevoked(t *testing.T) {
	t.Parallel()
	embedded, server := startVideos(t)
	role := embedded.role(t, server, "videos")
	organization, err := embedded.control(t).Organization(t.Context())
	must(t, err)
	given, err := embedded.control(t).CreateToken(t.Context(), organization, role.id)
	must(t, err)

	// Without a deploy token: a given token needs none.
	config := embedded.config()
	delete(config, "deployToken")
	s := newStack(t, newServer(t, config, provider.WithPropagation(3, time.Millisecond)), resource.TokenType)
	must(t, s.create(givenTokenInputs(given.Value.Reveal())))
	if s.text("token") != given.Value.Reveal() || s.text("clientId") != given.ClientID {
		t.Error("the outputs are not the given token's")
	}
	if strings.Contains(s.id, given.ClientID) {
		t.Error("the id of a given token holds a part of it")
	}
	noSecretOutside(t, s.state, given.Value.Reveal())
	if r := s.read(); r.ID != s.id {
		t.Error("a living given token reads as gone")
	}
	must(t, s.delete())
	if !slices.Contains(embedded.clientIDs(t), given.ClientID) {
		t.Error("the given token was revoked")
	}
	must(t, embedded.control(t).DeleteToken(t.Context(), given.ClientID))
	if !s.isGone() {
		t.Error("a given token revoked elsewhere is still there for a refresh")
	}
}

func TestBroadGivenTokenNeedsAllowBroad(t *testing.T) {
	t.Parallel()
	embedded, server := startVideos(t)
	embedded.keyspace(t, server, "other")
	broad := givenTokenInputs(embedded.admin.Reveal())
	s := newStack(t, server, resource.TokenType)
	err := s.create(broad)
	for _, want := range []string{"may create tables", "may read keyspace", "may administer"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("err = %v, want %q in it", err, want)
		}
	}
	if strings.Contains(err.Error(), embedded.admin.Reveal()) {
		t.Error("the error shows the token")
	}
	must(t, s.create(with(broad, "allowBroad", property.New(true))))
	tables := tableNames(t, embedded, "videos")
	if len(tables) != 1 {
		t.Errorf("tables = %v, want no trace of the proof", tables)
	}
	without := givenTokenInputs(embedded.admin.Reveal())
	if d := s.diff(without); d.DetailedDiff["allowBroad"].Kind != p.Update || len(d.DetailedDiff) != 1 {
		t.Errorf("without allowBroad it shows as %v, want an update", d.DetailedDiff)
	}
	if _, err := s.update(without, false); err == nil {
		t.Error("a broad token passes without allowBroad")
	}
}

func TestTokenRevokedElsewhereIsDrift(t *testing.T) {
	t.Parallel()
	embedded, server := startVideos(t)
	s, _ := embedded.token(t, server)
	if r := s.read(); r.ID != s.id {
		t.Error("a living token reads as gone")
	}
	must(t, embedded.control(t).DeleteToken(t.Context(), s.id))
	if !s.isGone() {
		t.Error("a token revoked elsewhere is still there for a refresh")
	}
	must(t, s.delete()) // what is gone is revoked
}

func TestTokenCheckNamesTheField(t *testing.T) {
	t.Parallel()
	s := newStack(t, newServer(t, nil), resource.TokenType)
	for field, value := range map[string]property.Value{
		"roleId": str(""), "databaseId": str(""), "keyspace": str(""), "given": secret("not a token"),
	} {
		_, failures := s.check(with(tokenInputs(databaseID, "0"), field, value))
		if len(failures) != 1 || failures[0].Property != field {
			t.Errorf("%s: failures = %v", field, failures)
		}
		for _, failure := range failures {
			if strings.Contains(failure.Reason, "not a token") {
				t.Errorf("%s: the reason shows the value", field)
			}
		}
	}
}
