package killrvideo

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo/parallel"
)

// Embedding is the vector of a text, or the text itself for a database that embeds it.
// Vectors of different models do not compare. Cutoff is the similarity, 0 to 1, from
// which on a video counts as relevant with this model.
type Embedding struct {
	Vector []float32
	Text   string
	Model  string
	Cutoff float64
}

// Embedder embeds texts. Embed fails with EINVALID for a text without a word and with
// EUPSTREAM while the embedding service is unavailable.
type Embedder interface {
	// Embed embeds a query, or a text to be found.
	Embed(ctx context.Context, text string, query bool) (Embedding, error)
	// Model is the model of all embeddings.
	Model() string
}

// Hit is a video and its similarity, 0 to 1, which is meaningful if Model, that of the
// video's vector, is the model of the query.
type Hit struct {
	Summary
	Similarity float64
	Model      string
}

// SearchRepository finds videos by words and by vectors. Its answers have no deleted
// videos; views and ratings may be seconds old.
type SearchRepository interface {
	// Index adds a video to the search, by its words, tags and vector, if set. It
	// removes it from the words to forget, unless the video has them.
	Index(ctx context.Context, v Video, forget []string, vector *Embedding) error
	// Unindex removes a video from the search, and from the words to forget.
	Unindex(ctx context.Context, v Video, forget []string) error
	// FindWords finds videos that have all words, newest first.
	FindWords(ctx context.Context, words []string, page Page) (Listing[Summary], error)
	// Nearest finds the videos most similar to a vector, most similar first. It fails
	// with EUPSTREAM if a text cannot be embedded.
	Nearest(ctx context.Context, to Embedding, limit int) ([]Hit, error)
	// NearestIDs is Nearest with the ids of the videos alone.
	NearestIDs(ctx context.Context, to Embedding, limit int) ([]Hit, error)
	// WordMatches returns the ids of videos that contain the words, newest first. It
	// ignores words that no video contains; if no video contains all others, it
	// returns those that contain the most.
	WordMatches(ctx context.Context, words []string) ([]uuid.UUID, error)
	// Summaries returns at most 100 videos in the order of their ids, without deleted
	// and unpublished ones.
	Summaries(ctx context.Context, ids []uuid.UUID) ([]Summary, error)
	// Vectors returns those of videos that have one and are neither deleted nor
	// unpublished.
	Vectors(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]Embedding, error)
	// SetVector stores the vector of a video.
	SetVector(ctx context.Context, id uuid.UUID, vector Embedding) error
	// SuggestTags finds tags of videos by a substring.
	SuggestTags(ctx context.Context, text string, limit int) ([]string, error)
	// LikedVideos are the latest ratings of a user.
	LikedVideos(ctx context.Context, user uuid.UUID) ([]Rating, error)
}

// Search finds videos. All fields are required.
type Search struct {
	Repository SearchRepository
	Videos     VideoRepository
	Embedder   Embedder
	// Reembed takes videos whose vectors are not of the Embedder's model.
	Reembed func(...uuid.UUID)
}

// nearest is how many videos a search by meaning ranks.
const nearest = 200

// maxWords bounds the words of a query.
const maxWords = 8

// ByWords finds videos whose title, description or tags have all the words of
// the text, newest first. Errors: EINVALID for a text without a word.
func (s *Search) ByWords(ctx context.Context, text string, page Page) (Listing[Summary], error) {
	words := Words(text)
	if len(words) == 0 {
		if strings.IndexFunc(text, isWord) < 0 {
			return Listing[Summary]{}, errNoWord
		}
		return Listing[Summary]{}, nil // nothing but stop words
	}
	return s.Repository.FindWords(ctx, words[:min(len(words), maxWords)], page)
}

var errNoWord = Invalid(FieldError{In: "query", Field: "query", Message: "must have a word in it"})

