package enginetest

import (
	"maps"
	"slices"
	"testing"
)

// Asked is what a place's test of production asks for, and what of it changes.
type Asked struct {
	// Settings are general settings, and More members of the target's group.
	Settings map[string]string
	More     map[string]any
	// Address and Gateway are the types of the reserved address and of what uses
	// it, "" where the platform makes neither.
	Address, Gateway string
	// Addresses are how many addresses the service calls from.
	Addresses int
	// Key is the type of the key, "" if none is made.
	Key string
	// Changed are members of the target's group with which another address comes,
	// and goes when they are taken back; nil if none can.
	Changed map[string]any
}

const (
	entry      = "astradb:index:AccessListEntry"
	egress     = entry + " access-dev-egress"
	accessList = "astradb:index:AccessList "
)

// Production deploys, changes and destroys a stack that asks for all that
// production asks for. The database's access list must have the addresses before
// they are used and until they are gone, and be in force after the proof.
func Production(t *testing.T, place Place, asked Asked) {
	t.Helper()
	s := open(t, place)
	for _, name := range slices.Sorted(maps.Keys(asked.Settings)) {
		s.set(name, asked.Settings[name])
	}
	s.set("accessList", "198.51.100.0/24,203.0.113.7")
	s.group(asked.More)
	service := place.Cloud.Service
	done := s.up()
	for _, first := range []string{asked.Address, egress, asked.Gateway} {
		if first != "" {
			done.inOrder(t, "create "+first, "create "+service)
		}
	}
	if asked.Gateway != "" {
		done.inOrder(t, "create "+asked.Address, "create "+egress, "create "+asked.Gateway, "create "+service)
	}
	if asked.Key != "" {
		done.inOrder(t, "create "+asked.Key, "create "+place.Version, "create "+service)
	}
	done.inOrder(t, "create "+entry+" access-dev-198", "create astradb:index:Schema")
	done.inOrder(t, "create "+egress, "create "+service, "create "+gate, "create "+accessList)
	s.listed(t, 2+asked.Addresses, true)
	s.again(t)
	s.set("accessList", "198.51.100.0/24,203.0.113.8")
	done = s.up()
	done.inOrder(t, "create "+entry+" access-dev-203-0-113-8", "update "+accessList, "delete "+entry+" access-dev-203-0-113-7")
	done.never(t, "update "+service)
	s.listed(t, 2+asked.Addresses, true)
	if asked.Changed != nil {
		more := maps.Clone(asked.Changed)
		maps.Copy(more, asked.More)
		s.group(more)
		s.up().inOrder(t, "create "+asked.Address, "create "+egress, "create "+asked.Gateway)
		s.listed(t, 3+asked.Addresses, true)
		s.group(asked.More)
		s.up().inOrder(t, "delete "+asked.Gateway, "delete "+egress, "delete "+asked.Address)
		s.listed(t, 2+asked.Addresses, true)
		s.again(t)
	}
	s.gone().inOrder(t, "delete "+accessList, "delete "+gate, "delete "+service, "delete "+egress)
	s.listed(t, 0, false)
}

// listed asks Astra for the database's access list.
func (s *stack) listed(t *testing.T, entries int, enabled bool) {
	t.Helper()
	live, err := s.astra.AccessList(t.Context(), databaseID)
	must(t, err)
	if len(live.Addresses) != entries || live.Configurations.Enabled != enabled {
		t.Errorf("the access list is %+v, want %d entries, enabled %t", live, entries, enabled)
	}
}
