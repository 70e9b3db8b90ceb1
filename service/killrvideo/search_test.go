package killrvideo_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// shelf is a search repository in memory that records its calls.
type shelf struct {
	killrvideo.SearchRepository
	*faults
	hits    []killrvideo.Hit
	vectors map[uuid.UUID][]float32
	liked   []killrvideo.Rating
	words   []string
	// matching are the videos that contain the words.
	matching   []killrvideo.Summary
	near       killrvideo.Embedding
	limit      int
	reembedded []uuid.UUID
}

func (s *shelf) FindWords(_ context.Context, words []string, _ killrvideo.Page) (killrvideo.Listing[killrvideo.Summary], error) {
	s.words = words
	return killrvideo.Listing[killrvideo.Summary]{Total: 1}, s.check("FindWords")
}

func (s *shelf) Nearest(_ context.Context, to killrvideo.Embedding, limit int) ([]killrvideo.Hit, error) {
	s.near, s.limit = to, limit
	return slices.Clone(s.hits[:min(limit, len(s.hits))]), s.check("Nearest")
}

func (s *shelf) NearestIDs(ctx context.Context, to killrvideo.Embedding, limit int) ([]killrvideo.Hit, error) {
	hits, err := s.Nearest(ctx, to, limit)
	for i, h := range hits {
		hits[i].Summary = killrvideo.Summary{ID: h.ID}
	}
	return hits, err
}

func (s *shelf) WordMatches(_ context.Context, words []string) (ids []uuid.UUID, err error) {
	s.words = words
	for _, v := range s.matching {
		ids = append(ids, v.ID)
	}
	return ids, s.check("WordMatches")
}

func (s *shelf) Summaries(_ context.Context, ids []uuid.UUID) (found []killrvideo.Summary, err error) {
	all := slices.Clone(s.matching)
	for _, h := range s.hits {
		all = append(all, h.Summary)
	}
	for _, id := range ids {
		if i := slices.IndexFunc(all, func(v killrvideo.Summary) bool { return v.ID == id }); i >= 0 {
			found = append(found, all[i])
		}
	}
	return found, s.check("Summaries")
}

func (s *shelf) Vectors(_ context.Context, ids []uuid.UUID) (map[uuid.UUID]killrvideo.Embedding, error) {
	known := map[uuid.UUID]killrvideo.Embedding{}
	for _, id := range ids {
		if s.vectors[id] != nil {
			known[id] = killrvideo.Embedding{Vector: s.vectors[id], Model: (&embedding{}).Model()}
		}
	}
	return known, s.check("Vectors")
}

func (s *shelf) SetVector(_ context.Context, id uuid.UUID, vector killrvideo.Embedding) error {
	s.vectors[id] = vector.Vector
	return s.check("SetVector")
}

func (s *shelf) SuggestTags(_ context.Context, text string, _ int) ([]string, error) {
	return []string{text}, s.check("SuggestTags")
}

func (s *shelf) LikedVideos(context.Context, uuid.UUID) ([]killrvideo.Rating, error) {
	return s.liked, s.check("LikedVideos")
}

// recent is a repository with one latest video.
type recent struct{ *videos }

func (recent) LatestVideos(context.Context, killrvideo.Page) (killrvideo.Listing[killrvideo.Summary], error) {
	return killrvideo.Listing[killrvideo.Summary]{Items: []killrvideo.Summary{{Title: "the latest"}}, Total: 1}, nil
}

// newSearch has hits of decreasing similarity.
func newSearch(similarities ...float64) (*killrvideo.Search, *shelf, *embedding) {
	s, e := &shelf{faults: &faults{}, vectors: map[uuid.UUID][]float32{}}, &embedding{}
	for i, similarity := range similarities {
		video := killrvideo.Summary{ID: uuid.New(), Title: fmt.Sprint(i)}
		s.hits = append(s.hits, killrvideo.Hit{Summary: video, Similarity: similarity, Model: e.Model()})
	}
	search := &killrvideo.Search{
		Repository: s, Videos: recent{newVideos()}, Embedder: e,
		Reembed: func(ids ...uuid.UUID) { s.reembedded = append(s.reembedded, ids...) },
	}
	return search, s, e
}

func titles(all []killrvideo.Summary) string {
	var names []string
	for _, one := range all {
		names = append(names, one.Title)
	}
	return strings.Join(names, " ")
}