// ByMeaning is a hybrid search, by similarity and by words, ranked by both. Errors:
// EINVALID for a text without a word.
func (s *Search) ByMeaning(ctx context.Context, text string, page Page) (Listing[Summary], error) {
	if strings.IndexFunc(text, isWord) < 0 {
		return Listing[Summary]{}, errNoWord
	}
	var similar, containing []uuid.UUID
	err := parallel.Do(
		func() (err error) { similar, err = s.similar(ctx, text); return err },
		func() (err error) { containing, err = s.containing(ctx, text); return err },
	)
	if err != nil {
		return Listing[Summary]{}, unavailable(err)
	}
	return s.page(ctx, fuse(similar, containing), page)
}

// similar are the videos relevant to a text, most similar first.
func (s *Search) similar(ctx context.Context, text string) ([]uuid.UUID, error) {
	vector, err := s.Embedder.Embed(ctx, text, true)
	if err != nil {
		return nil, err
	}
	near, err := s.Repository.NearestIDs(ctx, vector, nearest)
	var ids []uuid.UUID
	for _, n := range s.comparable(near, vector.Model) {
		if n.Similarity >= vector.Cutoff {
			ids = append(ids, n.ID)
		}
	}
	return ids, err
}

func (s *Search) containing(ctx context.Context, text string) ([]uuid.UUID, error) {
	words := Words(text)
	if len(words) == 0 { // nothing but stop words
		return nil, nil
	}
	return s.Repository.WordMatches(ctx, words[:min(len(words), maxWords)])
}

// fusionRank is the constant of reciprocal rank fusion: the larger it is, the less the
// first ranks weigh. 60 is the value of Cormack, Clarke and Büttcher, 2009.
const fusionRank = 60

// fuse merges rankings by reciprocal rank fusion. With equal scores, the earlier ranking
// comes first.
func fuse(rankings ...[]uuid.UUID) []uuid.UUID {
	scores := map[uuid.UUID]float64{}
	var ids []uuid.UUID
	for _, ranking := range rankings {
		for rank, id := range ranking {
			if scores[id] == 0 {
				ids = append(ids, id)
			}
			scores[id] += 1 / float64(fusionRank+rank+1)
		}
	}
	slices.SortStableFunc(ids, func(a, b uuid.UUID) int { return cmp.Compare(scores[b], scores[a]) })
	return ids
}

// comparable are the hits whose vectors are of this model. Those that are not of the
// model in use are embedded again, later.
func (s *Search) comparable(hits []Hit, model string) []Hit {
	for _, h := range hits {
		if h.Model != s.Embedder.Model() {
			s.Reembed(h.ID)
		}
	}
	return slices.DeleteFunc(hits, func(h Hit) bool { return h.Model != model })
}

// unavailable is the error of a search that could not be embedded.
func unavailable(err error) error {
	if ErrorCode(err) == EUPSTREAM {
		return Wrap(err, EUNAVAILABLE, "Unable to reach the embedding service. Please try again later.")
	}
	return err
}

// page reads the videos of one page of ids.
func (s *Search) page(ctx context.Context, ids []uuid.UUID, page Page) (Listing[Summary], error) {
	listing := Listing[Summary]{Total: len(ids)}
	from := min(page.Offset(), len(ids))
	shown := ids[from:min(len(ids), from+page.Size)]
	if len(shown) == 0 {
		return listing, nil
	}
	var err error
	listing.Items, err = s.Repository.Summaries(ctx, shown)
	return listing, err
}

// Related are the videos most similar to one; none for an unknown video or one without a
// vector.
func (s *Search) Related(ctx context.Context, id uuid.UUID, limit int) ([]Hit, error) {
	vectors, err := s.Repository.Vectors(ctx, []uuid.UUID{id})
	vector, ok := vectors[id]
	if err != nil || !ok {
		return nil, err
	}
	hits, err := s.Repository.Nearest(ctx, vector, limit+1)
	hits = s.comparable(hits, vector.Model)
	hits = slices.DeleteFunc(hits, func(h Hit) bool { return h.ID == id })
	return hits[:min(limit, len(hits))], err
}

// liked is the least rating of a video that a user liked.
const liked = 4

