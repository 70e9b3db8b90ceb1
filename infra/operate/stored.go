package operate

import (
	"context"
	"slices"
	"time"
)

// Stored is what holds credentials or settings of a stack on its platform: an
// object of a cluster, or a version of a cloud's secret. Its value is never read.
type Stored struct {
	// Type and ID are those that a state has of it.
	Type, ID string
	// Alias is another ID that a state may have of it, "" if there is none.
	Alias string
	// Name is what people call it, with its kind.
	Name    string
	Created time.Time
	// Keep is why it must not be removed, such as a service that uses it; "" if it
	// may be.
	Keep string
	// Removal is the command that removes it.
	Removal string
}

// Store is where a platform keeps the credentials of a stack.
type Store interface {
	// Stored lists what the caller may see. An error says which right is missing;
	// what was found all the same is returned with it.
	Stored(ctx context.Context) ([]Stored, error)
	// Remove removes one that no state knows, and says what became of it.
	Remove(ctx context.Context, lost Stored) (string, error)
}

// The reasons to keep what no state knows.
const (
	// InUse: the state of a deployment that was killed is behind.
	InUse = "the service on the platform uses it"
	// MayBeInUse: what runs could not be read.
	MayBeInUse = "whether the service uses it could not be read"
)

// Lost are those that no resource of the state is, not one that is still to be
// deleted either: what a deployment made whose answer was lost, or that was killed.
func (s Stack) Lost(stored []Stored) (lost []Stored) {
	for _, one := range stored {
		if !slices.ContainsFunc(s.Resources, func(r Resource) bool {
			return r.Type == one.Type && r.ID != "" && (r.ID == one.ID || r.ID == one.Alias)
		}) {
			lost = append(lost, one)
		}
	}
	return lost
}
