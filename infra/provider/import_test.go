package provider_test

import (
	"maps"
	"strings"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// made is one resource of each type, as a deployment makes them.
func made(t *testing.T) map[string]*stack {
	t.Helper()
	embedded := startAstra(t)
	server := embedded.server(t)
	schema := newStack(t, server, resource.SchemaType)
	must(t, schema.create(schemaInputs("videos", bigger, indexOf("videos_name", "regular", "name"))))
	role := embedded.role(t, server, "videos")
	token := newStack(t, server, resource.TokenType)
	must(t, token.create(tokenInputs(role.id, "0")))
	key := newStack(t, server, resource.SigningKeyType)
	must(t, key.create(map[string]property.Value{"tokenLifetimeSeconds": property.New(60.0)}))
	gate := newStack(t, server, resource.GateType)
	must(t, gate.create(map[string]property.Value{"url": str("http://127.0.0.1:1"), "revision": str("r"), "mode": str("off"),
		"reason": str("a test")}))
	process := newStack(t, server, resource.ProcessType)
	must(t, process.create(newPrograms(t).inputs("generated-for-this-test")))
	t.Cleanup(func() { must(t, process.delete()) })
	codes := newStack(t, server, resource.OneTimeCodesType)
	must(t, codes.create(codesInputs("1", "ada@example.org")))
	program := newPrograms(t)
	beside := newStack(t, server, resource.ProcessType)
	must(t, beside.create(program.beside("generated-for-this-test")))
	t.Cleanup(func() { must(t, beside.delete()) })
	front := newStack(t, server, resource.FrontType)
	must(t, front.create(program.front(t, beside)))
	t.Cleanup(func() { must(t, front.delete()) })
	owner := newStack(t, server, resource.OwnerType)
	must(t, owner.create(nil))
	wait := newStack(t, server, resource.WaitType)
	must(t, wait.create(map[string]property.Value{"for": str("nothing")}))
	random := newStack(t, server, resource.RandomType)
	must(t, random.create(nil))
	google := startCloudRun(t)
	before, moved := google.stack(t, resource.CloudRunServingType), google.stack(t, resource.CloudRunTrafficType)
	must(t, moved.create(google.inputs("api-2")))
	must(t, before.create(serving("1")))
	created := map[string]*stack{
		resource.CloudRunServingType: before, resource.CloudRunTrafficType: moved,
		resource.WaitType: wait, resource.RandomType: random, resource.OneTimeCodesType: codes, resource.FrontType: front,
		resource.OwnerType: owner, resource.SchemaType: schema, resource.RoleType: role, resource.TokenType: token,
		resource.SigningKeyType: key, resource.GateType: gate, resource.ProcessType: process,
	}
	for typ, inputs := range map[string]map[string]property.Value{
		resource.DatabaseType: databaseInputs("us-east1"), resource.KeyspaceType: keyspaceInputs("orders"),
		resource.AccessListType: accessInputs("192.0.2.1"),
	} {
		created[typ] = newStack(t, server, typ)
		must(t, created[typ].create(inputs))
	}
	// Beside a list that takes every other entry out there can be none.
	created[resource.EntryType] = newStack(t, startAstra(t).server(t), resource.EntryType)
	must(t, created[resource.EntryType].create(entryInputs("192.0.2.1", "office")))
	return created
}

// Every resource reads from its id, or says that it cannot be imported and what
// to do instead; and a refresh without drift changes nothing.
func TestReadAndImportOfEveryResource(t *testing.T) {
	t.Parallel()
	all := made(t)
	if len(all) != len(outputs()) {
		t.Fatalf("%d resources are tried, the provider has %d", len(all), len(outputs()))
	}
	refused := map[string]string{
		resource.TokenType:      "pulumi config set --secret astraToken",
		resource.SigningKeyType: "pulumi config set --secret jwtSecretKey",
		resource.GateType:       "pulumi up",
		resource.ProcessType:    "pulumi up",
		resource.FrontType:      "pulumi up",
		resource.WaitType:       "pulumi up",
		resource.RandomType:     "pulumi up",

		resource.OneTimeCodesType: "pulumi up",
	}
	for typ, s := range all {
		t.Run(typ, func(t *testing.T) {
			refreshed, err := s.tryRead()
			if err != nil || refreshed.ID != s.id || !refreshed.Properties.Equals(s.state) || !refreshed.Inputs.Equals(s.inputs) {
				t.Errorf("a refresh reads %q %v, %v; want %q %v", refreshed.ID, refreshed.Properties, err, s.id, s.state)
			}
			offline := &stack{t: t, server: newServer(t, nil), urn: s.urn, id: s.id, inputs: s.inputs, state: s.state}
			offline.previewCreate(s.inputs.AsMap())
			if d := offline.diffWith(s.inputs); d.HasChanges {
				t.Errorf("without credentials a preview shows %v", d.DetailedDiff)
			}
			imported, err := s.imported()
			if advice := refused[typ]; advice != "" {
				if err == nil || !strings.Contains(err.Error(), "cannot be imported") || !strings.Contains(err.Error(), advice) {
					t.Errorf("the import ends with %v, want a refusal that says %q", err, advice)
				}
				return
			}
			if err != nil || imported.id != s.id {
				t.Fatalf("the import reads %q, %v", imported.id, err)
			}
			for name, change := range imported.diffWith(s.inputs).DetailedDiff {
				if change.Kind != p.Update {
					t.Errorf("after the import, the next up shows %s as %v", name, change.Kind)
				}
			}
		})
	}
}

func TestSchemaImport(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	s := newStack(t, embedded.server(t), resource.SchemaType)
	inputs := schemaInputs("videos", bigger, indexOf("videos_name", "regular", "name"), indexOf("videos_v", "vector", "v"))
	must(t, s.create(inputs))
	imported := newStack(t, s.server, resource.SchemaType)
	imported.id = s.id
	read := imported.read()
	tables := read.Properties.Get("tableNames").AsArray()
	if read.Properties.Get("keyspace").AsString() != "videos" || tables.Len() != 1 || tables.Get(0).AsString() != "videos" {
		t.Errorf("imported %v", read.Properties)
	}
	kinds := map[string]string{}
	for _, index := range read.Inputs.Get("tables").AsArray().Get(0).AsMap().Get("indexes").AsArray().All {
		kinds[index.AsMap().Get("name").AsString()] = index.AsMap().Get("kind").AsString()
	}
	if !maps.Equal(kinds, map[string]string{"videos_name": "regular", "videos_v": "vector"}) {
		t.Errorf("imported the indexes %v", kinds)
	}
	imported.inputs, imported.state = read.Inputs, read.Properties
	if _, err := imported.update(inputs, false); err != nil {
		t.Errorf("the program's tables are not what was imported: %v", err)
	}
	for name, id := range map[string]string{"no slash": databaseID, "no keyspace": databaseID + "/", "no database": "/videos",
		"a table": databaseID + "/videos/videos"} {
		imported := newStack(t, s.server, resource.SchemaType)
		imported.id = id
		if _, err := imported.tryRead(); err == nil || !strings.Contains(err.Error(), "its id must be") {
			t.Errorf("%s: err = %v", name, err)
		}
	}
	for _, id := range []string{databaseID + "/nowhere", "00000000-0000-4000-8000-00000000dead/videos"} {
		gone := newStack(t, s.server, resource.SchemaType)
		gone.id = id
		if !gone.isGone() {
			t.Errorf("%s, which does not exist, was imported", id)
		}
	}
}

// diffWith compares with inputs that were checked before.
func (s *stack) diffWith(inputs property.Map) p.DiffResponse {
	s.t.Helper()
	r, err := s.server.Diff(p.DiffRequest{ID: s.id, Urn: s.urn, State: s.state, OldInputs: s.inputs, Inputs: inputs})
	must(s.t, err)
	return r
}
