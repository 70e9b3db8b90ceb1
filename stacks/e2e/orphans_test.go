package e2e

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/infra/credentials"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/stacks/enginetest"
)

// account is a stack of credentials alone: the real engine, the real provider
// and the embedded Astra, with a gateway before it that can misbehave.
type account struct {
	t          *testing.T
	stack      auto.Stack
	astra      *devops.Client
	generation string
	// processes are those of the engine and the provider.
	processes enginetest.Processes
	// lost makes the gateway answer 504 to the next minting, which is carried out.
	lost atomic.Bool
	// hold keeps the calls of new tokens until release is closed; minted is
	// closed when both tokens are held. Then the engine waits for them and writes
	// no state, which a kill would leave half written.
	hold    atomic.Bool
	minted  chan struct{}
	release chan struct{}
	mu      sync.Mutex
	held    map[string]bool
}

func newAccount(t *testing.T) *account {
	t.Helper()
	address, admin := enginetest.StartAstra(t, checkoutRoot(t))
	a := &account{t: t, generation: "1", processes: enginetest.NewProcesses(t), minted: make(chan struct{}), release: make(chan struct{}),
		held: map[string]bool{}}
	client, err := devops.NewClient(address+"/v2", admin, nil)
	check(t, err)
	a.astra = client
	gateway := a.gateway(address, admin.Reveal())
	program := func(ctx *pulumi.Context) error {
		provider, err := resource.NewProvider(ctx, "astra", &resource.ProviderArgs{DevopsEndpoint: pulumi.String(gateway + "/v2"),
			DataAPIEndpoint: pulumi.String(gateway), DeployToken: pulumi.ToSecret(pulumi.String(admin.Reveal())).(pulumi.StringOutput)})
		if err != nil {
			return err
		}
		_, err = credentials.New(ctx, "credentials-dev", &credentials.Args{
			Astra: &credentials.Astra{Provider: provider, DataAPIEndpoint: pulumi.String(gateway),
				DatabaseID: pulumi.String("00000000-0000-4000-8000-000000000001"), Keyspace: pulumi.String("killrvideo")},
			Name: "killrvideo", Stack: "dev", TokenGeneration: a.generation, KeyGeneration: "1", TokenLifetimeSeconds: 60,
			Tables: []resource.Table{{Name: "users", Definition: map[string]any{"columns": map[string]any{"id": "uuid"}, "primaryKey": "id"}}},
		})
		return err
	}
	a.stack, err = auto.UpsertStackInlineSource(t.Context(), "dev", "killrvideo", program, auto.WorkDir(a.project()),
		auto.Pulumi(a.processes.CLI(t, checkoutRoot(t))),
		auto.EnvVars(map[string]string{
			"PULUMI_BACKEND_URL": "file://" + t.TempDir(), "PULUMI_HOME": t.TempDir(), "PULUMI_SKIP_UPDATE_CHECK": "true",
			"PULUMI_CONFIG_PASSPHRASE":                    "generated for this test",
			"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
		}))
	check(t, err)
	return a
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// gateway stands before the embedded Astra.
func (a *account) gateway(address, admin string) string {
	target, err := url.Parse(address)
	check(a.t, err)
	proxy := httputil.NewSingleHostReverseProxy(target)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := r.Header.Get("Token")
		switch {
		case r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/tokens") && a.lost.CompareAndSwap(true, false):
			proxy.ServeHTTP(httptest.NewRecorder(), r)
			w.WriteHeader(http.StatusGatewayTimeout)
			return
		case token != "" && token != admin && a.hold.Load():
			a.note(token)
			<-a.release
			panic(http.ErrAbortHandler)
		}
		proxy.ServeHTTP(w, r)
	}))
	a.t.Cleanup(server.Close)
	return server.URL
}

// note counts the tokens that are held.
func (a *account) note(token string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.held[token] {
		return
	}
	a.held[token] = true
	if len(a.held) == 2 {
		close(a.minted)
	}
}

// project is a folder with the project's file and the native provider.
func (a *account) project() string {
	work, plugin := a.t.TempDir(), a.t.TempDir()
	enginetest.Provider(a.t, checkout, filepath.Join(plugin, "provider"))
	a.processes.Script(a.t, filepath.Join(plugin, "pulumi-resource-astradb"), filepath.Join(plugin, "provider"), "")
	text := "name: killrvideo\nruntime: go\nplugins:\n  providers:\n    - {name: astradb, path: " + plugin + "}\n"
	check(a.t, os.WriteFile(filepath.Join(work, "Pulumi.yaml"), []byte(text), 0o600))
	return work
}

