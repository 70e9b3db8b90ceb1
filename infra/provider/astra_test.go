package provider_test

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/pulumi/pulumi-go-provider/integration"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/infra/provider"
)

// databaseID is the one embedded Astra has unless told otherwise.
const databaseID = "00000000-0000-4000-8000-000000000001"

// embeddedBinary builds embedded Astra once for all tests.
var embeddedBinary = sync.OnceValues(func() (string, error) {
	return goBuild("github.com/killrvideo/killrvideo-go/astra/local/cmd/astra-local")
})

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
	dir := t.TempDir()
	cmd := exec.Command(binary, "-dir", dir, "-addr", "127.0.0.1:0")
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("embedded Astra did not stop cleanly: %v", err)
		}
	})
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if url, ok := strings.CutPrefix(lines.Text(), "url: "); ok {
			token, err := os.ReadFile(filepath.Join(dir, "admin-token"))
			must(t, err)
			return embedded{url: url, admin: astra.Token(strings.TrimSpace(string(token)))}
		}
	}
	t.Fatal("embedded Astra ended without saying its url")
	return embedded{}
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
	must(t, newStack(t, server, "killrvideo:astra:Schema").create(schemaInputs(name, `{"columns":{"id":"uuid"},"primaryKey":"id"}`)))
}

// role makes a role in a keyspace, with more actions than the least if given.
func (e embedded) role(t *testing.T, server integration.Server, keyspace string, more ...string) *stack {
	t.Helper()
	s := newStack(t, server, "killrvideo:astra:Role")
	must(t, s.create(roleInputs("role-of-"+keyspace+strings.Join(more, "-"), keyspace, more...)))
	return s
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
