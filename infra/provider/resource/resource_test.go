package resource_test

import (
	"fmt"
	"sync"
	"testing"

	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// canary stands for a credential; no test may find it outside a secret.
const canary = "generated-for-this-test-not-a-credential"

// recorder keeps what each type was registered with.
type recorder struct {
	mu   sync.Mutex
	seen map[string]pulumi.MockResourceArgs
}

func (r *recorder) NewResource(args pulumi.MockResourceArgs) (string, presource.PropertyMap, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen[args.TypeToken] = args
	return args.Name + "-id", args.Inputs, nil
}

func (r *recorder) Call(args pulumi.MockCallArgs) (presource.PropertyMap, error) {
	return nil, fmt.Errorf("no function is expected, got %s", args.Token)
}

// register runs a program under mocks and returns what it registered.
func register(t *testing.T, program func(ctx *pulumi.Context) error) map[string]pulumi.MockResourceArgs {
	t.Helper()
	r := &recorder{seen: map[string]pulumi.MockResourceArgs{}}
	if err := pulumi.RunErr(program, pulumi.WithMocks("shop", "test", r)); err != nil {
		t.Fatal(err)
	}
	return r.seen
}

func everything(ctx *pulumi.Context) error {
	secret := pulumi.String(canary)
	_, err1 := resource.NewProvider(ctx, "provider", &resource.ProviderArgs{
		DevopsEndpoint: secret, DataAPIEndpoint: secret, DeployToken: secret})
	_, err2 := resource.NewToken(ctx, "token", &resource.TokenArgs{
		RoleID: secret, DatabaseID: secret, Keyspace: secret, Given: secret, AllowBroad: pulumi.Bool(true)})
	_, err3 := resource.NewSigningKey(ctx, "key", &resource.SigningKeyArgs{
		Given: secret, Generation: secret, TokenLifetimeSeconds: pulumi.Int(60)})
	_, err4 := resource.NewProcess(ctx, "process", &resource.ProcessArgs{
		Command: secret, Dir: secret, URL: secret, Secrets: pulumi.StringMap{"KEY": secret}})
	for _, err := range []error{err1, err2, err3, err4} {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestSecretInputsAndOutputsAreMarked(t *testing.T) {
	t.Parallel()
	seen := register(t, everything)
	for typ, want := range map[string]struct{ inputs, outputs []string }{
		resource.ProviderType:   {[]string{"deployToken"}, []string{"deployToken"}},
		resource.TokenType:      {[]string{"given"}, []string{"token", "given"}},
		resource.SigningKeyType: {[]string{"given"}, []string{"current", "previous", "given"}},
		resource.ProcessType:    {[]string{"secrets"}, []string{"secrets", "token"}},
	} {
		args, ok := seen[typ]
		if !ok {
			t.Errorf("%s was not registered", typ)
			continue
		}
		for _, name := range want.inputs {
			if !args.Inputs[presource.PropertyKey(name)].IsSecret() {
				t.Errorf("%s: input %s is not secret", typ, name)
			}
		}
		marked := map[string]bool{}
		for _, name := range args.RegisterRPC.GetAdditionalSecretOutputs() {
			marked[name] = true
		}
		for _, name := range want.outputs {
			if !marked[name] {
				t.Errorf("%s: output %s is not marked secret", typ, name)
			}
		}
	}
}

func TestAbsentInputsAreNotSent(t *testing.T) {
	t.Parallel()
	seen := register(t, func(ctx *pulumi.Context) error {
		_, err := resource.NewGate(ctx, "gate", &resource.GateArgs{
			URL: pulumi.String("http://127.0.0.1:8000"), Revision: pulumi.String("r1"),
			Triggers: pulumi.StringArray(nil),
		})
		return err
	})
	inputs := seen[resource.GateType].Inputs
	if len(inputs) != 2 {
		t.Errorf("inputs = %v, want url and revision alone, so that the provider's defaults apply", inputs)
	}
}

func TestSchemaKeepsTheOrderOfClusteringColumns(t *testing.T) {
	t.Parallel()
	definition := orderedJSON(`{"columns":{"a":"text","b":"text","c":"text"},"primaryKey":` +
		`{"partitionBy":["a"],"partitionSort":{"c":-1,"b":1}}}`)
	seen := register(t, func(ctx *pulumi.Context) error {
		_, err := resource.NewSchema(ctx, "schema", &resource.SchemaArgs{
			DatabaseID: pulumi.String("d"), Keyspace: pulumi.String("k"),
			Tables: []resource.Table{{Name: "t", Definition: definition,
				Indexes: []resource.Index{{Name: "t_b", Column: "b"}, {Name: "t_c", Kind: "vector", Definition: map[string]string{"column": "c"}}}}},
		})
		return err
	})
	table := seen[resource.SchemaType].Inputs["tables"].ArrayValue()[0].ObjectValue()
	if got := table["definition"].StringValue(); got != string(definition) {
		t.Errorf("definition = %s, want %s", got, definition)
	}
	indexes := table["indexes"].ArrayValue()
	if got := indexes[1].ObjectValue()["definition"].StringValue(); got != `{"column":"c"}` {
		t.Errorf("index definition = %s", got)
	}
	if _, ok := indexes[0].ObjectValue()["definition"]; ok {
		t.Error("an index without a definition was sent with one")
	}
}

func TestSchemaWithoutJSONFormIsRefused(t *testing.T) {
	t.Parallel()
	register(t, func(ctx *pulumi.Context) error {
		_, err := resource.NewSchema(ctx, "schema", &resource.SchemaArgs{
			Tables: []resource.Table{{Name: "videos", Definition: func() {}}}})
		if err == nil {
			t.Error("a definition that has no JSON form was accepted")
		}
		return nil
	})
}

// orderedJSON is JSON text that encodes to itself, as table.Definition does.
type orderedJSON string

func (o orderedJSON) MarshalJSON() ([]byte, error) { return []byte(o), nil }
