package provider_test

import (
	"strings"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/killrvideo/killrvideo-go/infra/provider"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

func TestAnotherDeployTokenReplacesNothing(t *testing.T) {
	t.Parallel()
	server := newServer(t, nil)
	config := func(token string) property.Map {
		return property.NewMap(map[string]property.Value{
			"devopsEndpoint": str(provider.DefaultDevopsEndpoint), "deployToken": secret(token)})
	}
	d, err := server.DiffConfig(p.DiffRequest{State: config("AstraCS:generated-for-this-test"),
		Inputs: config("AstraCS:another-for-this-test")})
	must(t, err)
	if !d.HasChanges || len(d.DetailedDiff) != 1 || d.DetailedDiff["deployToken"].Kind != p.Update {
		t.Errorf("diff = %+v, want an update of deployToken alone", d)
	}
	d, err = server.DiffConfig(p.DiffRequest{State: config("AstraCS:generated-for-this-test"),
		Inputs: config("AstraCS:generated-for-this-test")})
	must(t, err)
	if d.HasChanges {
		t.Errorf("diff = %+v, want none", d)
	}
}

func TestCheckConfigFillsInTheEndpointAndKeepsTheSecret(t *testing.T) {
	t.Parallel()
	built := newServer(t, nil)
	inputs := property.NewMap(map[string]property.Value{"deployToken": str("AstraCS:generated-for-this-test")})
	r, err := built.CheckConfig(p.CheckRequest{Inputs: inputs})
	must(t, err)
	if !r.Inputs.Get("deployToken").Secret() {
		t.Error("a plain deployToken is not made secret")
	}
	if got := r.Inputs.Get("devopsEndpoint"); !got.IsString() || got.AsString() != provider.DefaultDevopsEndpoint {
		t.Errorf("devopsEndpoint = %v", got)
	}
}

func TestWithoutADeployTokenTheSettingIsNamed(t *testing.T) {
	t.Parallel()
	server := newServer(t, nil)
	inputs := map[string]map[string]property.Value{
		resource.DatabaseType: databaseInputs("us-east1"), resource.KeyspaceType: keyspaceInputs("orders"),
		resource.AccessListType: accessInputs("192.0.2.1"),
		resource.EntryType:      entryInputs("192.0.2.1", "office"),
		resource.RoleType:       {"name": str("r"), "databaseId": str("d"), "keyspace": str("k")},
		resource.TokenType:      {"roleId": str(databaseID), "databaseId": str("d"), "keyspace": str("k")},
		resource.SchemaType: {"databaseId": str("d"), "keyspace": str("k"),
			"tables": property.New([]property.Value{})},
	}
	for typ, args := range inputs {
		err := newStack(t, server, typ).create(args)
		if err == nil || !strings.Contains(err.Error(), "pulumi config set --secret astraDeployToken") {
			t.Errorf("%s: err = %v, want the command that sets the deploy token", typ, err)
		}
	}
	for function, args := range map[string]map[string]property.Value{"getDatabase": {"name": str("shop")}, "getRegions": nil} {
		_, err := invoke(server, function, args)
		refused(t, err, "pulumi config set --secret astraDeployToken")
	}
}
