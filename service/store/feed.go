package store

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

// itemRow is a row of a list that counts itself, see package tally.
type itemRow interface{ itemID() uuid.UUID }

// feed reads a page of a list that counts itself.
func feed[R itemRow, T any](
	ctx context.Context, d *db, table, list string, page killrvideo.Page, of func(R) T,
) (killrvideo.Listing[T], error) {
	window, err := windowOf(page)
	if err != nil {
		return killrvideo.Listing[T]{}, err
	}
	return feedOf(ctx, d, table, list, window, of)
}

func feedOf[R itemRow, T any](
	ctx context.Context, d *db, table, list string, window tally.Window, of func(R) T,
) (killrvideo.Listing[T], error) {
	part, err := pageByBookmark(d, table+"/"+list, window, func(w tally.Window) (tally.Part[R], error) {
		return tally.Page[R](ctx, d.counters[table], list, w)
	})
	if err != nil {
		return killrvideo.Listing[T]{}, failed(err, "read list "+list)
	}
	listing := killrvideo.Listing[T]{Total: int(part.Total.Items), Items: slices.Grow([]T(nil), len(part.Items))}
	for _, row := range part.Items {
		listing.Items = append(listing.Items, of(row))
	}
	if part.Next != uuid.Nil {
		listing.Next = part.Next.String()
	}
	return listing, nil
}

// pageByBookmark reads a page by its number after its bookmark, if there is one
// and the list's total is as it was, and sets those of this page and the next.
func pageByBookmark[R itemRow](
	d *db, name string, w tally.Window, read func(tally.Window) (tally.Part[R], error),
) (tally.Part[R], error) {
	if w.After != uuid.Nil || w.Offset+w.Limit < rowsPerCall {
		part, err := read(w)
		d.markNext(name, w, part.Total, part.Next)
		return part, err
	}
	if mark, ok := d.bookmarks.find(name, w.Offset); ok {
		after := w
		after.After, _ = uuid.Parse(mark.after)
		part, err := read(after)
		if err != nil || int(part.Total.Items) == mark.total {
			d.markNext(name, w, part.Total, part.Next)
			return part, err
		}
	}
	part, err := read(w)
	if len(part.Items) > 0 {
		d.bookmarks.set(name, w.Offset, int(part.Total.Items), before(part.Items[0].itemID()).String())
	}
	d.markNext(name, w, part.Total, part.Next)
	return part, err
}

// markNext sets the bookmark of the page after a window that was read by number.
func (d *db) markNext(name string, w tally.Window, total tally.Numbers, next uuid.UUID) {
	if offset := w.Offset + w.Limit; w.After == uuid.Nil && next != uuid.Nil && offset+w.Limit >= rowsPerCall {
		d.bookmarks.set(name, offset, int(total.Items), next.String())
	}
}

// before is the id that comes just before an item's in a list, which is in
// descending order.
func before(item uuid.UUID) uuid.UUID {
	for i := len(item) - 1; i >= 0; i-- {
		if item[i]++; item[i] != 0 {
			break
		}
	}
	return item
}

// windowOf is the part of a list that a page asks for; its cursor is an id.
func windowOf(page killrvideo.Page) (tally.Window, error) {
	window := tally.Window{Offset: page.Offset(), Limit: page.Size}
	if page.After != "" {
		id, err := uuid.Parse(page.After)
		if err != nil || tally.IsTally(id) {
			return window, errCursor
		}
		window.After = id
	}
	return window, nil
}