func TestSearchByWords(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text, code string
		words      []string
		total      int
	}{
		"several words":        {"Cats, and DOGS!", "", []string{"cats", "dogs"}, 1},
		"nothing but signs":    {" ?! ", killrvideo.EINVALID, nil, 0},
		"nothing":              {"", killrvideo.EINVALID, nil, 0},
		"words of every video": {"the and of", "", nil, 0},
		"eight words at most": {
			"a1 b12 c123 d1234 e12345 f123456 g1234567 h12345678 i123456789", "",
			[]string{"i123456789", "h12345678", "g1234567", "f123456", "e12345", "d1234", "c123", "b12"}, 1,
		},
	}
	for name, test := range tests {
		search, s, _ := newSearch()
		got, err := search.ByWords(t.Context(), test.text, killrvideo.Page{Number: 1, Size: 10})
		if diff := cmp.Diff(test.words, s.words); diff != "" || killrvideo.ErrorCode(err) != test.code || got.Total != test.total {
			t.Errorf("%s: %d, %v %s", name, got.Total, err, diff)
		}
	}
}

func TestSearchByMeaning(t *testing.T) {
	t.Parallel()
	search, s, e := newSearch(0.9, 0.7, 0.65, 0.64, 0.2)
	page := killrvideo.Page{Number: 1, Size: 2}
	for number, want := range map[int]string{1: "0 1", 2: "2", 3: "", 1 << 60: ""} {
		page.Number = number
		got, err := search.ByMeaning(t.Context(), "cats", page)
		if err != nil || got.Total != 3 || titles(got.Items) != want {
			t.Errorf("page %d: %q of %d, %v", number, titles(got.Items), got.Total, err)
		}
	}
	if s.limit != 200 {
		t.Errorf("looked at %d", s.limit)
	}
	for text, want := range map[string]string{"?!": killrvideo.EINVALID, "the": ""} {
		if _, err := search.ByMeaning(t.Context(), text, page); killrvideo.ErrorCode(err) != want {
			t.Errorf("%q: %v", text, err)
		}
	}
	e.fail = 1
	if _, err := search.ByMeaning(t.Context(), "cats", page); killrvideo.ErrorCode(err) != killrvideo.EUNAVAILABLE {
		t.Errorf("no embedder: %v", err)
	}
	page.Number = 1
	for _, broken := range []string{"Nearest", "WordMatches", "Summaries"} {
		s.broken = broken
		if _, err := search.ByMeaning(t.Context(), "cats", page); !errors.Is(err, errDown) {
			t.Errorf("%s is down: %v", broken, err)
		}
	}
}

// Videos that contain the words are found at any similarity, once, and rank above those
// that are found in one way only.
func TestSearchByMeaningAddsWhatContainsTheWords(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		similar  []float64
		matching []int // of the hits, or beyond them
		want     string
	}{
		"nothing":                     {nil, nil, ""},
		"similar ones alone":          {[]float64{0.9, 0.7, 0.5}, nil, "0 1"},
		"words alone":                 {[]float64{0.5, 0.4}, []int{1, 7}, "1 7"},
		"both come before one":        {[]float64{0.9, 0.8, 0.7}, []int{8, 2}, "2 0 8 1"},
		"equal ranks: meaning first":  {[]float64{0.9}, []int{8}, "0 8"},
		"the same one is not doubled": {[]float64{0.9, 0.8}, []int{0, 1}, "0 1"},
	} {
		search, s, _ := newSearch(test.similar...)
		for _, i := range test.matching {
			v := killrvideo.Summary{ID: uuid.New(), Title: fmt.Sprint(i)}
			if i < len(s.hits) {
				v = s.hits[i].Summary
			}
			s.matching = append(s.matching, v)
		}
		got, err := search.ByMeaning(t.Context(), "Cats and dogs", killrvideo.Page{Number: 1, Size: 10})
		if err != nil || titles(got.Items) != test.want || got.Total != len(strings.Fields(test.want)) {
			t.Errorf("%s: %q of %d, want %q, %v", name, titles(got.Items), got.Total, test.want, err)
		}
		if diff := cmp.Diff([]string{"cats", "dogs"}, s.words); diff != "" {
			t.Error(diff)
		}
	}
}

