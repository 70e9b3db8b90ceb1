package provider_test

import (
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

func keyspaceInputs(name string) map[string]property.Value {
	return map[string]property.Value{"databaseId": str(databaseID), "name": str(name)}
}

func TestKeyspaceLifeCycle(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	server := embedded.server(t)
	s := newStack(t, server, resource.KeyspaceType)
	must(t, s.create(keyspaceInputs("orders")))
	has := func() bool {
		live, err := embedded.control(t).Database(t.Context(), databaseID)
		must(t, err)
		return live.HasKeyspace("orders")
	}
	if !has() {
		t.Fatal("the keyspace was not created")
	}
	if d := s.diff(keyspaceInputs("orders")); d.HasChanges {
		t.Errorf("a second up changes %v", d.DetailedDiff)
	}
	refused(t, newStack(t, server, resource.KeyspaceType).create(keyspaceInputs("orders")),
		"has it already", "pulumi import astradb:index:Keyspace it "+databaseID+"/orders")
	refused(t, s.delete(), "protected", "deletionProtection")
	_, err := s.tryDiff(keyspaceInputs("other"))
	refused(t, err, "replace the keyspace orders")
	if !has() {
		t.Fatal("a protected keyspace was dropped")
	}

	imported, err := s.imported()
	must(t, err)
	if d := imported.diff(keyspaceInputs("orders")); d.HasChanges || !imported.state.Get("deletionProtection").AsBool() {
		t.Errorf("after the import %v an up changes %v", imported.state, d.DetailedDiff)
	}
	_, err = s.update(unprotected(keyspaceInputs("orders")), false)
	must(t, err)
	if d := s.diff(unprotected(keyspaceInputs("other"))); d.DetailedDiff["name"].Kind != p.UpdateReplace {
		t.Errorf("another name shows as %v, want a replacement", d.DetailedDiff)
	}
	must(t, s.delete())
	if has() || !s.isGone() {
		t.Error("after the deletion the keyspace is still there")
	}
	must(t, s.delete()) // what is gone is deleted
}

func TestKeyspaceImportIDs(t *testing.T) {
	t.Parallel()
	s := newStack(t, startAstra(t).server(t), resource.KeyspaceType)
	for _, id := range []string{databaseID, databaseID + "/", "/orders", databaseID + "/a/b"} {
		s.id = id
		_, err := s.imported()
		refused(t, err, "its id must be")
	}
	s.id = databaseID + "/nowhere"
	if imported, err := s.imported(); err != nil || imported.id != "" {
		t.Errorf("a keyspace that does not exist is imported: %v", err)
	}
}

func TestKeyspaceCheckNamesTheField(t *testing.T) {
	t.Parallel()
	s := newStack(t, newServer(t, nil), resource.KeyspaceType)
	for field, value := range map[string]string{"databaseId": "", "name": "no-hyphen"} {
		_, failures := s.check(with(keyspaceInputs("orders"), field, str(value)))
		if len(failures) != 1 || failures[0].Property != field {
			t.Errorf("%s: failures = %v", field, failures)
		}
	}
}

// In a database that does not exist no keyspace is made, and one of a database
// that is gone went with it.
func TestKeyspaceOfAnUnknownDatabase(t *testing.T) {
	t.Parallel()
	const nowhere = "00000000-0000-4000-8000-00000000dead"
	s := newStack(t, startAstra(t).server(t), resource.KeyspaceType)
	refused(t, s.create(with(keyspaceInputs("orders"), "databaseId", str(nowhere))), nowhere)
	s.id = nowhere + "/orders"
	if !s.isGone() {
		t.Error("a keyspace of a database that does not exist is still there for a refresh")
	}
}
