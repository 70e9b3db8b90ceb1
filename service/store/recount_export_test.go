package store

import (
	"context"

	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

// Counted is the total of a list by its tallies, -1 if they cannot be read.
func Counted(ctx context.Context, s *Store, table, list string) int64 {
	totals, err := s.db.counters[table].Read(ctx, list)
	if err != nil {
		return -1
	}
	return totals[list].Sum().Items
}

// Miscount adds items that do not exist to every bucket of a list.
func Miscount(ctx context.Context, s *Store, table, list string, by int64) {
	totals, _ := s.db.counters[table].Read(ctx, list)
	for _, bucket := range totals[list] {
		_ = s.db.counters[table].Write(ctx, nil, tally.Delta{List: list, Bucket: bucket.Name, Numbers: tally.Numbers{Items: by}})
	}
}

// CountIn counts items that a test has stored itself.
func CountIn(ctx context.Context, s *Store, table, list string, items int64) error {
	return s.db.counters[table].Write(ctx, nil, oneItem(list, items))
}
