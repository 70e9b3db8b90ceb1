package store

import (
	"context"
	"slices"
	"sync"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// endingRow finds a tag by one of its endings: a prefix of an ending is a substring
// of the tag.
type endingRow struct {
	Letter string `json:"letter"`
	Ending string `json:"ending"`
	Tag    string `json:"tag"`
}

func endingsOf(tag string) []endingRow {
	letters := []rune(tag)
	var rows []endingRow
	for i, letter := range letters {
		if letter != ' ' {
			rows = append(rows, endingRow{string(letter), string(letters[i:]), tag})
		}
	}
	return rows
}

// known are names of rows that this process has written and need not write again.
// When there are very many, all are dropped.
type known struct {
	mu    sync.Mutex
	names map[string]bool
}

const maxKnown = 10_000

func (k *known) unknown(names []string) []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return k.names[name] })
}

func (k *known) add(names []string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.names == nil || len(k.names) > maxKnown {
		k.names = map[string]bool{}
	}
	for _, name := range names {
		k.names[name] = true
	}
}

func (s *Search) storeTags(ctx context.Context, tags []string) error {
	fresh := s.tags.unknown(tags)
	var rows []endingRow
	for _, tag := range fresh {
		rows = append(rows, endingsOf(tag)...)
	}
	if len(rows) == 0 {
		return nil
	}
	if _, err := s.table(ctx, schema.Tags).InsertMany(ctx, rows); err != nil {
		return err
	}
	s.tags.add(fresh)
	return nil
}

// SuggestTags implements killrvideo.SearchRepository with two calls: the tags, and
// their totals, since tags without a video are left out.
func (s *Search) SuggestTags(ctx context.Context, text string, limit int) ([]string, error) {
	var rows []endingRow
	err := s.table(ctx, schema.Tags).Find(filter.F{
		"letter": string([]rune(text)[:1]), "ending": filter.F{"$gte": text, "$lt": text + "\U0010FFFF"},
	}, options.TableFind().SetLimit(maxIn)).DecodeAll(ctx, &rows)
	if err != nil {
		return nil, failed(err, "suggest tags")
	}
	var lists []string
	for _, row := range rows {
		if list := tagList(row.Tag); !slices.Contains(lists, list) {
			lists = append(lists, list)
		}
	}
	if len(lists) == 0 {
		return nil, nil
	}
	totals, err := s.stats.Read(ctx, lists...)
	if err != nil {
		return nil, failed(err, "count the videos of tags")
	}
	var tags []string
	for list, total := range totals {
		if total.Sum().Items > 0 {
			tags = append(tags, list[len(tagList("")):])
		}
	}
	slices.Sort(tags)
	return tags[:min(limit, len(tags))], nil
}