func TestRelatedVideos(t *testing.T) {
	t.Parallel()
	search, s, _ := newSearch(1, 0.9, 0.8, 0.1)
	self := s.hits[0].ID
	if got, err := search.Related(t.Context(), self, 2); err != nil || got != nil {
		t.Errorf("a video without a vector: %+v %v", got, err)
	}
	s.vectors[self] = []float32{1, 2}
	for limit, want := range map[int]int{2: 2, 10: 3} { // however little similar
		got, err := search.Related(t.Context(), self, limit)
		if err != nil || len(got) != want || got[0].Title != "1" || s.near.Vector[1] != 2 {
			t.Errorf("%d: %+v %v", limit, got, err)
		}
	}
	s.vectors[s.hits[3].ID] = []float32{1, 1}
	if got, err := search.Related(t.Context(), s.hits[3].ID, 2); err != nil || len(got) != 2 {
		t.Errorf("not among the nearest itself: %+v %v", got, err)
	}
	for _, broken := range []string{"Vectors", "Nearest"} {
		s.broken = broken
		if _, err := search.Related(t.Context(), self, 2); !errors.Is(err, errDown) {
			t.Errorf("%s is broken: %v", broken, err)
		}
	}
}

func TestForYou(t *testing.T) {
	t.Parallel()
	one, two, three := uuid.New(), uuid.New(), uuid.New()
	stars := func(id uuid.UUID, n int) killrvideo.Rating { return killrvideo.Rating{VideoID: id, Stars: n} }
	tests := map[string]struct {
		liked []killrvideo.Rating // last one first
		want  []float32
	}{
		"a newcomer":           {nil, nil},
		"likes nothing":        {[]killrvideo.Rating{stars(one, 3), stars(two, 1)}, nil},
		"likes one":            {[]killrvideo.Rating{stars(one, 4), stars(two, 3)}, []float32{2, 0}},
		"likes two":            {[]killrvideo.Rating{stars(one, 4), stars(two, 5)}, []float32{1, 2}},
		"likes it no longer":   {[]killrvideo.Rating{stars(one, 1), stars(two, 5), stars(one, 5)}, []float32{0, 4}},
		"likes one twice":      {[]killrvideo.Rating{stars(one, 4), stars(two, 5), stars(one, 5)}, []float32{1, 2}},
		"likes the vectorless": {[]killrvideo.Rating{stars(three, 5)}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			search, s, _ := newSearch(0.9, 0.8)
			s.liked, s.vectors = test.liked, map[uuid.UUID][]float32{one: {2, 0}, two: {0, 4}}
			s.hits[0].ID = one
			got, err := search.ForYou(t.Context(), killrvideo.Authorized(creator()), killrvideo.Page{Number: 1, Size: 10})
			want := "the latest"
			switch {
			case test.want == nil:
			case slices.ContainsFunc(test.liked, func(r killrvideo.Rating) bool { return r.VideoID == one }):
				want = "1" // the other one is rated
			default:
				want = "0 1"
			}
			if diff := cmp.Diff(test.want, s.near.Vector); diff != "" || err != nil || titles(got.Items) != want || got.Total != len(got.Items) {
				t.Errorf("%q of %d, want %q, %v %s", titles(got.Items), got.Total, want, err, diff)
			}
		})
	}
	for _, broken := range []string{"LikedVideos", "Vectors", "Nearest"} {
		search, s, _ := newSearch()
		s.broken, s.liked, s.vectors = broken, []killrvideo.Rating{stars(one, 5)}, map[uuid.UUID][]float32{one: {1}}
		if _, err := search.ForYou(t.Context(), killrvideo.Authorized(creator()), killrvideo.Page{Number: 1, Size: 1}); !errors.Is(err, errDown) {
			t.Errorf("%s is broken: %v", broken, err)
		}
	}
}

