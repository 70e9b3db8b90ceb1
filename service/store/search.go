package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/datatypes"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/sort"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/killrvideo/parallel"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
	"github.com/killrvideo/killrvideo-go/service/store/tally"
)

// Search implements killrvideo.SearchRepository.
type Search struct {
	*db
	videos *Videos
	// tags are those whose endings are stored.
	tags known
}

var _ killrvideo.SearchRepository = (*Search)(nil)

// wordRow finds a video by one of its words.
type wordRow struct {
	List    string    `json:"list"`
	ID      uuid.UUID `json:"id"`
	VideoID uuid.UUID `json:"videoid"`
	Words   []string  `json:"words"`
}

func (r wordRow) itemID() uuid.UUID { return r.ID }

func wordItem(v killrvideo.Video) uuid.UUID { return tally.ItemID(v.SubmittedAt, v.ID) }

// Index implements killrvideo.SearchRepository. It is idempotent: a video is counted
// in the list of a word only if it was not in it.
func (s *Search) Index(ctx context.Context, v killrvideo.Video, forget []string, vector *killrvideo.Embedding) error {
	if err := s.indexWords(ctx, v, forget); err != nil {
		return failed(err, fmt.Sprintf("index the words of video %s", v.ID))
	}
	if err := s.storeTags(ctx, v.Tags); err != nil {
		return failed(err, "store the endings of tags")
	}
	if vector == nil {
		return nil
	}
	return s.SetVector(ctx, v.ID, *vector)
}

func (s *Search) indexWords(ctx context.Context, v killrvideo.Video, forget []string) error {
	words := v.SearchWords()
	known, err := s.knownWords(ctx, v, words)
	if err != nil {
		return err
	}
	var rows []any
	var deltas []tally.Delta
	for _, word := range words {
		rows = append(rows, wordRow{word, wordItem(v), v.ID, words})
		if !known[word] {
			deltas = append(deltas, oneItem(word, 1))
		}
	}
	if len(rows) > 0 {
		if err := s.count(ctx, schema.VideoWords, rows, deltas...); err != nil {
			return err
		}
	}
	old, _ := split(forget, words)
	return s.dropWords(ctx, v, old)
}

// knownWords are the words whose lists have the video.
func (s *Search) knownWords(ctx context.Context, v killrvideo.Video, words []string) (map[string]bool, error) {
	known := map[string]bool{}
	for some := range slices.Chunk(words, maxIn) {
		var rows []wordRow
		find := filter.F{"list": filter.F{"$in": some}, "id": wordItem(v)}
		if err := s.table(ctx, schema.VideoWords).Find(find).DecodeAll(ctx, &rows); err != nil {
			return nil, err
		}
		for _, row := range rows {
			known[row.List] = true
		}
	}
	return known, nil
}

// dropWords deletes a video from the lists of words.
func (s *Search) dropWords(ctx context.Context, v killrvideo.Video, words []string) error {
	known, err := s.knownWords(ctx, v, words)
	if err != nil || len(known) == 0 {
		return err
	}
	var jobs []func() error
	var deltas []tally.Delta
	for word := range known {
		deltas = append(deltas, oneItem(word, -1))
		jobs = append(jobs, func() error {
			return s.table(ctx, schema.VideoWords).DeleteOne(ctx, filter.F{"list": word, "id": wordItem(v)})
		})
	}
	if err := parallel.Do(jobs...); err != nil {
		return err
	}
	return s.count(ctx, schema.VideoWords, nil, deltas...)
}

// Unindex implements killrvideo.SearchRepository.
func (s *Search) Unindex(ctx context.Context, v killrvideo.Video, forget []string) error {
	err := parallel.Do(
		func() error { return s.dropWords(ctx, v, append(v.SearchWords(), forget...)) },
		func() error {
			vector := update.Table().Unset("content_features", "content_features_model")
			return s.table(ctx, schema.Videos).UpdateOne(ctx, filter.Eq("videoid", v.ID), vector)
		},
	)
	return failed(err, fmt.Sprintf("remove video %s from the search", v.ID))
}

// SetVector implements killrvideo.SearchRepository.
func (s *Search) SetVector(ctx context.Context, id uuid.UUID, vector killrvideo.Embedding) error {
	err := s.table(ctx, schema.Videos).UpdateOne(ctx, filter.Eq("videoid", id), update.Table().
		Set("content_features", stored(vector)).Set("content_features_model", vector.Model))
	return failed(err, fmt.Sprintf("store the vector of video %s", id))
}

// stored is an embedding in the form that the Data API accepts.
func stored(e killrvideo.Embedding) any {
	if e.Vector == nil {
		return e.Text
	}
	return datatypes.NewVector(e.Vector)
}

// FindWords implements killrvideo.SearchRepository with two calls for one word: the
// list of the word and the videos.
func (s *Search) FindWords(ctx context.Context, words []string, page killrvideo.Page) (videoListing, error) {
	if len(words) > 1 {
		return s.findAll(ctx, words, page)
	}
	return s.findWord(ctx, words[0], page)
}

func (s *Search) findWord(ctx context.Context, word string, page killrvideo.Page) (videoListing, error) {
	rows, err := feed(ctx, s.db, schema.VideoWords, word, page, func(r wordRow) uuid.UUID { return r.VideoID })
	if err != nil {
		return videoListing{}, err
	}
	items, err := s.Summaries(ctx, rows.Items)
	return videoListing{Items: items, Total: rows.Total, Next: rows.Next}, err
}

