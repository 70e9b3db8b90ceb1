// Package rowstore keeps tables, rows, indexes and the server's own records in
// one SQLite file. A row's key bytes sort as Astra sorts rows: by a hash of the
// partition key, then by the clustering columns. Writes are acknowledged only
// after the log is on disk; writes that arrive together share one sync. It
// knows nothing of commands or HTTP.
package rowstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"sync"

	_ "modernc.org/sqlite" // the database/sql driver

	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
	"github.com/killrvideo/killrvideo-go/astra/local/vectorindex"
)

// Store is an open data folder.
type Store struct {
	// Schema guards table definitions: row commands hold it for reading,
	// definition changes for writing.
	Schema sync.RWMutex

	dsn     string
	read    *sql.DB
	write   *sql.DB
	queue   chan *job
	done    chan struct{}
	stmts   sync.Map
	tables  map[string]map[string]*schema.Table
	vectors vectors
	types   map[string]map[string]*value.User
}

const pragmas = "?_pragma=journal_mode(WAL)&_pragma=busy_timeout(10000)&_pragma=temp_store(MEMORY)"

// Writes are on disk before they are acknowledged, unless the data is temporary.
const (
	durable   = "&_pragma=synchronous(FULL)"
	forgetful = "&_pragma=synchronous(OFF)"
)

// readOnly reads the file through the memory that the system keeps it in: a
// vector sort reads all of a table, twice as fast so.
const readOnly = "&_pragma=query_only(1)&_pragma=mmap_size(2147418112)"

const records = `
CREATE TABLE IF NOT EXISTS keyspaces (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tables (id INTEGER PRIMARY KEY AUTOINCREMENT, def TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS ids (id INTEGER PRIMARY KEY AUTOINCREMENT);
CREATE TABLE IF NOT EXISTS texts (id INTEGER PRIMARY KEY, texts INTEGER NOT NULL, words INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS records (kind TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;`

// prepare creates the server's own tables; a new file has the current layout.
func prepare(db *sql.DB) error {
	var tables int
	err := db.QueryRow("SELECT count(*) FROM sqlite_master").Scan(&tables)
	if err != nil {
		return err
	}
	statements := records
	if tables == 0 {
		statements += fmt.Sprintf("PRAGMA user_version = %d;", layout)
	}
	_, err = db.Exec("BEGIN IMMEDIATE;" + statements + "COMMIT;")
	return err
}

// Open opens or makes the database in the folder. One that is to be forgotten
// need not outlive the machine, which makes writes faster.
func Open(dir string, forget bool) (*Store, error) {
	sync := durable
	if forget {
		sync = forgetful
	}
	dsn := "file:" + (&url.URL{Path: filepath.Join(dir, "astra.sqlite")}).EscapedPath() + pragmas + sync
	write, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("open the database in folder %s: %w", dir, err)
	}
	write.SetMaxOpenConns(1)
	if err := prepare(write); err != nil {
		_ = write.Close()
		return nil, fmt.Errorf("prepare the database in folder %s (check its permissions and free space): %w", dir, err)
	}
	read, err := sql.Open("sqlite", dsn+readOnly)
	if err != nil {
		_ = write.Close()
		return nil, fmt.Errorf("open the database in folder %s for reading: %w", dir, err)
	}
	read.SetMaxOpenConns(4)
	read.SetMaxIdleConns(4)
	s := &Store{dsn: dsn, read: read, write: write, queue: make(chan *job, 256), done: make(chan struct{}),
		tables: map[string]map[string]*schema.Table{}, vectors: vectors{indexes: map[int]*vectorindex.Index{}},
		types: map[string]map[string]*value.User{}}
	if err := s.load(); err != nil {
		_, _ = read.Close(), write.Close()
		return nil, fmt.Errorf("read the tables of folder %s: %w", dir, err)
	}
	go s.writer()
	if err := s.upgrade(); err != nil {
		return nil, errors.Join(fmt.Errorf("bring the tables of folder %s to this release: %w", dir, err), s.Close())
	}
	return s, nil
}

// Close finishes the writes in progress and closes the files. No write may be
// started after it.
func (s *Store) Close() error {
	close(s.queue)
	<-s.done
	s.stmts.Range(func(_, v any) bool { _ = v.(*sql.Stmt).Close(); return true })
	if err := s.read.Close(); err != nil {
		return err
	}
	return s.write.Close()
}

func (s *Store) prepared(query string) (*sql.Stmt, error) {
	if v, ok := s.stmts.Load(query); ok {
		return v.(*sql.Stmt), nil
	}
	stmt, err := s.read.Prepare(query)
	if err != nil {
		return nil, err
	}
	if v, loaded := s.stmts.LoadOrStore(query, stmt); loaded {
		_ = stmt.Close()
		return v.(*sql.Stmt), nil
	}
	return stmt, nil
}

// forget drops the prepared statements, before a table that they name goes.
func (s *Store) forget() {
	s.stmts.Range(func(k, v any) bool {
		s.stmts.Delete(k)
		_ = v.(*sql.Stmt).Close()
		return true
	})
}

// Ping proves that the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.read.PingContext(ctx) }

// Snapshot writes the database as it is now into a new file.
func (s *Store) Snapshot(file string) error {
	db, err := sql.Open("sqlite", s.dsn)
	if err != nil {
		return err
	}
	_, err = db.Exec("VACUUM INTO ?", file)
	return errors.Join(err, db.Close())
}
