package provider_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

func accessInputs(addresses ...string) map[string]property.Value {
	entries := []property.Value{}
	for _, address := range addresses {
		entries = append(entries, property.New(map[string]property.Value{"address": str(address), "description": str("office")}))
	}
	return map[string]property.Value{"databaseId": str(databaseID), "addresses": property.New(entries)}
}

func TestAccessListLifeCycle(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	server := embedded.server(t)
	live := func() *devops.AccessList {
		list, err := embedded.control(t).AccessList(t.Context(), databaseID)
		must(t, err)
		return list
	}
	s := newStack(t, server, resource.AccessListType)
	must(t, s.create(accessInputs("192.0.2.0/24", "198.51.100.7")))
	if list := live(); !list.Configurations.Enabled || len(list.Addresses) != 2 || !list.Addresses[0].Enabled {
		t.Errorf("created %+v", list)
	}
	if d := s.diff(accessInputs("198.51.100.7", "192.0.2.0/24")); d.HasChanges {
		t.Errorf("another order shows as %v", d.DetailedDiff)
	}
	refused(t, newStack(t, server, resource.AccessListType).create(accessInputs("203.0.113.1")),
		"has one already", "pulumi import astradb:index:AccessList it "+databaseID)

	next := accessInputs("192.0.2.0/24")
	if d := s.diff(next); len(d.DetailedDiff) != 1 || d.DetailedDiff["addresses"].Kind != p.Update {
		t.Errorf("a shorter list shows as %v, want an update", d.DetailedDiff)
	}
	_, err := s.update(next, false)
	must(t, err)
	if list := live(); len(list.Addresses) != 1 || !list.Configurations.Enabled {
		t.Errorf("updated to %+v", list)
	}
	imported, err := s.imported()
	must(t, err)
	if d := imported.diff(next); d.HasChanges {
		t.Errorf("after the import an up changes %v", d.DetailedDiff)
	}

	widened := *live()
	widened.Addresses = append(widened.Addresses, devops.Address{Address: "0.0.0.0/0", Enabled: true})
	must(t, embedded.control(t).ReplaceAccessList(t.Context(), databaseID, widened))
	read := s.read()
	s.state, s.inputs = read.Properties, read.Inputs
	if d := s.diff(next); d.DetailedDiff["addresses"].Kind != p.Update || !d.HasChanges {
		t.Errorf("an address added elsewhere shows as %v, want an update", d.DetailedDiff)
	}
	must(t, s.delete())
	if list := live(); list.Configurations.Enabled || len(list.Addresses) > 0 || !s.isGone() {
		t.Errorf("after the deletion there is %+v", list)
	}
	must(t, s.delete())
}

// A list that is enabled and empty locks every address out: it can be imported,
// to be filled.
func TestImportOfAnEmptyAccessList(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	locked := devops.AccessList{}
	locked.Configurations.Enabled = true
	must(t, embedded.control(t).ReplaceAccessList(t.Context(), databaseID, locked))
	s := newStack(t, embedded.server(t), resource.AccessListType)
	s.id = databaseID
	imported, err := s.imported()
	must(t, err)
	if imported.text("databaseId") != databaseID {
		t.Errorf("imported %v", imported.state)
	}
	if d := imported.diff(accessInputs("192.0.2.1")); d.DetailedDiff["addresses"].Kind != p.Update {
		t.Errorf("filling it shows as %v, want an update", d.DetailedDiff)
	}
}

// A list is there if it is enabled, and also if it only has entries: neither is
// taken over, and neither is gone for a refresh.
func TestAListIsThereByEntriesOrEnabled(t *testing.T) {
	t.Parallel()
	entries, enabled := devops.AccessList{Addresses: []devops.Address{{Address: "192.0.2.1", Enabled: true}}}, devops.AccessList{}
	enabled.Configurations.Enabled = true
	for name, list := range map[string]devops.AccessList{"entries": entries, "enabled": enabled} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			embedded := startAstra(t)
			must(t, embedded.control(t).ReplaceAccessList(t.Context(), databaseID, list))
			s := newStack(t, embedded.server(t), resource.AccessListType)
			refused(t, s.create(accessInputs("192.0.2.1")), "has one already")
			s.id = databaseID
			if s.isGone() {
				t.Error("it is gone for a refresh")
			}
		})
	}
}

