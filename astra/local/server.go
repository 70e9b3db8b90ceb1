// Package local is the embedded Astra: the Data API for tables and the DevOps
// API over HTTP, on one SQLite file, for laptops and tests. It is not Astra DB
// and has no place in production. It only connects its packages: storage in
// rowstore, roles in access, commands in tables, the control plane in control.
package local

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/local/access"
	"github.com/killrvideo/killrvideo-go/astra/local/control"
	"github.com/killrvideo/killrvideo-go/astra/local/databases"
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
	"github.com/killrvideo/killrvideo-go/astra/local/tables"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
	"github.com/killrvideo/killrvideo-go/astra/local/vectorize"
)

// Config says what to serve and where to keep it.
type Config struct {
	Dir string
	// Memory keeps the data only while the server runs; it needs no Dir.
	Memory bool
	// Restore is a snapshot that an empty data folder begins with.
	Restore string
	// Faults lets faults be injected; see [Fault].
	Faults         bool
	AdminTokenFile string // default Dir/admin-token
	DatabaseID     string
	Region         string
	Keyspace       string
	PageSize       int
	// BodyTimeout is how long a body of more than 1 MiB may take to arrive, during
	// which few others of that size are read; default 30 seconds.
	BodyTimeout time.Duration
	// Delays are how long databases and keyspaces take to change; zero is immediate.
	Delays databases.Delays
	Log    *slog.Logger
	// Embed stands for the embedding providers; default [vectorize.Ask].
	Embed func(service value.Service, text string, dimension int) ([]float32, error)
}

// Server is an open data folder with its HTTP handler.
type Server struct {
	http.Handler
	store    *rowstore.Store
	book     *access.Book
	lock     io.Closer
	faults   faultSwitch
	token    string
	keyspace string
	// tokenFile is where the administrator's token is.
	tokenFile string
	// remove is the folder that goes with the server.
	remove string
}

func (s *Server) organization() access.Resource { return access.Resource{Org: s.book.Org} }

func (c *Config) fill() {
	c.AdminTokenFile = cmp.Or(c.AdminTokenFile, filepath.Join(c.Dir, "admin-token"))
	c.DatabaseID = cmp.Or(c.DatabaseID, "00000000-0000-4000-8000-000000000001")
	c.Region = cmp.Or(c.Region, "us-east1")
	c.Keyspace = cmp.Or(c.Keyspace, "default_keyspace")
	c.PageSize = cmp.Or(c.PageSize, 50)
	if c.Embed == nil {
		c.Embed = vectorize.Ask
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
}

// Open opens or makes the data folder, its keyspace and its administrator's
// token. One process may have a folder open at a time.
func Open(c Config) (*Server, error) {
	s := &Server{}
	if c.Memory {
		dir, err := memoryFolder()
		if err != nil {
			return nil, err
		}
		c.Dir, s.remove = dir, dir
	}
	c.fill()
	s.keyspace, s.tokenFile = c.Keyspace, c.AdminTokenFile
	if err := s.openFolder(c); err != nil {
		return nil, err
	}
	book, err := access.Open(s.store)
	if err == nil {
		s.token, err = adminToken(book, c.AdminTokenFile)
	}
	s.book = book
	var all *databases.Registry
	if err == nil {
		main := databases.Database{ID: c.DatabaseID, Name: "local", Region: c.Region, Provider: "GCP", Owner: book.Owner(),
			Keyspaces: []string{c.Keyspace}}
		all, err = databases.Open(s.store, main, c.Delays)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.Handler = routes(c, s.store, book, all)
	if c.Faults {
		s.Handler = s.strike(s.Handler)
	}
	return s, nil
}

// openFolder locks the data folder and opens what is in it.
func (s *Server) openFolder(c Config) error {
	if err := privateFolder(c.Dir); err != nil {
		return err
	}
	lock, err := lockFolder(c.Dir)
	if err != nil {
		return err
	}
	if c.Restore != "" {
		if err := restore(c.Dir, c.Restore); err != nil {
			return errors.Join(err, lock.Close())
		}
	}
	store, err := rowstore.Open(c.Dir, c.Memory)
	if err != nil {
		return errors.Join(err, lock.Close())
	}
	s.store, s.lock = store, lock
	return nil
}

// Close ends the server; requests must have ended before.
func (s *Server) Close() error {
	err := errors.Join(s.store.Close(), s.lock.Close())
	if s.remove != "" {
		err = errors.Join(err, os.RemoveAll(s.remove))
	}
	return err
}

func routes(c Config, store *rowstore.Store, book *access.Book, all *databases.Registry) http.Handler {
	data := &tables.Handler{Store: store, Book: book, Databases: all, PageSize: c.PageSize, Log: c.Log, Embed: c.Embed,
		BodyTimeout: c.BodyTimeout}
	devops := (&control.Handler{Book: book, Databases: all, Log: c.Log}).Routes()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/v2/"):
			devops.ServeHTTP(w, r)
		case strings.HasPrefix(r.URL.Path, "/stargate/health"):
			health(store, w, r)
		default:
			data.ServeHTTP(w, r)
		}
	})
}

func health(store *rowstore.Store, w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if err := store.Ping(r.Context()); err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, `{"status":"DOWN"}`)
		return
	}
	_, _ = io.WriteString(w, `{"status":"UP"}`)
}

// adminToken makes the token of the file the administrator's; without a file it
// makes one. The one before it is revoked.
func adminToken(book *access.Book, file string) (string, error) {
	raw, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("read the administrator's token (-admin-token-file): %w", err)
	}
	given := strings.TrimSpace(string(raw))
	if err == nil && given == "" {
		return "", fmt.Errorf("the administrator's token file %s is empty; remove it to have a new token made", file)
	}
	token, err := book.UseAdmin(given)
	if err != nil {
		return "", fmt.Errorf("use the administrator's token of %s (remove the file to have a new one made): %w", file, err)
	}
	if given != "" {
		return token, private(file)
	}
	if err := os.WriteFile(file, []byte(token+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("write the administrator's token (-admin-token-file): %w", err)
	}
	return token, nil
}
