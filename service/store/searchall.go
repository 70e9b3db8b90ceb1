package store

import (
	"bytes"
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

// searched bounds how many videos one search by several words looks at.
const searched = 1000

// findAll finds videos that have all words, in the list of the rarest one,
// whose rows have all words of a video. If even that has more than searched
// videos, the total is of the newest of them; the cursor leads on to the rest.
func (s *Store) findAll(ctx context.Context, words []string, page killrvideo.Page) (videoListing, error) {
	window, err := windowOf(page)
	if err != nil {
		return videoListing{}, err
	}
	rarest, err := s.rarest(ctx, words)
	if err != nil {
		return videoListing{}, failed(err, "find videos by words")
	}
	found, last, err := s.matches(ctx, rarest, words, uuid.Nil)
	if err != nil {
		return videoListing{}, failed(err, "find videos by words")
	}
	total, from := len(found), min(page.Offset(), len(found))
	if window.After != uuid.Nil {
		from = after(found, window.After)
	}
	if from == len(found) && last != uuid.Nil && window.After != uuid.Nil {
		if found, last, err = s.matches(ctx, rarest, words, lower(window.After, last)); err != nil {
			return videoListing{}, failed(err, "find more videos by words")
		}
		from = 0
	}
	return s.matchingPage(ctx, found[from:], last, page.Size, total)
}

// matchingPage is a page from the top of what was found. last is the row at
// which the search has stopped, none if that was at the end of the list.
func (s *Store) matchingPage(ctx context.Context, found []wordRow, last uuid.UUID, size, total int) (videoListing, error) {
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
	listing.Items, err = s.inOrder(ctx, ids)
	return listing, err
}

// rarest is the word that the fewest videos have.
func (s *Store) rarest(ctx context.Context, words []string) (string, error) {
	totals, err := s.counters[schema.VideoWords].Read(ctx, words...)
	return slices.MinFunc(words, func(a, b string) int { return int(totals[a].Sum().Items - totals[b].Sum().Items) }), err
}

// matches looks at some rows of a word's list, newest first, and gives those of
// videos that have all words. last is where it has stopped.
func (s *Store) matches(ctx context.Context, word string, words []string, from uuid.UUID) (found []wordRow, last uuid.UUID, err error) {
	part, err := tally.Page[wordRow](ctx, s.counters[schema.VideoWords], word, tally.Window{Limit: searched, After: from})
	found = slices.DeleteFunc(part.Items, func(r wordRow) bool { return !hasAll(r.Words, words) })
	return found, part.Next, err
}

// after is the place of the first row that comes after an item.
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
