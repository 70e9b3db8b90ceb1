// Package databases keeps the databases of the organization: what they are, and
// the changes that take Astra a while, each with the status that a database has
// meanwhile. It knows nothing of HTTP or rows.
package databases

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
)

// Errors of the registry.
var (
	ErrNotFound = errors.New("the database does not exist")
	ErrState    = errors.New("the database's status does not allow it")
	ErrKeyspace = errors.New("the keyspace does not exist")
)

// Statuses that a database rests in.
const (
	Active     = "ACTIVE"
	Parked     = "PARKED"
	Terminated = "TERMINATED"
)

// Database is one database.
type Database struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Region    string    `json:"region"`
	Provider  string    `json:"provider"`
	Owner     string    `json:"owner"`
	Created   time.Time `json:"created"`
	Used      time.Time `json:"used"`
	Keyspaces []string  `json:"keyspaces"`
	// Rest is the status without the changes in progress.
	Rest    string     `json:"rest"`
	Changes []Change   `json:"changes,omitempty"`
	Access  AccessList `json:"access"`
}

// Registry is the organization's databases.
type Registry struct {
	// Main is the id of the database that a request without a database's host
	// name is for.
	Main string

	store  *rowstore.Store
	delays Delays
	now    func() time.Time
	mu     sync.Mutex
	all    map[string]*Database
	// due is when the next change is done, as Unix nanoseconds; 0 without one.
	due atomic.Int64
}

// Delays are how long changes take.
type Delays struct{ Database, Keyspace time.Duration }

const kind = "database"

// Open reads the databases, and makes the main one when the store is new.
func Open(store *rowstore.Store, main Database, delays Delays) (*Registry, error) {
	r := &Registry{Main: main.ID, store: store, delays: delays, now: time.Now, all: map[string]*Database{}}
	err := store.Records(kind, func(id string, body []byte) error {
		d := &Database{}
		r.all[id] = d
		return json.Unmarshal(body, d)
	})
	if err != nil {
		return nil, fmt.Errorf("read the databases: %w", err)
	}
	d := r.all[main.ID]
	if d == nil {
		d = &main
		d.Created, d.Used, d.Rest = r.now().UTC(), r.now().UTC(), Active
		d.Keyspaces = append(d.Keyspaces, without(store.Keyspaces(), d.Keyspaces...)...)
		r.all[d.ID] = d
	}
	d.Region, d.Keyspaces = main.Region, append(d.Keyspaces, without(main.Keyspaces, d.Keyspaces...)...)
	r.plan()
	return r, errors.Join(r.createAll(d), store.PutRecord(kind, d.ID, d))
}

func without(list []string, gone ...string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(gone, s) || slices.Contains([]byte(s), '/') })
}

func (r *Registry) createAll(d *Database) error {
	r.store.Schema.Lock()
	defer r.store.Schema.Unlock()
	var errs []error
	for _, ks := range d.Keyspaces {
		errs = append(errs, r.store.CreateKeyspace(r.Space(d.ID, ks)))
	}
	return errors.Join(errs...)
}

// Space is the store's name for a keyspace of a database.
func (r *Registry) Space(database, keyspace string) string {
	if database == r.Main {
		return keyspace
	}
	return database + "/" + keyspace
}

// View is a database as it is now.
type View struct {
	Database
	Status string
}

func (d *Database) view(now time.Time) View {
	c := *d
	c.Keyspaces = slices.Clone(d.Keyspaces)
	return View{Database: c, Status: d.status(now)}
}

// Get finds a database, terminated ones too.
func (r *Registry) Get(id string) (View, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d := r.all[id]
	if d == nil {
		return View{}, false
	}
	return d.view(r.now()), true
}

// List returns the databases in the order of their creation.
func (r *Registry) List() []View {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []View
	for _, d := range r.all {
		out = append(out, d.view(r.now()))
	}
	slices.SortFunc(out, func(a, b View) int { return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID)) })
	return out
}

// Create begins a database and returns its id.
func (r *Registry) Create(d Database) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d.ID, d.Created, d.Used, d.Rest = uuid.NewString(), r.now().UTC(), r.now().UTC(), Active
	r.all[d.ID] = &d
	return d.ID, r.begin(&d, Change{Kind: create}, r.delays.Database)
}

// Terminate begins the end of a database.
func (r *Registry) Terminate(id string) error {
	return r.change(id, Change{Kind: terminate}, r.delays.Database/2, Active, Parked)
}

// Park parks a database.
func (r *Registry) Park(id string) error {
	return r.change(id, Change{Kind: park}, r.delays.Database/2, Active)
}

// Unpark wakes it.
func (r *Registry) Unpark(id string) error {
	return r.change(id, Change{Kind: unpark}, r.delays.Database/2, Parked)
}

// CreateKeyspace begins a keyspace.
func (r *Registry) CreateKeyspace(id, keyspace string) error {
	return r.change(id, Change{Kind: createKeyspace, Keyspace: keyspace}, r.delays.Keyspace, Active)
}

// DropKeyspace begins the end of a keyspace.
func (r *Registry) DropKeyspace(id, keyspace string) error {
	return r.change(id, Change{Kind: dropKeyspace, Keyspace: keyspace}, r.delays.Keyspace, Active)
}

// ChangeAccess changes the access list; concurrent changes are made one after
// the other, so that none is lost.
func (r *Registry) ChangeAccess(id string, change func(AccessList) AccessList) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	d := r.all[id]
	if d == nil {
		return ErrNotFound
	}
	d.Access = change(d.Access)
	return r.store.PutRecord(kind, d.ID, d)
}