// checkoutRoot is the root of the checkout.
func checkoutRoot(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs(checkout)
	check(t, err)
	return root
}

// clients are the client ids of the stack's tokens on Astra.
func (a *account) clients() (ids []string) {
	a.t.Helper()
	tokens, err := a.astra.Tokens(a.t.Context())
	check(a.t, err)
	for _, token := range tokens {
		role, err := a.astra.Role(a.t.Context(), token.Roles[0])
		check(a.t, err)
		if strings.HasPrefix(role.Name, "killrvideo-") {
			ids = append(ids, token.ClientID)
		}
	}
	slices.Sort(ids)
	return ids
}

// known are the client ids of the tokens that the state has.
func (a *account) known() (ids []string) {
	a.t.Helper()
	state, err := a.stack.Export(a.t.Context())
	check(a.t, err)
	for _, r := range resourcesIn(a.t, state.Deployment) {
		if strings.Contains(r.URN, "index:Token::") {
			ids = append(ids, r.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// TestOrphansOfAKilledDeploymentAreRevoked kills the engine and the provider
// between minting and saving the state, and loses the answer to a minting.
func TestOrphansOfAKilledDeploymentAreRevoked(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	_, err := a.stack.Up(t.Context())
	check(t, err)
	first := a.clients()
	if len(first) != 2 || !slices.Equal(first, a.known()) {
		t.Fatalf("after the first up Astra has %v, the state %v", first, a.known())
	}

	a.generation = "2"
	a.hold.Store(true)
	ended := make(chan error, 1)
	go func() {
		_, err := a.stack.Up(t.Context())
		ended <- err
	}()
	select {
	case <-a.minted:
	case err := <-ended:
		t.Fatalf("up ended before a token was minted: %v", err)
	}
	check(t, a.processes.Kill())
	if err := <-ended; err == nil {
		t.Fatal("up survived its engine")
	}
	close(a.release)
	a.hold.Store(false)
	if left := a.clients(); len(left) <= len(first) {
		t.Fatalf("nothing was left by the killed deployment: %v", left)
	}
	check(t, a.stack.Cancel(t.Context()))
	_, err = a.stack.Up(t.Context())
	check(t, err)
	second := a.clients()
	if len(second) != 2 || !slices.Equal(second, a.known()) || slices.Contains(second, first[0]) {
		t.Errorf("after the next up Astra has %v, the state %v; before it was %v", second, a.known(), first)
	}

	a.generation = "3"
	a.lost.Store(true)
	if _, err = a.stack.Up(t.Context()); err == nil || a.lost.Load() {
		t.Fatalf("up passed without the answer to a minting: %v", err)
	}
	for _, id := range second {
		if !slices.Contains(a.clients(), id) {
			t.Errorf("token %s, which may serve, was revoked by a failed deployment", id)
		}
	}
	_, err = a.stack.Up(t.Context())
	check(t, err)
	if third := a.clients(); len(third) != 2 || !slices.Equal(third, a.known()) {
		t.Errorf("after the lost answer Astra has %v, the state %v", third, a.known())
	}
}

// TestARoleWidenedByHandIsNarrowed shows the change by a refresh, and makes a
// new role and a token of it before the old ones go.
func TestARoleWidenedByHandIsNarrowed(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	_, err := a.stack.Up(t.Context())
	check(t, err)
	before := a.clients()
	roles, err := a.astra.Roles(t.Context())
	check(t, err)
	at := slices.IndexFunc(roles, func(r devops.Role) bool {
		return slices.Contains(r.Policy.Actions, "db-table-modify") && r.Name[:5] == "killr"
	})
	wide := roles[at]
	wide.Policy.Actions = append(wide.Policy.Actions, "db-table-drop")
	check(t, a.astra.UpdateRole(t.Context(), wide))
	_, err = a.stack.Refresh(t.Context())
	check(t, err)
	result, err := a.stack.Up(t.Context())
	check(t, err)
	var places []int
	for _, step := range []string{"Role role-dev creat", "Token token-dev creat", "Token token-dev delet", "Role role-dev delet"} {
		places = append(places, strings.LastIndex(result.StdOut, step))
	}
	if !slices.IsSorted(places) || places[0] < 0 {
		t.Errorf("the steps are at %v, want a new role, a new token, then the deletion of the old token and role:\n%s", places, result.StdOut)
	}
	if _, err := a.astra.Role(t.Context(), wide.ID); !errors.Is(err, devops.ErrNotFound) {
		t.Errorf("the wide role is still there: %v", err)
	}
	if after := a.clients(); len(after) != 2 || slices.Equal(after, before) {
		t.Errorf("the tokens are %v, before %v", after, before)
	}
}
