package provider_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/provider"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// packageSchema is what `pulumi package get-schema` prints.
func packageSchema(t *testing.T) schema.PackageSpec {
	t.Helper()
	built, err := provider.New()
	must(t, err)
	spec, err := p.GetSchema(t.Context(), provider.Name, provider.Version, built)
	must(t, err)
	return spec
}

// outputs are the binding of every type, whose fields are the outputs.
func outputs() map[string]any {
	return map[string]any{
		resource.DatabaseType: resource.Database{}, resource.KeyspaceType: resource.Keyspace{}, resource.AccessListType: resource.AccessList{},
		resource.RoleType: resource.Role{}, resource.TokenType: resource.Token{}, resource.SchemaType: resource.Schema{},
		resource.SigningKeyType: resource.SigningKey{}, resource.GateType: resource.Gate{}, resource.ProcessType: resource.Process{},
		resource.OneTimeCodesType: resource.OneTimeCodes{},
		resource.FrontType:        resource.Front{}, resource.OwnerType: resource.Owner{},
		resource.WaitType: resource.Wait{}, resource.RandomType: resource.Random{}, resource.EntryType: resource.AccessListEntry{},
		resource.CloudRunServingType: resource.CloudRunServing{}, resource.CloudRunTrafficType: resource.CloudRunTraffic{},
	}
}

func TestTheSchemaHasEveryResource(t *testing.T) {
	t.Parallel()
	spec := packageSchema(t)
	if len(spec.Resources) != len(outputs()) {
		t.Errorf("%d resources in the schema, %d bindings", len(spec.Resources), len(outputs()))
	}
	for typ, binding := range outputs() {
		described, ok := spec.Resources[typ]
		if !ok {
			t.Errorf("the schema lacks %s", typ)
			continue
		}
		of := reflect.TypeOf(binding)
		for i := range of.NumField() {
			name := of.Field(i).Tag.Get("pulumi")
			if _, ok := described.Properties[name]; name != "" && !ok {
				t.Errorf("%s: the binding reads output %s, which the provider does not have", typ, name)
			}
		}
		for name, property := range described.InputProperties {
			if property.Description == "" && !strings.HasSuffix(typ, "Schema") {
				t.Errorf("%s: input %s is not described", typ, name)
			}
		}
	}
}

