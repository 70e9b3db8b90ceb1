package store

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/killrvideo/parallel"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

type videoListing = killrvideo.Listing[killrvideo.Summary]

// partition is a list that is one partition of a table. list counts its
// published videos; unpublished, if there is such a list, the others, which are
// shown if show says so.
type partition struct {
	table, list, unpublished string
	key                      filter.F
	show                     func() (bool, error)
}

// VideosByUser implements killrvideo.VideoRepository.
func (s *Videos) VideosByUser(
	ctx context.Context, userID uuid.UUID, page killrvideo.Page, unpublished func() (bool, error),
) (videoListing, error) {
	return s.partition(ctx, partition{
		table: schema.VideosByUser, key: filter.F{"userid": userID}, list: uploaderList(userID),
		unpublished: unpublishedList(userID), show: unpublished,
	}, page)
}

// VideosByTag implements killrvideo.VideoRepository.
func (s *Videos) VideosByTag(ctx context.Context, tag string, page killrvideo.Page) (videoListing, error) {
	return s.partition(ctx, partition{table: schema.VideosByTag, key: filter.F{"tag": tag}, list: tagList(tag)}, page)
}

// partition reads a page with two calls, its rows and then all totals. One that
// is read by its number and is not among the first 50 rows takes one more, and
// those of seek.
func (s *Videos) partition(ctx context.Context, p partition, page killrvideo.Page) (videoListing, error) {
	from, err := parsePosition(page.After)
	if err != nil {
		return videoListing{}, err
	}
	at := span{limit: page.Size + 1, unpublished: p.show}
	if from.none() {
		at.offset = page.Offset()
	}
	first := at.offset
	mixed := false
	if at.deep() {
		var total int
		if total, mixed, err = s.total(ctx, p, nil); err != nil || at.offset >= total {
			return videoListing{Total: total}, err
		}
		if from, err = s.seek(ctx, p.table, p.key, p.list, &at, total, mixed); err != nil {
			return videoListing{}, err
		}
	}
	items, err := s.rows(ctx, p.table, p.key, from, at)
	if err != nil {
		return videoListing{}, err
	}
	total, mixed, err := s.total(ctx, p, items[:min(len(items), page.Size)])
	if err != nil {
		return videoListing{}, err
	}
	end := page.After == "" && len(items) <= page.Size && (len(items) > 0 || first < total)
	if end && total != first+len(items) {
		for _, list := range p.lists() {
			s.drifts.suspect(countedList{schema.VideoStats, list, ""})
		}
	}
	listing := cut(videoListing{Total: total}, items, page.Size)
	if page.After == "" && !mixed {
		s.markNext(p.list, first+page.Size, total, listing)
	}
	return listing, nil
}

// lists are those that count the partition's videos.
func (p partition) lists() []string {
	if p.unpublished == "" {
		return []string{p.list}
	}
	return []string{p.list, p.unpublished}
}