// Summaries implements killrvideo.SearchRepository with one call.
func (s *Search) Summaries(ctx context.Context, ids []uuid.UUID) ([]killrvideo.Summary, error) {
	videos, err := s.videos.byID(ctx, ids)
	slices.SortFunc(videos, func(a, b killrvideo.Summary) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return videos, err
}

// nearRow is a hit of a vector search.
type nearRow struct {
	videoRow
	Model      string  `json:"content_features_model"`
	Similarity float64 `json:"$similarity"`
}

// nearColumns say whether a search may show a video; nearID is a hit with them.
var nearColumns = map[string]any{
	"videoid": true, "added_date": true, "status": true, "deleted_at": true, "content_features_model": true,
}

type nearID struct {
	VideoID    uuid.UUID  `json:"videoid"`
	AddedDate  time.Time  `json:"added_date"`
	Status     string     `json:"status"`
	DeletedAt  *time.Time `json:"deleted_at"`
	Model      string     `json:"content_features_model"`
	Similarity float64    `json:"$similarity"`
}

func (r nearID) row() nearRow {
	return nearRow{
		videoRow:   videoRow{summaryRow: summaryRow{VideoID: r.VideoID, AddedDate: r.AddedDate, Status: r.Status}, DeletedAt: r.DeletedAt},
		Model:      r.Model,
		Similarity: r.Similarity,
	}
}

// Nearest implements killrvideo.SearchRepository with one call.
func (s *Search) Nearest(ctx context.Context, to killrvideo.Embedding, limit int) ([]killrvideo.Hit, error) {
	return nearest(ctx, s, to, limit, withoutVector, func(r nearRow) nearRow { return r })
}

// NearestIDs implements killrvideo.SearchRepository with one call.
func (s *Search) NearestIDs(ctx context.Context, to killrvideo.Embedding, limit int) ([]killrvideo.Hit, error) {
	return nearest(ctx, s, to, limit, nearColumns, nearID.row)
}

func nearest[R any](
	ctx context.Context, s *Search, to killrvideo.Embedding, limit int, columns map[string]any, of func(R) nearRow,
) ([]killrvideo.Hit, error) {
	var rows []R
	find := options.TableFind().SetProjection(columns).SetSort(sort.By("content_features", stored(to))).
		SetLimit(limit).SetIncludeSimilarity(true)
	err := s.table(ctx, schema.Videos).Find(filter.F{}, find).DecodeAll(ctx, &rows)
	if err != nil {
		return nil, failed(err, "search by vector")
	}
	hits := slices.Grow([]killrvideo.Hit(nil), len(rows))
	for _, one := range rows {
		r := of(one)
		if v := r.video(); v.Published() && !v.Deleted() && !r.AddedDate.IsZero() {
			hits = append(hits, killrvideo.Hit{Summary: v.Summary, Similarity: r.Similarity, Model: r.Model})
		}
	}
	return hits, nil
}

type vectorRow struct {
	VideoID   uuid.UUID        `json:"videoid"`
	Status    string           `json:"status"`
	DeletedAt *time.Time       `json:"deleted_at"`
	Vector    datatypes.Vector `json:"content_features"`
	Model     string           `json:"content_features_model"`
}

// vectorColumns are the columns of a vectorRow.
var vectorColumns = map[string]any{
	"videoid": true, "status": true, "deleted_at": true, "content_features": true, "content_features_model": true,
}

// shown reports whether the video is public.
func (r vectorRow) shown() bool {
	return r.DeletedAt == nil && killrvideo.Summary{Status: killrvideo.VideoStatus(r.Status)}.Published()
}

// Vectors implements killrvideo.SearchRepository with one call.
func (s *Search) Vectors(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]killrvideo.Embedding, error) {
	var rows []vectorRow
	err := s.table(ctx, schema.Videos).Find(filter.In("videoid", ids),
		options.TableFind().SetProjection(vectorColumns)).DecodeAll(ctx, &rows)
	if err != nil {
		return nil, failed(err, fmt.Sprintf("read %d vectors", len(ids)))
	}
	vectors := map[uuid.UUID]killrvideo.Embedding{}
	for _, r := range rows {
		vector, err := r.Vector.AsFloatArray()
		if err != nil {
			return nil, failed(err, fmt.Sprintf("read the vector of video %s", r.VideoID))
		}
		if len(vector) > 0 && r.shown() {
			vectors[r.VideoID] = killrvideo.Embedding{Vector: vector, Model: r.Model}
		}
	}
	return vectors, nil
}

// LikedVideos implements killrvideo.SearchRepository with one call.
func (s *Search) LikedVideos(ctx context.Context, user uuid.UUID) ([]killrvideo.Rating, error) {
	const last = 40
	part, err := tally.Page[ratingRow](ctx, s.stats, raterList(user), tally.Window{Limit: last})
	ratings := make([]killrvideo.Rating, len(part.Items))
	for i, r := range part.Items {
		ratings[i] = r.rating()
	}
	return ratings, failed(err, fmt.Sprintf("read the ratings of user %s", user))
}
