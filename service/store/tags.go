package store

import (
	"context"
	"slices"
	"sync"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// endingRow makes a tag found by one of its endings: what begins an ending is
// somewhere in the tag.
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

// known are names, of tags for one, that this process has written already.
// They are forgotten when there are very many, and written again.
type known struct {
	mu    sync.Mutex
	names map[string]bool
}

const mostKnown = 10_000

func (k *known) unknown(names []string) []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return k.names[name] })
}

func (k *known) learn(names []string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.names == nil || len(k.names) > mostKnown {
		k.names = map[string]bool{}
	}
	for _, name := range names {
		k.names[name] = true
	}
}

func (s *Store) learnTags(ctx context.Context, tags []string) error {
	fresh := s.knownTags.unknown(tags)
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
	s.knownTags.learn(fresh)
	return nil
}

// SuggestTags implements killrvideo.SearchRepository: one call for the tags,
// one to leave out those that no video has any more.
func (s *Store) SuggestTags(ctx context.Context, text string, limit int) ([]string, error) {
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
