package enginetest

import (
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/operate"
)

// orphans are found on the cloud, and removed on request only; what the service
// uses stays, whatever the state knows of it.
func (o *operator) orphans() {
	clean := "nothing that holds credentials of stack dev on the platform is an orphan"
	o.wants(o.run(nil, "doctor", "--", "-orphans", "1"), "no token and no role of stack dev is an orphan", clean)
	o.keepsWhatIsUsed()

	id := o.cloud.Repeat(o.t, o.place.Version)
	name := id[strings.LastIndexAny(id, "/|")+1:]
	o.wants(o.run(nil, "doctor", "--", "-orphans", "1"), "orphan: ", name, "by hand: ", "make doctor ORPHANS=remove")

	o.cloud.Forbid("list secrets", "secretmanager.versions.list", "ListSecretVersionIds")
	printed, _, err := o.try("doctor", "--", "-orphans", "remove")
	if o.wants(printed, "no token and no role of stack dev is an orphan", "which needs "); err == nil || strings.Contains(printed, clean) {
		o.t.Errorf("without a right doctor ended with %v:\n%s", err, printed)
	}
	o.cloud.Forbid()

	o.wants(o.run(nil, "doctor", "--", "-orphans", "1"), name)
	o.wants(o.run(nil, "doctor", "--", "-orphans", "remove"), name)
	o.wants(o.run(nil, "doctor", "--", "-orphans", "1"), clean)
	if broken := o.cloud.Broken(); len(broken) > 0 {
		o.t.Errorf("doctor broke %v", broken)
	}
	o.cloud.Journal()
	o.run(nil, "up")
	untouched(o.t, o.cloud)
}

// keepsWhatIsUsed asks as if the state knew none of what the service reads.
func (o *operator) keepsWhatIsUsed() {
	store, err := o.place.Store(o.state())
	must(o.t, err)
	stored, err := store.Stored(o.t.Context())
	must(o.t, err)
	for _, one := range stored {
		if one.Keep != operate.InUse {
			o.t.Errorf("the service uses %s, and it would be removed if no state knew it: %q", one.Name, one.Keep)
		}
	}
	if len(stored) == 0 {
		o.t.Error("nothing was found that holds a credential")
	}
}
