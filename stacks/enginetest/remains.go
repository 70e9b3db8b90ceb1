package enginetest

import (
	"errors"
	"slices"

	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/stacks/enginetest/standin"
)

// search asks the cloud for what holds credentials and no state knows, as doctor
// does, and holds that nothing of the kind is there that it does not find.
func (f *failures) search(state operate.Stack) (operate.Store, []operate.Stored) {
	f.t.Helper()
	if f.cloud == nil {
		return nil, nil
	}
	unknown := f.unknown(state)
	store, err := f.place.Store(state)
	if errors.Is(err, operate.ErrNotDeployed) { // the first thing of all was lost
		return nil, nil
	}
	must(f.t, err)
	stored, err := store.Stored(f.t.Context())
	must(f.t, err)
	lost := state.Lost(stored)
	for _, thing := range unknown {
		at := slices.IndexFunc(lost, func(one operate.Stored) bool {
			return one.Type == thing.Type && (one.ID == thing.ID || one.Alias == thing.ID)
		})
		switch {
		case at >= 0:
			note(&f.found.listed, thing.Type)
		case f.holdsCredentials(thing):
			f.t.Errorf("%s %s is on the cloud, and neither the state nor doctor knows it", thing.Type, thing.ID)
		}
	}
	return store, lost
}

// unknown is what the cloud holds that no state knows.
func (f *failures) unknown(state operate.Stack) (all []standin.Thing) {
	for _, thing := range f.cloud.Left() {
		if !slices.ContainsFunc(state.Resources, func(r operate.Resource) bool { return r.Type == thing.Type && r.ID == thing.ID }) {
			all = append(all, thing)
		}
	}
	return all
}

// holdsCredentials tells of what doctor must find. A version that AWS will delete
// by itself has no credential that is in use.
func (f *failures) holdsCredentials(thing standin.Thing) bool {
	return slices.Contains([]string{f.place.Version, "kubernetes:core/v1:ConfigMap"}, thing.Type) && !f.cloud.Deprecated(thing)
}

// collect removes what no state knows, as doctor does, and nothing that serves:
// the cloud notes that.
func (f *failures) collect(now look) {
	f.t.Helper()
	for _, one := range now.lost {
		if one.Keep != "" {
			f.t.Errorf("%s stays after an update that passed: %s", one.Name, one.Keep)
			continue
		}
		_, err := now.store.Remove(f.t.Context(), one)
		must(f.t, err)
	}
	if len(now.lost) == 0 {
		return
	}
	f.sound(f.t)
	if _, left := f.search(now.state); len(left) > 0 {
		f.t.Errorf("doctor removed what it had found, and finds again %+v", left)
	}
}

// noteRemains notes what the cloud holds that no state knows and doctor does not
// find.
func (f *failures) noteRemains() {
	f.t.Helper()
	if f.cloud == nil {
		return
	}
	for _, thing := range f.unknown(f.now.state) {
		if !f.cloud.Deprecated(thing) {
			note(&f.found.remains, thing.Type)
		}
	}
}
