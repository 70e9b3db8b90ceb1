package store

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/sort"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

type videoListing = killrvideo.Listing[killrvideo.Summary]

// LatestVideos implements killrvideo.VideoRepository. A first page costs two
// calls, this month's newest rows and then all totals, and more only if it
// reaches into earlier months.
func (s *Store) LatestVideos(ctx context.Context, page killrvideo.Page) (videoListing, error) {
	from, err := parsePosition(page.After)
	if err != nil {
		return videoListing{}, err
	}
	start := from.added
	if start.IsZero() {
		start = s.config.Now()
	}
	if page.Offset() > 0 && from.none() {
		return s.latestPage(ctx, page)
	}
	listing := videoListing{}
	items, err := s.rows(ctx, schema.LatestVideos, filter.F{"month": month(start)}, from, span{limit: page.Size + 1})
	if err != nil {
		return listing, err
	}
	totals, err := s.readTotals(ctx, latestList, items[:min(len(items), page.Size)])
	if err != nil {
		return listing, err
	}
	listing.Total = int(totals.Sum().Items)
	if _, counted := totals[month(start)]; counted || len(items) > 0 { // anybody can make up the cursor of a month
		s.verify.shown(countedList{schema.VideoStats, latestList, month(start)})
	}
	for _, m := range earlier(months(totals), month(start)) {
		if len(items) > page.Size {
			break
		}
		more, err := s.monthRows(ctx, m, span{limit: page.Size + 1 - len(items)})
		if err != nil {
			return listing, err
		}
		items = append(items, more...)
	}
	return cut(listing, items, page.Size), nil
}

// earlier are the months before one, last one first. A month after the clock's
// belongs to videos that came from somewhere else; they are found by page.
func earlier(all []string, than string) []string {
	all = slices.DeleteFunc(slices.Clone(all), func(m string) bool { return m >= than })
	slices.Sort(all)
	slices.Reverse(all)
	return all
}

// monthRows are rows of a month with their numbers.
func (s *Store) monthRows(ctx context.Context, m string, at span) ([]killrvideo.Summary, error) {
	items, err := s.rows(ctx, schema.LatestVideos, filter.F{"month": m}, position{}, at)
	if err == nil {
		_, err = s.readTotals(ctx, "", items)
	}
	return items, err
}

// latestPage reads a page by its number: whole months before it are left out
// by their totals, unread.
func (s *Store) latestPage(ctx context.Context, page killrvideo.Page) (videoListing, error) {
	totals, err := s.readTotals(ctx, latestList, nil)
	if err != nil {
		return videoListing{}, err
	}
	listing := videoListing{Total: int(totals.Sum().Items)}
	var items []killrvideo.Summary
	for _, at := range spans(totals, page.Offset(), page.Size+1) {
		s.verify.shown(countedList{schema.VideoStats, latestList, at.month})
		part, err := s.monthRows(ctx, at.month, at)
		if err != nil {
			return listing, err
		}
		items = append(items, part...)
	}
	return cut(listing, items, page.Size), nil
}

// span is a stretch of one partition: limit published videos after the first
// offset ones. With unpublished, which is asked only if there are any, the
// others may count as well.
type span struct {
	month         string
	offset, limit int
	unpublished   func() (bool, error)
}

// shows reports whether a video belongs to the list.
func (at span) shows(v killrvideo.Summary) (bool, error) {
	if v.Published() || at.unpublished == nil {
		return v.Published(), nil
	}
	return at.unpublished()
}

// spans says where the items of a page lie in months that follow each other.
func spans(totals tally.Totals, offset, limit int) []span {
	var out []span
	for _, m := range earlier(months(totals), "~") {
		items := int(totals[m].Items)
		if limit <= 0 {
			break
		}
		if offset >= items {
			offset -= items
			continue
		}
		n := min(limit, items-offset)
		out = append(out, span{month: m, offset: offset, limit: n})
		limit, offset = limit-n, 0
	}
	return out
}

// VideosByUser implements killrvideo.VideoRepository, with two calls for a
// first page.
func (s *Store) VideosByUser(ctx context.Context, userID uuid.UUID, page killrvideo.Page,
	unpublished func() (bool, error),
) (videoListing, error) {
	return s.partition(ctx, partition{
		table: schema.VideosByUser, of: filter.F{"userid": userID}, list: uploaderList(userID),
		unpublished: unpublishedList(userID), show: unpublished,
	}, page)
}

// VideosByTag implements killrvideo.VideoRepository, with two calls for a
// first page.
func (s *Store) VideosByTag(ctx context.Context, tag string, page killrvideo.Page) (videoListing, error) {
	return s.partition(ctx, partition{table: schema.VideosByTag, of: filter.F{"tag": tag}, list: tagList(tag)}, page)
}

