package store

import "github.com/killrvideo/killrvideo-go/astra/dataapi"

// DatabaseOf is the database of a store, for another store on the same data.
func DatabaseOf(s *Store) *dataapi.Db { return s.db.database }

// LocalLocks is how many local locks are in memory.
func LocalLocks(s *Store) int { return len(s.Locks.local.locks) + len(s.Ratings.local.locks) }
