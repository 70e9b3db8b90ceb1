package provider_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/killrvideo/killrvideo-go/infra/provider"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// Giving the value of the minted token changes its owner and nothing else.
func TestMintedTokenThatBecomesAGivenOneIsNotRevoked(t *testing.T) {
	t.Parallel()
	embedded, server := startVideos(t)
	s, _ := embedded.token(t, server)
	value, id := s.text("token"), s.text("clientId")
	d := s.diff(givenTokenInputs(value))
	for name, change := range d.DetailedDiff {
		if change.Kind != p.Update {
			t.Errorf("%s shows as %v, want an update", name, change.Kind)
		}
	}
	_, err := s.update(givenTokenInputs(value), false)
	must(t, err)
	if s.text("token") != value || s.text("clientId") != id {
		t.Error("the credential changed with its owner")
	}
	must(t, s.delete())
	if !slices.Contains(embedded.clientIDs(t), id) {
		t.Error("the token was revoked after it was given")
	}
}

// A minted token that waits for its deletion, since a roll-out failed, must
// not be revoked once its value is given.
func TestReplacedTokenThatIsGivenIsNotRevoked(t *testing.T) {
	t.Parallel()
	embedded, server := startVideos(t)
	role := embedded.role(t, server, "videos")
	old, next := newStack(t, server, resource.TokenType), newStack(t, server, resource.TokenType)
	must(t, old.create(tokenInputs(role.id, "0")))
	must(t, next.create(tokenInputs(role.id, "1")))
	next.checked(givenTokenInputs(old.text("token"))) // the engine checks every resource of the program
	must(t, old.delete())
	if !slices.Contains(embedded.clientIDs(t), old.id) {
		t.Error("the token that is given now was revoked")
	}
}

// mintedElsewhere is a token with a role, as a killed deployment leaves it.
func (e embedded) mintedElsewhere(t *testing.T, roleID string) string {
	t.Helper()
	token, err := e.control(t).CreateToken(t.Context(), "", roleID)
	must(t, err)
	return token.ClientID
}

func TestMintingRevokesOrphanedTokens(t *testing.T) {
	t.Parallel()
	embedded, server := startVideos(t)
	role, other := embedded.role(t, server, "videos"), embedded.role(t, server, "videos", "db-graphql")
	foreign, orphan := embedded.mintedElsewhere(t, other.id), embedded.mintedElsewhere(t, role.id)
	s := newStack(t, server, resource.TokenType)
	must(t, s.create(tokenInputs(role.id, "0")))
	if ids := embedded.clientIDs(t); slices.Contains(ids, orphan) || !slices.Contains(ids, foreign) {
		t.Errorf("tokens = %v: want %s revoked and %s, of another role, left alone", ids, orphan, foreign)
	}

	// Two rotations whose roll-outs fail: the first token may still serve, and
	// the state of the second knows it.
	next := newStack(t, embedded.server(t), resource.TokenType)
	next.id, next.state, next.inputs = s.id, s.state, s.inputs
	next.diff(tokenInputs(role.id, "1"))
	must(t, next.create(tokenInputs(role.id, "1")))
	third := newStack(t, embedded.server(t), resource.TokenType)
	third.id, third.state, third.inputs = next.id, next.state, next.inputs
	orphan = embedded.mintedElsewhere(t, role.id)
	third.diff(tokenInputs(role.id, "2"))
	must(t, third.create(tokenInputs(role.id, "2")))
	ids := embedded.clientIDs(t)
	if slices.Contains(ids, orphan) || !slices.Contains(ids, s.id) || !slices.Contains(ids, next.id) || !slices.Contains(ids, third.id) {
		t.Errorf("tokens = %v: want %s revoked, and %s, %s, %s kept", ids, orphan, s.id, next.id, third.id)
	}

	// `--replace` asks for no comparison, so nothing is known of the state.
	forced := newStack(t, embedded.server(t), resource.TokenType)
	forced.inputs = third.inputs
	must(t, forced.create(tokenInputs(role.id, "2")))
	if ids := embedded.clientIDs(t); !slices.Contains(ids, third.id) {
		t.Error("a token was revoked although the state was not asked about it")
	}
}

