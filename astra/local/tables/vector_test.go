package tables

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
)

// TestSimilarityOfEachMetric holds it to the plain formulas, for any
// length.
func TestSimilarityOfEachMetric(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(1, 2)) // the same vectors every time
	for n := range 40 {
		a, b := make([]float32, n/2), make([]float32, n/2)
		var ab, aa, bb, off float64
		for i := range a {
			a[i], b[i] = dice.Float32()*4-2, dice.Float32()*4-2
			x, y := float64(a[i]), float64(b[i])
			ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
			off += float64(a[i]-b[i]) * float64(a[i]-b[i])
		}
		cosine := 0.5
		if aa*bb > 0 {
			cosine = (1 + ab/math.Sqrt(aa*bb)) / 2
		}
		for metric, want := range map[string]float64{"cosine": cosine, "dot_product": (1 + ab) / 2, "euclidean": 1 / (1 + off)} {
			if got := newSimilarity(metric, a)(b); math.Abs(got-want) > 1e-9 {
				t.Errorf("%s of %v and %v is %g, not %g", metric, a, b, got, want)
			}
		}
	}
}

func TestTheBestComeFirstAndEqualsStayInOrder(t *testing.T) {
	t.Parallel()
	var hits []scored[rowstore.Row]
	for i, score := range []float64{0.5, 0.9, 0.5, 0.1, 0.9} {
		hits = append(hits, scored[rowstore.Row]{rowstore.Row{"n": i}, score})
	}
	got := ""
	for _, h := range best(hits, 4) {
		got += fmt.Sprint(h.value["n"])
	}
	if got != "1402" {
		t.Errorf("the order is %s", got)
	}
}
