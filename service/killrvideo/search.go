package killrvideo

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/google/uuid"
)

// Embedding is what a text means, as a vector; or the text itself, for a
// database that turns it into one. Model names who makes the vector: those of
// different models do not compare.
type Embedding struct {
	Vector []float32
	Text   string
	Model  string
}

// Embedder says what texts mean. Embed fails with EINVALID for a text without
// a word and EUPSTREAM when it cannot be done for now.
type Embedder interface {
	// Embed is for a text that is looked for if query is set, and for one that
	// may be found if not.
	Embed(ctx context.Context, text string, query bool) (Embedding, error)
	// Model is that of all embeddings.
	Model() string
}

// Hit is a video and how similar it is to what was asked for, 0 to 1; that
// means something only if Model, which made its vector, is the one asked with.
type Hit struct {
	Summary
	Similarity float64
	Model      string
}

// SearchRepository finds videos by words and by vectors. Deleted videos are in
// none of its answers; views and ratings may be some seconds old.
type SearchRepository interface {
	// Index makes a video found by its words, tags and, if it is given, vector,
	// and no longer by those of the words to forget that it does not have.
	Index(ctx context.Context, v Video, forget []string, vector *Embedding) error
	// Unindex makes a video found by nothing, those words included.
	Unindex(ctx context.Context, v Video, forget []string) error
	// FindWords finds videos that have all words, newest first.
	FindWords(ctx context.Context, words []string, page Page) (Listing[Summary], error)
	// Nearest finds the videos most similar to a vector, most similar first. It
	// fails with EUPSTREAM for a text that cannot be embedded for now.
	Nearest(ctx context.Context, to Embedding, limit int) ([]Hit, error)
	// Vectors gives those of videos that have one.
	Vectors(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]Embedding, error)
	// SetVector stores the vector of a video.
	SetVector(ctx context.Context, id uuid.UUID, vector Embedding) error
	// SuggestTags finds tags with this text in them that some video has.
	SuggestTags(ctx context.Context, text string, limit int) ([]string, error)
	// LikedVideos are the videos a user rated last, with their stars.
	LikedVideos(ctx context.Context, user uuid.UUID) ([]Rating, error)
}

// Search finds videos. All fields are required.
type Search struct {
	Repository SearchRepository
	Videos     VideoRepository
	Embedder   Embedder
	// Renew takes videos whose vectors are not of the Embedder's model.
	Renew func(...uuid.UUID)
}

// threshold is the similarity, 0 to 1, from which on a video is about what is
// looked for.
const threshold = 0.65

// nearest is how many videos a search by meaning looks at. What is further
// away is not about it.
const nearest = 200

// maxWords is how many words of a query count.
const maxWords = 8

// ByWords finds videos whose title, description or tags have all the words of
// the text, newest first. Errors: EINVALID for a text without a word.
func (s *Search) ByWords(ctx context.Context, text string, page Page) (Listing[Summary], error) {
	words := Words(text)
	if len(words) == 0 {
		if strings.IndexFunc(text, isWord) < 0 {
			return Listing[Summary]{}, errNoWord
		}
		return Listing[Summary]{}, nil // nothing but words that are everywhere
	}
	return s.Repository.FindWords(ctx, words[:min(len(words), maxWords)], page)
}

var errNoWord = Invalid(FieldError{In: "query", Field: "query", Message: "must have a word in it"})

// ByMeaning finds videos that are about the text, most similar first. Errors:
// EINVALID for a text without a word.
func (s *Search) ByMeaning(ctx context.Context, text string, page Page) (Listing[Summary], error) {
	if strings.IndexFunc(text, isWord) < 0 {
		return Listing[Summary]{}, errNoWord
	}
	vector, err := s.Embedder.Embed(ctx, text, true)
	if err != nil {
		return Listing[Summary]{}, unavailable(err)
	}
	hits, err := s.Repository.Nearest(ctx, vector, nearest)
	if err != nil {
		return Listing[Summary]{}, unavailable(err)
	}
	hits = s.comparable(hits, vector.Model)
	about := slices.IndexFunc(hits, func(h Hit) bool { return h.Similarity < threshold })
	if about >= 0 {
		hits = hits[:about]
	}
	return pageOfHits(hits, page), nil
}

// comparable are the hits whose vectors are of this model. Those that are not
// of the one in use are noted: they are found again when they have been
// embedded anew.
func (s *Search) comparable(hits []Hit, model string) []Hit {
	for _, h := range hits {
		if h.Model != s.Embedder.Model() {
			s.Renew(h.ID)
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

func pageOfHits(hits []Hit, page Page) Listing[Summary] {
	listing := Listing[Summary]{Total: len(hits)}
	for i := page.Offset(); i < min(len(hits), page.Offset()+page.Size); i++ {
		listing.Items = append(listing.Items, hits[i].Summary)
	}
	return listing
}

// Related are the videos most similar to one; none for an unknown video or one
// that has no vector yet.
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

// liked is how many stars say that somebody liked a video.
const liked = 4

// ForYou are videos like those that the user liked, without the ones they have
// rated; the latest ones for somebody who has not liked any.
func (s *Search) ForYou(ctx context.Context, user User, page Page) (Listing[Summary], error) {
	ratings, err := s.Repository.LikedVideos(ctx, user.ID)
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
	hits, err := s.Repository.Nearest(ctx, taste, nearest)
	hits = s.comparable(hits, taste.Model)
	hits = slices.DeleteFunc(hits, func(h Hit) bool { return rated[h.ID] })
	return pageOfHits(hits, page), err
}

// maxTaste is how many liked videos say what somebody likes.
const maxTaste = 10

// mean is what the vectors of a model have in common; only its direction
// counts.
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

// Ingest stores a vector of the caller's own making for a video of theirs, any
// video for a moderator. That it compares with those of the model in use is
// for the caller to see to.
func (s *Search) Ingest(ctx context.Context, caller User, id uuid.UUID, vector []float32) error {
	video, err := s.Videos.Video(ctx, id)
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

// Suggest finds tags with this text in them, in any case.
func (s *Search) Suggest(ctx context.Context, text string, limit int) ([]string, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" {
		return nil, errNoWord
	}
	return s.Repository.SuggestTags(ctx, text, limit)
}

// Words are the different words of a text that tell videos apart, in lower
// case, the longest ones first: those are the rarest more often than not.
func Words(text string) []string {
	var words []string
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !isWord(r) }) {
		if len([]rune(word)) <= maxWordLength && !slices.Contains(everywhere, word) && !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	slices.SortStableFunc(words, func(a, b string) int { return len([]rune(b)) - len([]rune(a)) })
	return words
}

const maxWordLength = 40

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

var everywhere = strings.Fields("a an and are as at be by for from how in is it of on or that the this to was what with you your")

// maxIndexed is how many words of a video it is found by.
const maxIndexed = 40

// SearchWords are what the video is found by: the words of its title and tags
// first, then those of its description.
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

// EmbeddedText is what of a video is embedded.
func (v Video) EmbeddedText() string {
	return v.Title + "\n" + v.Description + "\n" + strings.Join(v.Tags, " ")
}
