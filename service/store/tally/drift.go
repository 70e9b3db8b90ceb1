package tally

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
)

// TimeOf is the time in the id of an item.
func TimeOf(item uuid.UUID) time.Time {
	var ms int64
	for _, b := range item[:6] {
		ms = ms<<8 | int64(b)
	}
	return time.UnixMilli(ms).UTC()
}

// Items counts the items of a list one by one, 50 a call, in the bucket that
// each belongs to. It gives up at most of them: ok is false then.
func (t *Table) Items(ctx context.Context, list string, most int, bucket func(id uuid.UUID) string) (items map[string]int64, ok bool, err error) {
	find := filter.F{"list": list, "id": filter.F{"$gte": firstItem, "$lt": MinID}}
	cursor := t.config.Table(ctx).Find(find, options.TableFind().SetLimit(most).SetProjection(map[string]any{"id": true}))
	defer cursor.Close()
	items, seen := map[string]int64{}, 0
	for ; cursor.Next(ctx); seen++ {
		var r row
		if err := cursor.Decode(&r); err != nil {
			return nil, false, fmt.Errorf("decode an item of list %s: %w", list, err)
		}
		items[bucket(r.ID)]++
	}
	return items, seen < most, cursor.Err()
}