func TestUploadersAndModeratorsIngestVectors(t *testing.T) {
	t.Parallel()
	owner := creator()
	search, s, _ := newSearch()
	stored := newVideos()
	search.Videos = stored
	video := killrvideo.Video{Summary: killrvideo.Summary{ID: uuid.New(), UserID: owner.ID}}
	deleted := killrvideo.Video{Summary: killrvideo.Summary{ID: uuid.New(), UserID: owner.ID}, DeletedAt: at(1)}
	pending := killrvideo.Video{Summary: killrvideo.Summary{ID: uuid.New(), UserID: owner.ID, Status: killrvideo.StatusPending}}
	stored.byID[video.ID], stored.byID[deleted.ID], stored.byID[pending.ID] = video, deleted, pending
	tests := map[string]struct {
		caller killrvideo.User
		id     uuid.UUID
		want   string
	}{
		"an unpublished one, its uploader": {owner, pending.ID, ""}, "an unpublished one, another": {creator(), pending.ID, killrvideo.ENOTFOUND},
		"its uploader": {owner, video.ID, ""}, "a moderator": {moderating(), video.ID, ""},
		"another":          {creator(), video.ID, killrvideo.EFORBIDDEN},
		"an unknown video": {owner, uuid.New(), killrvideo.ENOTFOUND}, "a deleted one": {owner, deleted.ID, killrvideo.ENOTFOUND},
	}
	for name, test := range tests {
		clear(s.vectors)
		err := search.Ingest(t.Context(), test.caller, test.id, []float32{1})
		if killrvideo.ErrorCode(err) != test.want || (err == nil) != (s.vectors[test.id] != nil) {
			t.Errorf("%s: %v, stored %v", name, err, s.vectors)
		}
		if err != nil && killrvideo.ErrorCode(err) == killrvideo.ENOTFOUND && !strings.Contains(killrvideo.ErrorMessage(err), test.id.String()) {
			t.Errorf("%s: which one? %v", name, err)
		}
	}
	stored.faults = &faults{"Video"}
	if err := search.Ingest(t.Context(), owner, video.ID, nil); !errors.Is(err, errDown) {
		t.Errorf("down: %v", err)
	}
}

func TestSuggest(t *testing.T) {
	t.Parallel()
	search, s, _ := newSearch()
	if got, err := search.Suggest(t.Context(), " CaT ", 5); err != nil || len(got) != 1 || got[0] != "cat" {
		t.Errorf("%v %v", got, err)
	}
	if _, err := search.Suggest(t.Context(), " \t", 5); killrvideo.ErrorCode(err) != killrvideo.EINVALID {
		t.Errorf("blank: %v", err)
	}
	s.broken = "SuggestTags"
	if _, err := search.Suggest(t.Context(), "cat", 5); !errors.Is(err, errDown) {
		t.Errorf("down: %v", err)
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 41)
	for text, want := range map[string][]string{
		"Cats & dogs": {"cats", "dogs"}, "dog DOG Dog": {"dog"}, "it's 4K": {"4k", "s"}, "日本語 テスト": {"日本語", "テスト"},
		"the of": nil, long: nil, long[1:]: {long[1:]}, "é ab abc": {"abc", "ab", "é"},
	} {
		if diff := cmp.Diff(want, killrvideo.Words(text)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		words := killrvideo.Words(rapid.String().Draw(t, "text"))
		if diff := cmp.Diff(words, killrvideo.Words(strings.Join(words, " "))); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestAVideoIsFoundByItsTitleBeforeItsDescription(t *testing.T) {
	t.Parallel()
	v := killrvideo.Video{Summary: killrvideo.Summary{Title: "Cats", Tags: []string{"pets", "cats"}}}
	for i := range 50 {
		v.Description += fmt.Sprintf(" word%02d", i)
	}
	words := v.SearchWords()
	if len(words) != 40 || words[0] != "cats" || words[1] != "pets" || words[39] != "word37" {
		t.Errorf("%d words: %v", len(words), words)
	}
	if got := v.EmbeddedText(); !strings.HasPrefix(got, "Cats\n word00") || !strings.HasSuffix(got, "\npets cats") {
		t.Errorf("%q", got)
	}
}

func TestVectorsOfAnotherModelAreEmbeddedAgainAndNotCompared(t *testing.T) {
	t.Parallel()
	search, s, _ := newSearch(0.9, 0.8)
	s.hits[0].Model = "another"
	got, err := search.ByMeaning(t.Context(), "cats", killrvideo.Page{Number: 1, Size: 10})
	if err != nil || titles(got.Items) != "1" || got.Total != 1 {
		t.Errorf("%q of %d, %v", titles(got.Items), got.Total, err)
	}
	if len(s.reembedded) != 1 || s.reembedded[0] != s.hits[0].ID {
		t.Errorf("%v is embedded again", s.reembedded)
	}
}
