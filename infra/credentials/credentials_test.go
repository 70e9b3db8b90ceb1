package credentials

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// args are those of an environment that mints its own.
func args(ctx *pulumi.Context, t *testing.T, peers []Peer) *Args {
	t.Helper()
	astra, err := Existing(ctx, "dev", Account{
		DatabaseID: pulumi.String(
			"00000000-0000-4000-8000-000000000001",
		), Region: pulumi.String("us-east1"), Keyspace: pulumi.String("shop"),
		DeployToken: pulumi.String(madeUp),
	})
	if err != nil {
		t.Fatal(err)
	}
	return &Args{Name: "shop", Astra: astra, Stack: "dev", TokenGeneration: "2", KeyGeneration: "3",
		TokenLifetimeSeconds: 3600, RolloutSeconds: 600, Peers: peers, SharedKeyFix: "make another one"}
}

// planned are the credentials of a plan, by type and name; the type alone is
// that of a single one.
func planned(t *testing.T, change func(*Args)) map[string]plan.Resource {
	t.Helper()
	made, err := plan.Run(func(ctx *pulumi.Context) error {
		with := args(ctx, t, nil)
		change(with)
		_, err := New(ctx, "credentials-dev", with)
		return err
	}, plan.Stack{Project: "shop", Name: "dev"})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]plan.Resource{}
	for _, r := range made.Resources {
		all[r.Type], all[r.Type+" "+r.Name] = r, r
	}
	return all
}

func TestMinted(t *testing.T) {
	t.Parallel()
	all := planned(t, func(*Args) {})
	key := all["astradb:index:SigningKey"]
	for suffix, readOnly := range map[string]any{"": nil, "-reads": true} {
		token := all["astradb:index:Token token-dev"+suffix]
		// The proof of a token needs the keyspace, and its role is its own.
		for _, first := range []string{"astradb:index:Schema schema-dev", "astradb:index:Role role-dev" + suffix} {
			if !slices.Contains(token.After, first) {
				t.Errorf("%s does not wait for %s, but for %v", token.Name, first, token.After)
			}
		}
		for name, want := range map[string]any{
			"generation": "2", "allowBroad": false, "roleId": "${role-dev" + suffix + ".id}", "keyspace": "shop", "readOnly": readOnly,
		} {
			if token.Inputs[name] != want {
				t.Errorf("the %s of %s is %v, want %v", name, token.Name, token.Inputs[name], want)
			}
		}
	}
	if actions := fmt.Sprint(all["astradb:index:Role role-dev-reads"].Inputs["actions"]); strings.Contains(actions, "modify") ||
		!strings.Contains(actions, "select") {
		t.Errorf("the role of reads allows %s", actions)
	}
	for name, want := range map[string]any{"generation": "3", "tokenLifetimeSeconds": 3600.0, "rolloutSeconds": 600.0} {
		if key.Inputs[name] != want {
			t.Errorf("the key's %s is %v, want %v", name, key.Inputs[name], want)
		}
	}
	for _, made := range all {
		if made.DeleteFirst {
			t.Errorf("%s is deleted before its replacement is there", made.Label())
		}
	}
	if provider := all["pulumi:providers:astradb"]; provider.Inputs["deployToken"] != plan.Secret {
		t.Error("the plan shows the deploy token")
	}
}

// aliases are the names that the signing key had before, by the environment.
type aliases struct {
	monitor
	mu   *sync.Mutex
	seen map[string][]string
}

func (a aliases) NewResource(args pulumi.MockResourceArgs) (string, presource.PropertyMap, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, alias := range args.RegisterRPC.GetAliases() {
		a.seen[args.Name] = append(a.seen[args.Name], alias.GetSpec().GetName())
	}
	return a.monitor.NewResource(args)
}

// TestTheKeySurvivesARename: its name says no environment, and it is found
// under those that said one.
func TestTheKeySurvivesARename(t *testing.T) {
	t.Parallel()
	known := aliases{mu: &sync.Mutex{}, seen: map[string][]string{}}
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		with := args(ctx, t, nil)
		with.Stack, with.Proved.Environment = "prod", "dev"
		_, err := New(ctx, "credentials-dev", with)
		return err
	}, pulumi.WithMocks("shop", "copy", known))
	if want := []string{"jwt-prod", "jwt-dev"}; err != nil || !slices.Equal(known.seen["signing-key"], want) {
		t.Errorf("the key is known as %v, want %v as well: %v", known.seen, want, err)
	}
}

// TestTheKeyKnowsWhatWasProved, and is made last: its times count from then.
func TestTheKeyKnowsWhatWasProved(t *testing.T) {
	t.Parallel()
	key := planned(t, func(a *Args) {
		a.Proved, a.KeyLeakGeneration = Proved{KeyFingerprint: "f", KeyAt: "2026-01-31T12:00:00Z"}, "4"
	})["astradb:index:SigningKey"]
	for name, want := range map[string]any{"provedFingerprint": "f", "provedAt": "2026-01-31T12:00:00Z", "leakGeneration": "4"} {
		if key.Inputs[name] != want {
			t.Errorf("%s is %v, want %v", name, key.Inputs[name], want)
		}
	}
	for _, first := range []string{"astradb:index:Schema schema-dev", "astradb:index:Token token-dev"} {
		if !slices.Contains(key.After, first) {
			t.Errorf("the key does not wait for %s, but for %v", first, key.After)
		}
	}
}

func TestGiven(t *testing.T) {
	t.Parallel()
	secret := func(text string) pulumi.StringInput {
		return pulumi.ToSecret(pulumi.String(text)).(pulumi.StringOutput)
	}
	all := planned(t, func(a *Args) {
		a.GivenToken, a.GivenKey, a.AllowBroadToken = secret(madeUp), secret(madeUp), true
	})
	token := all["astradb:index:Token token-dev"]
	if token.Inputs["given"] != plan.Secret || all["astradb:index:SigningKey"].Inputs["given"] != plan.Secret {
		t.Error("what was given is not a secret of the plan")
	}
	if token.Inputs["allowBroad"] != true {
		t.Errorf("allowBroad is %v", token.Inputs["allowBroad"])
	}
	if role, there := all["astradb:index:Role role-dev"]; there {
		t.Errorf("%s is made for a token that has one", role.Label())
	}
	if _, there := all["astradb:index:Role role-dev-reads"]; !there {
		t.Error("without a given token for reads none is minted")
	}
	both := planned(t, func(a *Args) { a.GivenToken, a.GivenReadOnlyToken = secret(madeUp), secret(madeUp) })
	if role, there := both["astradb:index:Role"]; there || both["astradb:index:Token token-dev-reads"].Inputs["given"] != plan.Secret {
		t.Errorf("with both tokens given, the role is %s", role.Label())
	}
}

// A role is replaced when it moves to another keyspace or database, and the new
// one is created first: their names have to differ.
func TestRolesThatReplaceEachOtherDifferInName(t *testing.T) {
	t.Parallel()
	names := map[any]string{}
	for what, change := range map[string]func(*Args){
		"as it was":        func(*Args) {},
		"another keyspace": func(a *Args) { a.Astra.Keyspace = pulumi.String("other") },
		"another database": func(a *Args) { a.Astra.DatabaseID = pulumi.String("11111111-0000-4000-8000-000000000001") },
	} {
		name := planned(t, change)["astradb:index:Role"].Inputs["name"]
		if same := names[name]; same != "" {
			t.Errorf("%s and %s are both named %v", what, same, name)
		}
		names[name] = what
	}
}
