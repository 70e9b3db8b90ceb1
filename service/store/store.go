// Package store keeps the domain in Astra tables: a repository for each
// aggregate, over one database handle. It is the only package that knows the
// columns; it knows no HTTP, and what may be stored is decided by the domain.
//
// Astra's Data API has no transactions, no conditional writes and no counters
// for tables. What replaces them: package tally counts, claim.go decides between
// contenders, and work that is noted before it begins (workqueue.go) is finished
// by another process if this one is killed.
package store

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi"
)

// Config is what a Store works with.
type Config struct {
	// Database is a handle that may read and write.
	Database *dataapi.Db
	// ReadOnly, if set, is used instead for requests marked by WithReadOnly.
	ReadOnly *dataapi.Db
	Log      *slog.Logger
	// Now is time.Now outside of tests.
	Now func() time.Time
}

// Store is the repositories of one process. Each implements an interface of
// package killrvideo. One Store lives as long as the process: its tallies count
// what the process has done.
type Store struct {
	Accounts   *Accounts
	Sessions   *Sessions
	Logins     *LoginAttempts
	Videos     *Videos
	Views      *Views
	Ratings    *Ratings
	Comments   *Comments
	Activities *Activities
	Flags      *Flags
	Audits     *Audits
	Search     *Search
	Work       *WorkQueue
	Locks      *Locks
	Retention  *Retention

	db       *db
	numbers  *numbers
	recounts *recounts
}

// New makes a Store. It sends nothing to Astra.
func New(config Config) *Store {
	db := newDB(config)
	s := &Store{
		Accounts: &Accounts{db}, Logins: &LoginAttempts{db: db}, Videos: &Videos{db: db}, Comments: &Comments{db: db},
		Activities: &Activities{db}, Flags: &Flags{db}, Audits: &Audits{db}, Work: &WorkQueue{db}, Locks: &Locks{db: db},
		Retention: &Retention{db}, db: db, numbers: &numbers{db: db},
	}
	s.Sessions = &Sessions{db, s.Accounts}
	s.Views = &Views{db: db, videos: s.Videos, numbers: s.numbers, trends: trends{writer: uuid.New()}}
	s.Ratings = &Ratings{db: db, numbers: s.numbers}
	s.Search = &Search{db: db, videos: s.Videos}
	s.recounts = &recounts{db, s.Locks}
	return s
}

// tidyEvery is how far copies of numbers may be behind.
const tidyEvery = 2 * time.Second

// Run does background jobs until ctx ends, and once more those that cannot wait.
// None of them holds a lock.
func (s *Store) Run(ctx context.Context) {
	tick := time.NewTicker(tidyEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.Tidy(ctx)
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), opTimeout)
			defer cancel()
			s.Tidy(last)
			return
		}
	}
}

// Tidy does the background jobs that have come up.
func (s *Store) Tidy(ctx context.Context) {
	s.Videos.rollBackAgain(ctx)
	s.Comments.rollBackAgain(ctx)
	s.Ratings.checkAgain(ctx)
	s.numbers.run(ctx)
	s.db.flush(ctx)
	s.Views.storeTrends(ctx)
	s.db.fold(ctx)
}

// RunRecounts calls Recount until ctx ends.
func (s *Store) RunRecounts(ctx context.Context) {
	repeat(ctx, tidyEvery, tidyEvery, func() { s.Recount(ctx) })
}

// Recount corrects totals that have drifted. It holds a lock while it corrects one.
func (s *Store) Recount(ctx context.Context) { s.recounts.run(ctx) }