// total reads how many videos the list shows, and the numbers of some of them.
// mixed is set if it has unpublished ones among them.
func (s *Videos) total(ctx context.Context, p partition, items []killrvideo.Summary) (total int, mixed bool, err error) {
	totals, err := s.readTotals(ctx, items, p.lists()...)
	if err != nil {
		return 0, false, err
	}
	total, more := int(totals[p.list].Sum().Items), int(totals[p.unpublished].Sum().Items)
	if more <= 0 {
		return total, false, nil
	}
	show, err := p.show()
	if show {
		total += more
	}
	return total, true, err
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

// LatestVideos implements killrvideo.VideoRepository. A page takes two calls, rows
// of a month and then all totals, and more if it reaches into earlier months or is
// not among the first 50 rows.
func (s *Videos) LatestVideos(ctx context.Context, page killrvideo.Page) (videoListing, error) {
	from, err := parsePosition(page.After)
	if err != nil {
		return videoListing{}, err
	}
	start, at := from.added, span{limit: page.Size + 1}
	if from.none() {
		start, at.offset = s.now(), page.Offset()
	}
	if at.deep() {
		return s.latestPage(ctx, page)
	}
	items, err := s.rows(ctx, schema.LatestVideos, filter.F{"month": month(start)}, from, at)
	if err != nil {
		return videoListing{}, err
	}
	all, err := s.readTotals(ctx, items[:min(len(items), page.Size)], latestList)
	if err != nil {
		return videoListing{}, err
	}
	totals := all[latestList]
	before := earlier(totals, month(start))
	if at.offset > 0 && len(items) <= page.Size && len(before) > 0 { // the month has no full page from there
		return s.latestPage(ctx, page)
	}
	if from.none() && at.offset == 0 {
		s.checkMonth(totals, month(start), len(items), page.Size+1)
	}
	for _, m := range before {
		missing := page.Size + 1 - len(items)
		if missing <= 0 {
			break
		}
		more, err := s.monthRows(ctx, span{month: m, limit: missing})
		if err != nil {
			return videoListing{}, err
		}
		s.checkMonth(totals, m, len(more), missing)
		items = append(items, more...)
	}
	return cut(videoListing{Total: int(totals.Sum().Items)}, items, page.Size), nil
}

// checkMonth compares a month's total with its rows if all of them were read.
func (s *Videos) checkMonth(totals tally.Totals, m string, rows, limit int) {
	if rows < limit && int64(rows) != totals.Of(m).Items {
		s.drifts.suspect(countedList{schema.VideoStats, latestList, m})
	}
}

// earlier are the months before one in which a list has items, last one first. A
// month after the clock's has videos that were loaded; they are found by page.
func earlier(totals tally.Totals, than string) (months []string) {
	for _, month := range slices.Backward(totals) {
		if month.Items > 0 && month.Name < than {
			months = append(months, month.Name)
		}
	}
	return months
}

// monthRows are rows of a month with their numbers.
func (s *Videos) monthRows(ctx context.Context, at span) ([]killrvideo.Summary, error) {
	items, err := s.rows(ctx, schema.LatestVideos, filter.F{"month": at.month}, position{}, at)
	if err == nil {
		_, err = s.readTotals(ctx, items)
	}
	return items, err
}

// latestPage reads a page by its number. The totals say in which months it is;
// rows of other months are not read.
func (s *Videos) latestPage(ctx context.Context, page killrvideo.Page) (videoListing, error) {
	all, err := s.readTotals(ctx, nil, latestList)
	if err != nil {
		return videoListing{}, err
	}
	totals := all[latestList]
	spans := spans(totals, page.Offset(), page.Size+1)
	parts := make([][]killrvideo.Summary, len(spans))
	jobs := make([]func() error, len(spans))
	for i, at := range spans {
		jobs[i] = func() (err error) { parts[i], err = s.monthSpan(ctx, at, int(totals.Of(at.month).Items)); return err }
	}
	if err := parallel.Do(jobs...); err != nil {
		return videoListing{}, err
	}
	listing := cut(videoListing{Total: int(totals.Sum().Items)}, slices.Concat(parts...), page.Size)
	_, err = s.readTotals(ctx, listing.Items)
	return listing, err
}

// monthSpan reads a span of a month.
func (s *Videos) monthSpan(ctx context.Context, at span, total int) (items []killrvideo.Summary, err error) {
	key, list, first := filter.F{"month": at.month}, latestList+"/"+at.month, at.offset
	from := position{}
	if at.deep() {
		if from, err = s.seek(ctx, schema.LatestVideos, key, list, &at, total, false); err != nil {
			return nil, err
		}
	}
	items, err = s.rows(ctx, schema.LatestVideos, key, from, at)
	if err == nil && len(items) < at.limit {
		s.drifts.suspect(countedList{schema.VideoStats, latestList, at.month})
	}
	if err == nil && len(items) == at.limit {
		s.markNext(list, first+at.limit-1, total, cut(videoListing{}, items, at.limit-1))
	}
	return items, err
}

// spans says where the items of a page are in months that follow each other.
func spans(totals tally.Totals, offset, limit int) []span {
	var out []span
	for _, m := range earlier(totals, "~") {
		items := int(totals.Of(m).Items)
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

func month(t time.Time) string { return t.UTC().Format("2006-01") }