// ForYou are videos similar to those that the caller liked, without those that the
// caller has rated; the latest videos for a caller who has not liked any.
func (s *Search) ForYou(ctx context.Context, caller Caller, page Page) (Listing[Summary], error) {
	var ratings []Rating
	err := parallel.Do(
		func() error { _, err := caller.Account(); return err },
		func() (err error) { ratings, err = s.Repository.LikedVideos(ctx, caller.ID); return err },
	)
	if err != nil {
		return Listing[Summary]{}, err
	}
	var ids []uuid.UUID
	rated := map[uuid.UUID]bool{}
	for _, r := range ratings {
		if !rated[r.VideoID] && r.Stars >= liked {
			ids = append(ids, r.VideoID)
		}
		rated[r.VideoID] = true
	}
	if len(ids) == 0 {
		return s.Videos.LatestVideos(ctx, page)
	}
	vectors, err := s.Repository.Vectors(ctx, ids[:min(len(ids), maxTaste)])
	if err != nil {
		return Listing[Summary]{}, err
	}
	taste := mean(vectors, s.Embedder.Model())
	if taste.Vector == nil {
		return s.Videos.LatestVideos(ctx, page)
	}
	near, err := s.Repository.NearestIDs(ctx, taste, nearest)
	if err != nil {
		return Listing[Summary]{}, err
	}
	var alike []uuid.UUID
	for _, n := range s.comparable(near, taste.Model) {
		if !rated[n.ID] {
			alike = append(alike, n.ID)
		}
	}
	return s.page(ctx, alike, page)
}

// maxTaste is how many liked videos are averaged.
const maxTaste = 10

// mean is the mean of the vectors of a model, up to a factor.
func mean(vectors map[uuid.UUID]Embedding, model string) Embedding {
	sum := Embedding{Model: model}
	for _, v := range vectors {
		if v.Model != model {
			continue
		}
		if sum.Vector == nil {
			sum.Vector = make([]float32, len(v.Vector))
		}
		for i, x := range v.Vector {
			sum.Vector[i] += x / float32(len(vectors))
		}
	}
	return sum
}

// Ingest stores a vector that the caller made, for a video of the caller, any video for a
// moderator. The caller is responsible that it compares with those of the model in use.
func (s *Search) Ingest(ctx context.Context, caller User, id uuid.UUID, vector []float32) error {
	video, err := s.Videos.Video(ctx, id)
	if err == nil {
		err = video.visibleTo(SignedIn(caller))
	}
	switch {
	case ErrorCode(err) == ENOTFOUND || err == nil && video.Deleted():
		return Errorf(ENOTFOUND, "Video %s not found.", id)
	case err != nil:
		return err
	case !video.OwnedBy(caller):
		return errNotOwner
	}
	return s.Repository.SetVector(ctx, id, Embedding{Vector: vector, Model: s.Embedder.Model()})
}

// Suggest finds tags by a substring, in any case.
func (s *Search) Suggest(ctx context.Context, text string, limit int) ([]string, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" {
		return nil, errNoWord
	}
	return s.Repository.SuggestTags(ctx, text, limit)
}

// Words are the distinct words of a text, in lower case, without stop words. The longest,
// which are usually the rarest, come first.
func Words(text string) []string {
	var words []string
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !isWord(r) }) {
		if len([]rune(word)) <= maxWordLength && !slices.Contains(stopWords, word) && !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	slices.SortStableFunc(words, func(a, b string) int { return len([]rune(b)) - len([]rune(a)) })
	return words
}

const maxWordLength = 40

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

var stopWords = strings.Fields("a an and are as at be by for from how in is it of on or that the this to was what with you your")

// maxIndexed bounds the words of a video in the search.
const maxIndexed = 40

// SearchWords are the words that find the video: those of its title and tags first, then
// those of its description.
func (v Video) SearchWords() []string {
	var words []string
	for _, text := range append([]string{v.Title}, append(slices.Clone(v.Tags), v.Description)...) {
		for _, word := range Words(text) {
			if !slices.Contains(words, word) && len(words) < maxIndexed {
				words = append(words, word)
			}
		}
	}
	return words
}

// EmbeddedText is the text of a video that is embedded.
func (v Video) EmbeddedText() string {
	return v.Title + "\n" + v.Description + "\n" + strings.Join(v.Tags, " ")
}