// A list that was disabled elsewhere lets every address in: that is drift. One
// of a database that is gone went with it.
func TestDriftOfTheAccessList(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	s := newStack(t, embedded.server(t), resource.AccessListType)
	must(t, s.create(accessInputs("192.0.2.1")))
	list, err := embedded.control(t).AccessList(t.Context(), databaseID)
	must(t, err)
	list.Configurations.Enabled = false
	must(t, embedded.control(t).ReplaceAccessList(t.Context(), databaseID, *list))
	read := s.read()
	drifted := &stack{t: t, server: s.server, urn: s.urn, id: s.id, inputs: read.Inputs, state: read.Properties}
	if d := drifted.diff(accessInputs("192.0.2.1")); d.DetailedDiff["enabled"].Kind != p.Update || !d.HasChanges {
		t.Errorf("a list disabled elsewhere shows as %v, want an update", d.DetailedDiff)
	}
	const nowhere = "00000000-0000-4000-8000-00000000dead"
	refused(t, newStack(t, s.server, resource.AccessListType).create(with(accessInputs("192.0.2.1"), "databaseId", str(nowhere))), nowhere)
	s.id = nowhere
	if !s.isGone() {
		t.Error("the list of a database that does not exist is still there for a refresh")
	}
}

// The order of the entries means nothing, so that a refresh keeps the program's.
func TestRefreshKeepsTheOrderOfTheAccessList(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	s := newStack(t, embedded.server(t), resource.AccessListType)
	must(t, s.create(accessInputs("198.51.100.7", "192.0.2.0/24")))
	list, err := embedded.control(t).AccessList(t.Context(), databaseID)
	must(t, err)
	slices.Reverse(list.Addresses)
	must(t, embedded.control(t).DeleteAccessList(t.Context(), databaseID))
	must(t, embedded.control(t).ReplaceAccessList(t.Context(), databaseID, *list))
	if read := s.read(); !read.Properties.Equals(s.state) {
		t.Errorf("a refresh reads %v, want %v", read.Properties, s.state)
	}
}

func TestAccessListCheckNamesTheField(t *testing.T) {
	t.Parallel()
	s := newStack(t, newServer(t, nil), resource.AccessListType)
	disabled := property.New([]property.Value{property.New(map[string]property.Value{"address": str("192.0.2.1"),
		"enabled": property.New(false)})})
	for name, test := range map[string]struct {
		inputs map[string]property.Value
		field  string
	}{
		"no database":     {with(accessInputs("192.0.2.1"), "databaseId", str("")), "databaseId"},
		"no address":      {accessInputs("office"), "addresses"},
		"twice":           {accessInputs("192.0.2.1", "192.0.2.1"), "addresses"},
		"locks out":       {accessInputs(), "addresses"},
		"locks out still": {with(accessInputs(), "addresses", disabled), "addresses"},
	} {
		if _, failures := s.check(test.inputs); len(failures) != 1 || failures[0].Property != test.field {
			t.Errorf("%s: failures = %v", name, failures)
		}
	}
	s.checked(with(accessInputs(), "enabled", property.New(false)))
}

func entryInputs(address, description string) map[string]property.Value {
	return map[string]property.Value{"databaseId": str(databaseID), "address": str(address), "description": str(description)}
}

// An entry leaves the others alone, and another address is another entry.
func TestAccessListEntryLifeCycle(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	server := embedded.server(t)
	live := func() *devops.AccessList {
		list, err := embedded.control(t).AccessList(t.Context(), databaseID)
		must(t, err)
		return list
	}
	other := newStack(t, server, resource.EntryType)
	must(t, other.create(entryInputs("198.51.100.0/24", "another stack")))
	s := newStack(t, server, resource.EntryType)
	must(t, s.create(entryInputs("192.0.2.7", "office")))
	if found, is := live().Entry("192.0.2.7/32"); !is || !found.Enabled || found.Description != "office" || len(live().Addresses) != 2 {
		t.Errorf("created %+v", live())
	}
	if d := s.diff(entryInputs("192.0.2.8", "office")); d.DetailedDiff["address"].Kind != p.UpdateReplace {
		t.Errorf("another address shows as %v, want a replacement", d.DetailedDiff)
	}
	renamed := entryInputs("192.0.2.7", "office of the team")
	if d := s.diff(renamed); len(d.DetailedDiff) != 1 || d.DetailedDiff["description"].Kind != p.Update {
		t.Errorf("another description shows as %v, want an update", d.DetailedDiff)
	}
	_, err := s.update(renamed, false)
	must(t, err)
	if found, _ := live().Entry("192.0.2.7"); found.Description != "office of the team" {
		t.Errorf("updated to %+v", live())
	}
	imported, err := s.imported()
	must(t, err)
	if d := imported.diff(renamed); d.HasChanges {
		t.Errorf("after the import an up changes %v", d.DetailedDiff)
	}
	must(t, embedded.control(t).RestrictAccess(t.Context(), databaseID, true))
	must(t, s.delete())
	if list := live(); len(list.Addresses) != 1 || !list.Configurations.Enabled || !s.isGone() {
		t.Errorf("after the deletion there is %+v", list)
	}
	must(t, s.delete())
	must(t, other.delete())
	if list := live(); list.Configurations.Enabled || len(list.Addresses) > 0 {
		t.Errorf("the last entry left the list on, which locks everyone out: %+v", list)
	}
}

