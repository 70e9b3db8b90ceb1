package store

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

// maxSearched bounds how many videos a search by several words reads.
const maxSearched = 1000

// findAll finds videos that have all words: it reads the list of the rarest one,
// whose rows have all words of a video. If that has more than maxSearched videos,
// the total is of the newest of them, and the cursor leads to the others.
func (s *Search) findAll(ctx context.Context, words []string, page killrvideo.Page) (videoListing, error) {
	window, err := windowOf(page)
	if err != nil {
		return videoListing{}, err
	}
	sorted, _, err := s.rarestFirst(ctx, words)
	if err != nil {
		return videoListing{}, failed(err, "find videos by words")
	}
	rarest := sorted[0]
	found, last, err := s.matches(ctx, rarest, words, tally.Window{Limit: maxSearched})
	if err != nil {
		return videoListing{}, failed(err, "find videos by words")
	}
	total, from := len(found), min(page.Offset(), len(found))
	if window.After != uuid.Nil {
		from = after(found, window.After)
	}
	if from == len(found) && last != uuid.Nil && window.After != uuid.Nil {
		if found, last, err = s.matches(ctx, rarest, words, tally.Window{Limit: maxSearched, After: lower(window.After, last)}); err != nil {
			return videoListing{}, failed(err, "find more videos by words")
		}
		from = 0
	}
	return s.matchingPage(ctx, found[from:], last, page.Size, total)
}

// matchingPage is the first page of the matches. last is the row at which the search
// has stopped, none if that was the end of the list.
func (s *Search) matchingPage(ctx context.Context, found []wordRow, last uuid.UUID, size, total int) (videoListing, error) {
	listing := videoListing{Total: total}
	if len(found) > size {
		found, last = found[:size], found[max(size, 1)-1].ID
	}
	if last != uuid.Nil {
		listing.Next = last.String()
	}
	ids := make([]uuid.UUID, len(found))
	for i, row := range found {
		ids[i] = row.VideoID
	}
	var err error
	listing.Items, err = s.Summaries(ctx, ids)
	return listing, err
}

// WordMatches implements killrvideo.SearchRepository with two calls, the totals of
// the words and the list of the rarest one, and one for every 50 videos more. It
// reads the newest maxSearched videos of that list.
func (s *Search) WordMatches(ctx context.Context, words []string) ([]uuid.UUID, error) {
	words, items, err := s.rarestFirst(ctx, words)
	if err != nil {
		return nil, failed(err, "find videos by words")
	}
	words = slices.DeleteFunc(words, func(word string) bool { return items[word] <= 0 })
	if len(words) == 0 {
		return nil, nil
	}
	window := tally.Window{Limit: maxSearched}
	if len(words) == 1 { // which each of them contains
		window.Without = []string{"words"}
	}
	found, _, err := s.matches(ctx, words[0], nil, window)
	if err != nil {
		return nil, failed(err, "find videos by words")
	}
	if len(words) > 1 {
		most := 0
		for _, row := range found {
			most = max(most, contained(row, words))
		}
		found = slices.DeleteFunc(found, func(row wordRow) bool { return contained(row, words) < most })
	}
	ids := make([]uuid.UUID, len(found))
	for i, row := range found {
		ids[i] = row.VideoID
	}
	return ids, nil
}

// rarestFirst sorts words by how many videos contain them. A single word needs no
// call, and counts as one that a video contains.
func (s *Search) rarestFirst(ctx context.Context, words []string) (sorted []string, items map[string]int64, err error) {
	if len(words) == 1 {
		return words, map[string]int64{words[0]: 1}, nil
	}
	totals, err := s.counters[schema.VideoWords].Read(ctx, words...)
	items = map[string]int64{}
	for _, word := range words {
		items[word] = totals[word].Sum().Items
	}
	sorted = slices.Clone(words)
	slices.SortStableFunc(sorted, func(a, b string) int { return cmp.Compare(items[a], items[b]) })
	return sorted, items, err
}

// contained is how many of the words a video contains.
func contained(row wordRow, words []string) int {
	n := 0
	for _, word := range words {
		if slices.Contains(row.Words, word) {
			n++
		}
	}
	return n
}

// matches reads a window of a word's list, newest first, and returns the rows of
// videos that have all words. last is where it has stopped.
func (s *Search) matches(
	ctx context.Context, word string, words []string, window tally.Window,
) (found []wordRow, last uuid.UUID, err error) {
	part, err := tally.Page[wordRow](ctx, s.counters[schema.VideoWords], word, window)
	found = slices.DeleteFunc(part.Items, func(r wordRow) bool { return !hasAll(r.Words, words) })
	return found, part.Next, err
}

// after is the index of the first row after an item.
func after(found []wordRow, item uuid.UUID) int {
	i := slices.IndexFunc(found, func(r wordRow) bool { return bytes.Compare(r.ID[:], item[:]) < 0 })
	if i < 0 {
		return len(found)
	}
	return i
}

func lower(a, b uuid.UUID) uuid.UUID {
	if bytes.Compare(a[:], b[:]) < 0 {
		return a
	}
	return b
}

func hasAll(words, wanted []string) bool {
	return !slices.ContainsFunc(wanted, func(w string) bool { return !slices.Contains(words, w) })
}
