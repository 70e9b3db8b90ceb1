package provider_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pulumi/pulumi-go-provider/integration"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/dataapitest"
	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/infra/provider"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// databaseID is the one embedded Astra has unless told otherwise.
const databaseID = "00000000-0000-4000-8000-000000000001"

// embeddedBinary builds embedded Astra once for all tests.
var embeddedBinary = sync.OnceValues(func() (dataapitest.Embedded, error) { return dataapitest.Build(os.Getenv(binaries)) })

// goBuild builds a program into the folder of this run of the tests.
func goBuild(pkg string) (string, error) {
	_ = os.Getenv("SOURCES") // see test.sh
	path := filepath.Join(os.Getenv(binaries), filepath.Base(pkg))
	build := exec.Command("go", "build", "-o", path, pkg)
	build.Stderr = os.Stderr
	return path, build.Run()
}

// embedded is a running embedded Astra: the real program over HTTP.
type embedded struct {
	url   string
	admin astra.Token
}

// startAstra runs embedded Astra for one test, in a folder of its own.
func startAstra(t *testing.T) embedded {
	t.Helper()
	binary, err := embeddedBinary()
	must(t, err)
	url, admin := binary.Start(t, "-addr", "127.0.0.1:0")
	return embedded{url, admin}
}

// startVideos runs embedded Astra with the keyspace videos, which has one
// table, and hosts the provider for it.
func startVideos(t *testing.T) (embedded, integration.Server) {
	t.Helper()
	e := startAstra(t)
	server := e.server(t)
	e.keyspace(t, server, "videos")
	return e, server
}

// control is the DevOps API with the administrator's token.
func (e embedded) control(t *testing.T) *devops.Client {
	t.Helper()
	client, err := devops.NewClient(e.url+"/v2", e.admin, nil)
	must(t, err)
	return client
}

// config configures the provider for it.
func (e embedded) config() map[string]property.Value {
	return map[string]property.Value{
		"devopsEndpoint": str(e.url + "/v2"), "dataApiEndpoint": str(e.url), "deployToken": secret(e.admin.Reveal()),
	}
}

// server hosts the provider for it, impatient, since nothing propagates here.
func (e embedded) server(t *testing.T) integration.Server {
	return newServer(t, e.config(), provider.WithPropagation(3, time.Millisecond))
}

// keyspace makes a keyspace with one table through the provider.
func (e embedded) keyspace(t *testing.T, server integration.Server, name string) {
	t.Helper()
	must(t, newStack(t, server, resource.SchemaType).create(schemaInputs(name, `{"columns":{"id":"uuid"},"primaryKey":"id"}`)))
}

// role makes a role in a keyspace, with more actions than the least if given.
func (e embedded) role(t *testing.T, server integration.Server, keyspace string, more ...string) *stack {
	t.Helper()
	s := newStack(t, server, resource.RoleType)
	must(t, s.create(roleInputs("role-of-"+keyspace+strings.Join(more, "-"), keyspace, more...)))
	return s
}

// token mints a token with a role of its own in the keyspace videos.
func (e embedded) token(t *testing.T, server integration.Server) (token, role *stack) {
	t.Helper()
	role = e.role(t, server, "videos")
	token = newStack(t, server, resource.TokenType)
	must(t, token.create(tokenInputs(role.id, "0")))
	return token, role
}

// noTokenLeft returns a check that the tokens are those of now.
func (e embedded) noTokenLeft(t *testing.T) (check func()) {
	t.Helper()
	before := e.clientIDs(t)
	return func() {
		t.Helper()
		if after := e.clientIDs(t); !slices.Equal(after, before) {
			t.Errorf("tokens are %v, before they were %v", after, before)
		}
	}
}

// clientIDs are the tokens that exist.
func (e embedded) clientIDs(t *testing.T) []string {
	t.Helper()
	tokens, err := e.control(t).Tokens(context.Background())
	must(t, err)
	ids := []string{}
	for _, token := range tokens {
		ids = append(ids, token.ClientID)
	}
	return ids
}

func roleInputs(name, keyspace string, more ...string) map[string]property.Value {
	inputs := map[string]property.Value{"name": str(name), "databaseId": str(databaseID), "keyspace": str(keyspace)}
	if len(more) > 0 {
		actions := []property.Value{}
		for _, action := range append(provider.LeastActions(), more...) {
			actions = append(actions, str(action))
		}
		inputs["actions"] = property.New(actions)
	}
	return inputs
}
