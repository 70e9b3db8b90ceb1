package store

import (
	"context"

	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

// Counted is what the tallies of a list say, -1 if they cannot be read.
func Counted(ctx context.Context, s *Store, table, list string) int64 {
	totals, err := s.counters[table].Read(ctx, list)
	if err != nil {
		return -1
	}
	return totals[list].Sum().Items
}

// Miscount adds to every bucket of a list what nothing in it stands for.
func Miscount(ctx context.Context, s *Store, table, list string, by int64) {
	totals, _ := s.counters[table].Read(ctx, list)
	for bucket := range totals[list] {
		_ = s.counters[table].Write(ctx, nil, tally.Delta{List: list, Bucket: bucket, Numbers: tally.Numbers{Items: by}})
	}
}

// CountIn counts items that a test has stored by itself.
func CountIn(ctx context.Context, s *Store, table, list string, items int64) error {
	return s.counters[table].Write(ctx, nil, oneItem(list, items))
}
