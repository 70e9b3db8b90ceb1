package vectorize_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/killrvideo/killrvideo-go/astra/local/vectorize"
)

// cosine of two vectors of length one.
func cosine(a, b []float32) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// between is what the Data API calls the similarity of two texts.
func between(a, b string) float64 {
	return (1 + cosine(vectorize.Embed(a, vectorize.Dimension), vectorize.Embed(b, vectorize.Dimension))) / 2
}

// about is the similarity from which on clients take a text to be about
// another.
const about = 0.65

func TestRelatedTextsAreNear(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, near, far string }{
		{"cats", "Funny cat compilation", "Cassandra data modeling"},
		{"learn cassandra", "Cassandra tutorial for learners", "Cooking pasta at home"},
		{"Go programming", "Programming concurrent servers in Go", "The Amazon river from above"},
		{"modelling data", "Data modelling workshop", "A workshop on pottery"},
		{"I drive a red car", "I like red cars", "I was at home"},
		{"Küche", "Die kleine Küche", "Der große Garten"},
	} {
		if near, far := between(test.text, test.near), between(test.text, test.far); near < about || far >= about {
			t.Errorf("%q: %.2f to %q, %.2f to %q", test.text, near, test.near, far, test.far)
		}
	}
}

func TestVectorsHaveLengthOneAndNeverChange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.String().Draw(r, "text")
		vector := vectorize.Embed(text, vectorize.Dimension)
		if len(vector) != vectorize.Dimension || math.Abs(cosine(vector, vector)-1) > 1e-4 {
			r.Fatalf("%d numbers, square %v", len(vector), cosine(vector, vector))
		}
	})
	if !slices.Equal(vectorize.Embed("Cats AND dogs", vectorize.Dimension), vectorize.Embed("cats and dogs", vectorize.Dimension)) {
		t.Error("case makes a difference")
	}
	// Stored vectors are compared with those of later versions.
	for i, x := range vectorize.Embed("killrvideo", vectorize.Dimension)[1:] {
		if x != 0 {
			if got := fmt.Sprintf("%d %.3f", i, x); got != firstOfKillrvideo {
				t.Errorf("the first number that is not zero is %s", got)
			}
			break
		}
	}
}

// TestWordsOfTheSubjectCountMost: pronouns are no subject, and a plural is a word
// of its singular in pairs as well.
func TestWordsOfTheSubjectCountMost(t *testing.T) {
	t.Parallel()
	if near, far := between("I drive a red car", "I like red cars"), between("I drive a red car", "I drive to work"); near <= far {
		t.Errorf("%.3f to the text about red cars, %.3f to the other", near, far)
	}
}

const firstOfKillrvideo = "80 0.179"

func TestAskRefusesWhatTheModelRefuses(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é, ", vectorize.MaxTokens/2)
	for text, ok := range map[string]bool{"": true, "?!": true, long: true, long + "!": false} {
		if _, err := vectorize.Ask(service, text, vectorize.Dimension); (err == nil) != ok {
			t.Errorf("%d letters: %v", len(text), err)
		}
	}
}