// partition is a list that is one partition of a table. list counts its
// published videos; unpublished, if there is such a list, the others.
type partition struct {
	table, list, unpublished string
	of                       filter.F
	show                     func() (bool, error)
}

// lists are those that count the partition's videos.
func (p partition) lists() []string {
	if p.unpublished == "" {
		return []string{p.list}
	}
	return []string{p.list, p.unpublished}
}

// total reads how many videos the list shows, and the numbers of some of them.
func (s *Store) total(ctx context.Context, p partition, items []killrvideo.Summary) (int, error) {
	totals, err := s.readAllTotals(ctx, p.lists(), items)
	if err != nil {
		return 0, err
	}
	total, more := int(totals[p.list].Sum().Items), int(totals[p.unpublished].Sum().Items)
	if more <= 0 {
		return total, nil
	}
	show, err := p.show()
	if show {
		total += more
	}
	return total, err
}

// partition reads a page of a list that is one partition.
func (s *Store) partition(ctx context.Context, p partition, page killrvideo.Page) (videoListing, error) {
	from, err := parsePosition(page.After)
	if err != nil {
		return videoListing{}, err
	}
	at := span{limit: page.Size + 1, unpublished: p.show}
	if from.none() {
		at.offset = page.Offset()
	}
	if at.offset > 0 { // know the end of the list before walking to it
		total, err := s.total(ctx, p, nil)
		if err != nil || at.offset >= total {
			return videoListing{Total: total}, err
		}
	}
	items, err := s.rows(ctx, p.table, p.of, from, at)
	if err != nil {
		return videoListing{}, err
	}
	total, err := s.total(ctx, p, items[:min(len(items), page.Size)])
	if err != nil {
		return videoListing{}, err
	}
	check := s.verify.shown
	switch whole := from.none() && at.offset == 0 && len(items) <= page.Size; {
	case total == 0 && len(items) == 0: // there is no such list
		return videoListing{}, nil
	case whole && total != len(items):
		check = s.verify.doubt
	case whole:
		return cut(videoListing{Total: total}, items, page.Size), nil
	}
	for _, list := range p.lists() {
		check(countedList{schema.VideoStats, list, ""})
	}
	return cut(videoListing{Total: total}, items, page.Size), nil
}

// cut takes the page off items, of which one more was read to know whether the
// list goes on.
func cut(listing videoListing, items []killrvideo.Summary, size int) videoListing {
	listing.Items = items[:min(len(items), size)]
	if len(items) > size && size > 0 {
		listing.Next = positionOf(items[size-1]).String()
	}
	return listing
}

// rows reads a stretch of a partition in its order, newest first, after the
// position. The Data API cannot skip without sorting the partition in memory,
// so it walks to the offset, 50 rows a call.
func (s *Store) rows(ctx context.Context, table string, partition filter.F, from position, at span) ([]killrvideo.Summary, error) {
	var items []killrvideo.Summary
	for {
		last, err := s.walk(ctx, table, partition, from, &at, &items)
		if err != nil || last.none() {
			return items, err
		}
		from = last
	}
}

// walk reads no more rows than a page needs if all of them are shown. Where
// some are not, it gives the position from which to read on.
func (s *Store) walk(ctx context.Context, table string, partition filter.F, from position, at *span, items *[]killrvideo.Summary,
) (last position, err error) {
	find := options.TableFind().SetSort(sort.Desc("added_date"))
	limit := at.offset + at.limit
	if from.none() {
		find.SetLimit(limit)
	} else {
		partition["added_date"] = filter.F{"$lte": from.added}
	}
	cursor := s.table(ctx, table).Find(partition, find)
	defer cursor.Close()
	read := 0
	for len(*items) < at.limit && cursor.Next(ctx) {
		var row summaryRow
		if err := cursor.Decode(&row); err != nil {
			return position{}, failed(err, fmt.Sprintf("decode a row of %s", table))
		}
		if from.covers(row) {
			continue
		}
		read++
		video := row.summary()
		last = positionOf(video)
		shown, err := at.shows(video)
		switch {
		case err != nil:
			return position{}, err
		case shown && at.offset > 0:
			at.offset--
		case shown:
			*items = append(*items, video)
		}
	}
	if !from.none() || read < limit || len(*items) == at.limit {
		last = position{}
	}
	return last, failed(cursor.Err(), fmt.Sprintf("read %s", table))
}

// position is a place in a list of videos: that of its last item shown.
type position struct {
	added time.Time
	video uuid.UUID
}

func positionOf(v killrvideo.Summary) position { return position{v.SubmittedAt, v.ID} }

func (p position) none() bool { return p.added.IsZero() }

func (p position) String() string {
	return strconv.FormatInt(p.added.UnixMilli(), 36) + "." + p.video.String()
}

// covers reports whether the row comes before the position's end.
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