// A list that is not exclusive adds to what is there and takes nothing out.
func TestSharedAccessList(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	server := embedded.server(t)
	live := func() *devops.AccessList {
		list, err := embedded.control(t).AccessList(t.Context(), databaseID)
		must(t, err)
		return list
	}
	shared := func(addresses ...string) map[string]property.Value {
		return with(accessInputs(addresses...), "exclusive", property.New(false))
	}
	must(t, embedded.control(t).AddAddress(t.Context(), databaseID, devops.Address{Address: "203.0.113.9", Enabled: true}))
	s := newStack(t, server, resource.AccessListType)
	must(t, s.create(shared("192.0.2.1", "192.0.2.2")))
	if list := live(); !list.Configurations.Enabled || len(list.Addresses) != 3 {
		t.Errorf("created %+v", list)
	}
	_, err := s.update(shared("192.0.2.2"), false)
	must(t, err)
	if list := live(); len(list.Addresses) != 3 {
		t.Errorf("an address that left the program left the list: %+v", list)
	}
	must(t, embedded.control(t).RestrictAccess(t.Context(), databaseID, false))
	read := s.read()
	drifted := newStack(t, server, resource.AccessListType)
	drifted.id, drifted.state, drifted.inputs = s.id, read.Properties, read.Inputs
	if d := drifted.diff(shared("192.0.2.2")); d.DetailedDiff["enabled"].Kind != p.Update || !d.HasChanges {
		t.Errorf("a list that was switched off shows as %v, want an update", d.DetailedDiff)
	}
	_, err = s.update(shared("192.0.2.2"), false)
	must(t, err)
	must(t, s.delete())
	if list := live(); !list.Configurations.Enabled || len(list.Addresses) != 3 {
		t.Errorf("the deletion opened a list that has others in it: %+v", list)
	}
	for _, address := range []string{"203.0.113.9", "192.0.2.1"} {
		must(t, embedded.control(t).RemoveAddress(t.Context(), databaseID, address))
	}
	must(t, s.create(shared("192.0.2.2")))
	must(t, s.delete())
	if list := live(); list.Configurations.Enabled || len(list.Addresses) != 1 {
		t.Errorf("after the deletion of the only one there is %+v", list)
	}
}

// Entries that are made at the same time are all there afterwards.
func TestConcurrentAccessListEntries(t *testing.T) {
	t.Parallel()
	embedded := startAstra(t)
	control := embedded.control(t)
	var group sync.WaitGroup
	for i := range 20 {
		group.Add(1)
		go func() {
			defer group.Done()
			if err := control.AddAddress(t.Context(), databaseID, devops.Address{Address: fmt.Sprintf("192.0.2.%d", i), Enabled: true}); err != nil {
				t.Error(err)
			}
		}()
	}
	group.Wait()
	if list, err := control.AccessList(t.Context(), databaseID); err != nil || len(list.Addresses) != 20 {
		t.Errorf("%v: %+v", err, list)
	}
}

func TestAccessListEntryCheckNamesTheField(t *testing.T) {
	t.Parallel()
	s := newStack(t, newServer(t, nil), resource.EntryType)
	for field, inputs := range map[string]map[string]property.Value{
		"databaseId": with(entryInputs("192.0.2.1", ""), "databaseId", str("")),
		"address":    entryInputs("office", ""),
	} {
		if _, failures := s.check(inputs); len(failures) != 1 || failures[0].Property != field {
			t.Errorf("%s: failures = %v", field, failures)
		}
	}
}
