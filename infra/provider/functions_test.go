package provider_test

import (
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/integration"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/killrvideo/killrvideo-go/infra/provider"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

func invoke(server integration.Server, function string, args map[string]property.Value) (property.Map, error) {
	r, err := server.Invoke(p.InvokeRequest{Token: tokens.Type(provider.Name + ":index:" + function), Args: property.NewMap(args)})
	return r.Return, err
}

func TestGetDatabase(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	server := embedded.server(t)
	byID, err := invoke(server, "getDatabase", map[string]property.Value{"databaseId": str(databaseID)})
	must(t, err)
	name := byID.Get("name")
	byName, err := invoke(server, "getDatabase", map[string]property.Value{"name": name})
	must(t, err)
	if !byName.Equals(byID) || byID.Get("databaseId").AsString() != databaseID || byID.Get("status").AsString() != "ACTIVE" {
		t.Errorf("by id %v, by name %v", byID, byName)
	}
	twin := newStack(t, server, resource.DatabaseType)
	must(t, twin.create(unprotected(with(databaseInputs("us-east1"), "name", name))))
	_, err = invoke(server, "getDatabase", map[string]property.Value{"name": name})
	refused(t, err, "2 databases are named", databaseID, twin.id)
	must(t, twin.delete())
	if _, err := invoke(server, "getDatabase", map[string]property.Value{"name": name}); err != nil {
		t.Errorf("a database that is deleted is found too: %v", err)
	}
	_, err = invoke(server, "getDatabase", map[string]property.Value{"name": str("nowhere")})
	refused(t, err, "is named nowhere")
	for _, args := range []map[string]property.Value{nil, {"databaseId": str(databaseID), "name": name}} {
		_, err = invoke(server, "getDatabase", args)
		refused(t, err, "either databaseId or name")
	}
	for function, args := range map[string]map[string]property.Value{"getDatabase": {"name": name}, "getRegions": nil} {
		_, err = invoke(embedded.withoutDeployToken(t), function, args)
		refused(t, err, function, "astraDeployToken")
	}
}

func TestGetRegions(t *testing.T) {
	t.Parallel()
	server := startAstra(t).server(t)
	count := func(args map[string]property.Value) int {
		regions, err := invoke(server, "getRegions", args)
		must(t, err)
		all := regions.Get("regions").AsArray()
		for _, region := range all.All {
			if cloud := args["cloudProvider"]; cloud.IsString() && region.AsMap().Get("cloudProvider").AsString() != cloud.AsString() {
				t.Errorf("of %v there is %v", cloud, region)
			}
		}
		return all.Len()
	}
	enabled, all := count(nil), count(map[string]property.Value{"all": property.New(true)})
	google := count(map[string]property.Value{"cloudProvider": str("GCP")})
	googles := count(map[string]property.Value{"cloudProvider": str("GCP"), "all": property.New(true)})
	if google == 0 || google >= enabled || enabled >= all || google > googles || googles >= all {
		t.Errorf("%d regions of Google of %d, %d enabled, %d in all", google, googles, enabled, all)
	}
}
