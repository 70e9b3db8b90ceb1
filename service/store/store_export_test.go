package store

import "github.com/killrvideo/killrvideo-go/astra/dataapi"

// DatabaseOf is what a store works on, for another process on the same data.
func DatabaseOf(s *Store) *dataapi.Db { return s.config.Database }

// TurnsOf is how many turns a store remembers.
func TurnsOf(s *Store) int { return len(s.changing.all) + len(s.rating.all) }
