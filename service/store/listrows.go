package store

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/sort"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// rowsPerCall is how many rows the Data API returns in one call.
const rowsPerCall = 50

// span is a part of one partition: limit published videos after the first offset
// ones. unpublished, which is called only if there are any, says whether the
// others are shown too.
type span struct {
	month         string
	offset, limit int
	unpublished   func() (bool, error)
}

// deep reports whether the rows before the span and its own take more than a call.
func (at span) deep() bool { return at.offset > 0 && at.offset+at.limit > rowsPerCall }

func (at span) shows(v killrvideo.Summary) (bool, error) {
	if v.Published() || at.unpublished == nil {
		return v.Published(), nil
	}
	return at.unpublished()
}

// seek returns the position at the offset of a span, and sets the offset to 0. It
// reads the keys of all rows before, 50 a call, unless there is a bookmark. mixed
// lists, which differ from viewer to viewer, have none.
func (s *Videos) seek(
	ctx context.Context, table string, key filter.F, list string, at *span, total int, mixed bool,
) (last position, err error) {
	offset := at.offset
	at.offset = 0
	list = schema.VideoStats + "/" + list
	if mark, ok := s.bookmarks.find(list, offset); ok && mark.total == total && !mixed {
		return parsePosition(mark.after)
	}
	find := options.TableFind().SetSort(sort.Desc("added_date")).SetProjection(positionColumns)
	cursor := s.table(ctx, table).Find(key, find)
	defer cursor.Close()
	for skip := offset; skip > 0 && cursor.Next(ctx); {
		var row summaryRow
		if err := cursor.Decode(&row); err != nil {
			return last, failed(err, fmt.Sprintf("decode a row of %s", table))
		}
		video := row.summary()
		shown, err := at.shows(video)
		if err != nil {
			return last, err
		}
		if last = positionOf(video); shown {
			skip--
		}
	}
	if err := cursor.Err(); err != nil {
		return last, failed(err, fmt.Sprintf("read %s", table))
	}
	if !mixed {
		s.bookmarks.set(list, offset, total, last.String())
	}
	return last, nil
}

// positionColumns are those that tell where a row is, and whether it is shown.
var positionColumns = map[string]any{"added_date": true, "videoid": true, "status": true}

// markNext sets the bookmark of the page after a listing.
func (s *Videos) markNext(list string, offset, total int, listing videoListing) {
	if listing.Next != "" && offset >= rowsPerCall/2 {
		s.bookmarks.set(schema.VideoStats+"/"+list, offset, total, listing.Next)
	}
}

// rows reads a span of a partition in its order, newest first, after the position:
// as many rows as the span needs if all of them are shown, then 50 a call.
func (s *Videos) rows(ctx context.Context, table string, key filter.F, from position, at span) ([]killrvideo.Summary, error) {
	var items []killrvideo.Summary
	limit := at.offset + at.limit
	if !from.none() {
		limit++ // the row at the position
	}
	for ; ; limit = 0 {
		last, more, err := s.walk(ctx, table, key, from, limit, &at, &items)
		if err != nil || !more {
			return items, err
		}
		from = last
	}
}

// walk takes up to limit rows, all for 0. It reports where it stopped, and whether
// the span needs more rows and there may be some.
func (s *Videos) walk(
	ctx context.Context, table string, key filter.F, from position, limit int, at *span, items *[]killrvideo.Summary,
) (last position, more bool, err error) {
	find := options.TableFind().SetSort(sort.Desc("added_date"))
	if limit > 0 {
		find.SetLimit(limit)
	}
	if !from.none() {
		key["added_date"] = filter.F{"$lte": from.added}
	}
	cursor := s.table(ctx, table).Find(key, find)
	defer cursor.Close()
	read := 0
	var rows []summaryRow
	for last = from; len(*items) < at.limit && cursor.DecodePage(ctx, &rows); read += len(rows) {
		if last, err = at.take(rows, last, items); err != nil {
			return last, false, err
		}
	}
	more = limit > 0 && read == limit && len(*items) < at.limit
	return last, more, failed(cursor.Err(), fmt.Sprintf("read %s", table))
}

// take adds the videos of rows that are after a position to the span's items, up to
// its limit, and returns the position after them.
func (at *span) take(rows []summaryRow, last position, items *[]killrvideo.Summary) (position, error) {
	if *items == nil {
		*items = make([]killrvideo.Summary, 0, min(at.limit, len(rows)))
	}
	for i := range rows {
		if len(*items) == at.limit {
			break
		}
		if last.covers(rows[i]) {
			continue
		}
		video := rows[i].summary()
		last = positionOf(video)
		shown, err := at.shows(video)
		switch {
		case err != nil:
			return last, err
		case shown && at.offset > 0:
			at.offset--
		case shown:
			*items = append(*items, video)
		}
	}
	return last, nil
}

// position is a place in a list of videos: after a video.
type position struct {
	added time.Time
	video uuid.UUID
}

func positionOf(v killrvideo.Summary) position { return position{v.SubmittedAt, v.ID} }

func (p position) none() bool { return p.added.IsZero() }

func (p position) String() string {
	return strconv.FormatInt(p.added.UnixMilli(), 36) + "." + p.video.String()
}

// covers reports whether the row is at or before the position. It is called for
// rows that are not added later.
func (p position) covers(r summaryRow) bool {
	return !p.none() && r.AddedDate.Equal(p.added) && bytes.Compare(r.VideoID[:], p.video[:]) <= 0
}

var errCursor = killrvideo.Invalid(killrvideo.FieldError{
	In: "query", Field: "cursor", Message: "must be the nextCursor of the page before",
})

func parsePosition(text string) (position, error) {
	if text == "" {
		return position{}, nil
	}
	date, id, _ := strings.Cut(text, ".")
	ms, err := strconv.ParseInt(date, 36, 64)
	video, bad := uuid.Parse(id)
	if err != nil || bad != nil || ms <= 0 || ms > 1<<48 {
		return position{}, errCursor
	}
	return position{time.UnixMilli(ms).UTC(), video}, nil
}