func TestTheSchemaMarksSecrets(t *testing.T) {
	t.Parallel()
	spec := packageSchema(t)
	for typ, want := range map[string][]string{
		resource.DatabaseType: nil, resource.KeyspaceType: nil, resource.AccessListType: nil, resource.EntryType: nil,
		resource.RoleType: nil, resource.SchemaType: nil, resource.GateType: nil, resource.FrontType: nil, resource.OwnerType: nil,
		resource.TokenType:      {"given", "token"},
		resource.SigningKeyType: {"current", "fallback", "given", "previous"},
		resource.ProcessType:    {"secrets", "token"},

		resource.OneTimeCodesType: {"codes"},
		resource.RandomType:       {"value"},
	} {
		var got []string
		for name, property := range spec.Resources[typ].Properties {
			if property.Secret {
				got = append(got, name)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: secret outputs %v, want %v", typ, got, want)
		}
		for name, property := range spec.Resources[typ].InputProperties {
			if property.Secret != slices.Contains(want, name) {
				t.Errorf("%s: input %s: secret = %v", typ, name, property.Secret)
			}
		}
	}
	if token := spec.Config.Variables["deployToken"]; !token.Secret {
		t.Error("the configuration's deployToken is not secret")
	}
}

// inputsOf records what a program registers for every type.
type inputsOf struct {
	mu   sync.Mutex
	seen map[string]presource.PropertyMap
}

func (r *inputsOf) NewResource(args pulumi.MockResourceArgs) (string, presource.PropertyMap, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen[args.TypeToken] = args.Inputs
	return args.Name, args.Inputs, nil
}

func (r *inputsOf) Call(args pulumi.MockCallArgs) (presource.PropertyMap, error) {
	return nil, fmt.Errorf("no function is expected, got %s", args.Token)
}

func TestBindingsSendEveryInputAndNoOther(t *testing.T) {
	t.Parallel()
	recorded := &inputsOf{seen: map[string]presource.PropertyMap{}}
	must(t, pulumi.RunErr(registerWithEveryInput, pulumi.WithMocks("shop", "test", recorded)))
	spec := packageSchema(t)
	for typ, inputs := range recorded.seen {
		want := spec.Resources[typ].InputProperties
		if typ == resource.ProviderType {
			want = spec.Provider.InputProperties
		}
		for name := range want {
			if _, ok := inputs[presource.PropertyKey(name)]; !ok {
				t.Errorf("%s: the binding cannot set input %s", typ, name)
			}
		}
		for name := range inputs {
			if _, ok := want[string(name)]; !ok && name != "version" {
				t.Errorf("%s: the binding sends %s, which the provider does not know", typ, name)
			}
		}
	}
	if len(recorded.seen) != len(outputs())+1 {
		t.Errorf("%d types were registered, want %d", len(recorded.seen), len(outputs())+1)
	}
}

func registerWithEveryInput(ctx *pulumi.Context) error {
	text, number := pulumi.String("x"), pulumi.Int(1)
	list, values := pulumi.StringArray{text}, pulumi.StringMap{"X": text}
	_, err1 := resource.NewProvider(ctx, "provider", &resource.ProviderArgs{DevopsEndpoint: text, DataAPIEndpoint: text, DeployToken: text,
		Embedded: pulumi.Bool(true)})
	_, err2 := resource.NewRole(ctx, "role", &resource.RoleArgs{Name: text, Description: text, DatabaseID: text, Keyspace: text,
		Actions: list})
	_, err3 := resource.NewToken(ctx, "token", &resource.TokenArgs{RoleID: text, DatabaseID: text, Keyspace: text,
		Generation: text, Given: text, AllowBroad: pulumi.Bool(true), ReadOnly: pulumi.Bool(true)})
	_, err4 := resource.NewSchema(ctx, "schema", &resource.SchemaArgs{DatabaseID: text, Keyspace: text})
	_, err5 := resource.NewSigningKey(ctx, "key", &resource.SigningKeyArgs{
		Given: text, Generation: text, LeakGeneration: text, TokenLifetimeSeconds: number, RolloutSeconds: number,
		ProvedFingerprint: text, ProvedAt: text,
	})
	_, err6 := resource.NewGate(ctx, "gate", &resource.GateArgs{URL: text, Path: text, RevisionField: text, RevisionHeader: text,
		StatusOnly: pulumi.Bool(true), Revision: text, Triggers: list, Consecutive: number,
		TimeoutSeconds: number, IntervalMillis: number, LogFile: text, Mode: text, Reason: text, KeyFingerprint: text})
	_, err7 := resource.NewProcess(ctx, "process", &resource.ProcessArgs{Command: text, Args: list, Env: values, Secrets: values,
		Dir: text, WorkingDir: text, URL: text, HealthPath: text, StartTimeoutSeconds: number, StopTimeoutSeconds: number,
		TokenFile: text, PortSetting: text, Triggers: list, Owner: text, PortVariable: text})
	_, err8 := resource.NewFront(ctx, "front", &resource.FrontArgs{Command: text, Dir: text, Owner: text, URL: text, ProcessDir: text,
		Address: text, Instance: text, StopTimeoutSeconds: number, PortSetting: text})
	_, err9 := resource.NewOwner(ctx, "owner")
	_, err10 := resource.NewOneTimeCodes(ctx, "codes", &resource.OneTimeCodesArgs{Names: list, Generation: text})
	_, err11 := resource.NewWait(ctx, "wait", &resource.WaitArgs{For: text, Triggers: list, OnlyNew: pulumi.Bool(true), FirstSeconds: number,
		ChangedSeconds: number})
	_, err12 := resource.NewRandom(ctx, "random", &resource.RandomArgs{Generation: text})
	_, err13 := resource.NewDatabase(ctx, "database", &resource.DatabaseArgs{Name: text, CloudProvider: text, Region: text, Keyspace: text,
		DeletionProtection: pulumi.Bool(true)})
	_, err14 := resource.NewKeyspace(ctx, "keyspace", &resource.KeyspaceArgs{DatabaseID: text, Name: text,
		DeletionProtection: pulumi.Bool(true)})
	_, err15 := resource.NewAccessList(ctx, "list", &resource.AccessListArgs{
		DatabaseID: text, Enabled: pulumi.Bool(true), Exclusive: pulumi.Bool(true),
		Addresses: []resource.AccessAddress{{Address: text, Description: text, Enabled: pulumi.Bool(true)}},
	})
	_, err16 := resource.NewAccessListEntry(ctx, "entry", &resource.AccessListEntryArgs{DatabaseID: text, Address: text, Description: text})
	_, err17 := resource.NewCloudRunServing(ctx, "serving", &resource.CloudRunServingArgs{Project: text, Location: text, Service: text,
		Triggers: list})
	_, err18 := resource.NewCloudRunTraffic(ctx, "traffic", &resource.CloudRunTrafficArgs{
		Project: text, Location: text, Service: text, To: text, Tag: text, Generation: text, Steps: pulumi.IntArray{number},
		StepSeconds: number, URL: text, Revision: text, Path: text, RevisionField: text, RevisionHeader: text,
		StatusOnly: pulumi.Bool(true), KeyFingerprint: text,
	})
	return errors.Join(err1, err2, err3, err4, err5, err6, err7, err8, err9, err10, err11, err12, err13, err14, err15, err16, err17, err18)
}