func TestMintingWithAGatewayErrorLeavesNoToken(t *testing.T) {
	t.Parallel()
	for name, status := range map[string]int{"bad gateway": http.StatusBadGateway, "time-out": http.StatusGatewayTimeout} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			embedded, direct := startVideos(t)
			role := embedded.role(t, direct, "videos")
			noTokenLeft := embedded.noTokenLeft(t)
			broken := embedded.behind(t, func(w http.ResponseWriter, r *http.Request) bool {
				if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/tokens") {
					return false
				}
				embedded.forward(t, httptest.NewRecorder(), r)
				w.WriteHeader(status)
				return true
			}, nil)
			if err := newStack(t, broken.server(t), resource.TokenType).create(tokenInputs(role.id, "0")); err == nil {
				t.Fatal("a token without an answer was created")
			}
			noTokenLeft()
		})
	}
}

func TestRoleCreationWithoutAnswerLeavesNoRole(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	broken := embedded.behind(t, func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/roles") {
			return false
		}
		embedded.forward(t, httptest.NewRecorder(), r)
		w.WriteHeader(http.StatusGatewayTimeout)
		return true
	}, nil)
	if err := newStack(t, broken.server(t), resource.RoleType).create(roleInputs("api", "videos")); err == nil {
		t.Fatal("a role without an answer was created")
	}
	roles, err := embedded.control(t).Roles(t.Context())
	must(t, err)
	for _, role := range roles {
		if strings.HasPrefix(role.Name, "api-") {
			t.Errorf("the role %s is left", role.Name)
		}
	}
}

// The state of a release that did not remember the organisation is filled in.
func TestRefreshFillsInTheOrganisation(t *testing.T) {
	t.Parallel()
	embedded, server := startVideos(t)
	s, _ := embedded.token(t, server)
	organization := s.text("organizationId")
	s.state = s.state.Delete("organizationId").Delete("predecessors")
	if d := s.diff(tokenInputs(s.state.Get("roleId").AsString(), "0")); d.HasChanges {
		t.Errorf("the state of an older release shows %v", d.DetailedDiff)
	}
	if got := s.read().Properties.Get("organizationId"); !got.IsString() || got.AsString() != organization {
		t.Errorf("after the refresh the organisation is %v, want %s", got, organization)
	}
}

// What another organisation does not have is not deleted.
func TestDeployTokenOfAnotherOrganisationIsRefused(t *testing.T) {
	t.Parallel()
	first, second := startAstra(t), startAstra(t)
	elsewhere := second.server(t)
	for typ, s := range deletable(t, first) {
		server := s.server
		s.server = elsewhere
		_, read := s.tryRead()
		for what, err := range map[string]error{"delete": s.delete(), "read": read} {
			if err == nil || !strings.Contains(err.Error(), "another organisation") ||
				!strings.Contains(err.Error(), "pulumi config set --secret astraDeployToken") {
				t.Errorf("%s the %s: err = %v, want a refusal and the command", what, typ, err)
			}
		}
		s.server = server
		must(t, s.delete())
		if !s.isGone() {
			t.Errorf("%s: with the right deploy token it is not deleted", typ)
		}
	}
}

// An embedded Astra has one organisation. Another one means that its data was
// deleted, and every resource with it.
func TestResourcesOfAResetEmbeddedAstraAreGone(t *testing.T) {
	t.Parallel()
	first, second := startAstra(t), startAstra(t)
	config := second.config()
	config["embedded"] = property.New(true)
	empty := newServer(t, config, provider.WithPropagation(3, time.Millisecond))
	for typ, s := range deletable(t, first) {
		s.server = empty
		if !s.isGone() {
			t.Errorf("the %s is still there for a refresh", typ)
		}
		must(t, s.delete())
	}
}
