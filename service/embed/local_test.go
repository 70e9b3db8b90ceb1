package embed_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/killrvideo/killrvideo-go/service/embed"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

func local(t testing.TB, text string) []float32 {
	t.Helper()
	vector, err := embed.Local{}.Embed(t.Context(), text, embed.Passage)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return vector
}

// cosine of two vectors of length one.
func cosine(a, b []float32) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

func TestRelatedTextsAreNearer(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, near, far string }{
		{"cats", "Funny cat compilation", "Cassandra data modeling"},
		{"learn cassandra", "Cassandra tutorial for learners", "Cooking pasta at home"},
		{"Go programming", "Programming concurrent servers in Go", "The Amazon river from above"},
		{"modelling data", "Data modelling workshop", "A workshop on pottery"},
		{"Küche", "Die kleine Küche", "Der große Garten"},
	} {
		near, far := cosine(local(t, test.text), local(t, test.near)), cosine(local(t, test.text), local(t, test.far))
		if near < far+0.1 {
			t.Errorf("%q: %.2f to %q, %.2f to %q", test.text, near, test.near, far, test.far)
		}
	}
}

func TestLocalVectorsHaveLengthOneAndNeverChange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.StringMatching(`[a-zé0-9]{1,9}( [A-Za-z,.!]{0,9}){0,20}`).Draw(r, "text")
		vector := local(t, text)
		if len(vector) != embed.Dimension || math.Abs(cosine(vector, vector)-1) > 1e-4 {
			r.Fatalf("%d numbers, square %v", len(vector), cosine(vector, vector))
		}
		if !slices.Equal(vector, local(t, strings.ToUpper(text))) && strings.EqualFold(strings.ToUpper(text), text) {
			r.Fatal("case makes a difference")
		}
	})
	// Stored vectors are compared with those of later versions.
	for i, x := range local(t, "killrvideo") {
		if x != 0 {
			if got := fmt.Sprintf("%d %.3f", i, x); got != firstOfKillrvideo {
				t.Errorf("the first number that is not zero is %s", got)
			}
			break
		}
	}
}

const firstOfKillrvideo = "2 0.548"

func TestStopWordsAloneHaveADirection(t *testing.T) {
	t.Parallel()
	if v := local(t, "the of"); math.Abs(cosine(v, v)-1) > 1e-4 {
		t.Error("no direction")
	}
}

func TestTextsWithoutWordsAreRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", " \t", "?!", "—"} {
		if _, err := (embed.Local{}).Embed(t.Context(), text, embed.Query); killrvideo.ErrorCode(err) != killrvideo.EINVALID {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestClip(t *testing.T) {
	t.Parallel()
	short := strings.Repeat("é, ", embed.MaxTokens/2)
	if got := embed.Clip(short); got != short {
		t.Error("a text of the most tokens was changed")
	}
	if got := embed.Clip("a  b " + short); got != "a b "+strings.TrimSpace(strings.Repeat("é , ", embed.MaxTokens/2-1)) {
		t.Errorf("clipped to %q", got)
	}
	if !slices.Equal(local(t, short), local(t, short+"more words than are embedded")) {
		t.Error("what lies behind the limit makes a difference")
	}
}
