package vectorindex_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/local/vectorindex"
)

// similarity is the exact one, greater for nearer vectors.
func similarity(metric vectorindex.Metric, a, b []float32) float64 {
	var dot, aa, bb, distance float64
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		dot, aa, bb, distance = dot+x*y, aa+x*x, bb+y*y, distance+(x-y)*(x-y)
	}
	switch metric {
	case vectorindex.DotProduct:
		return dot
	case vectorindex.Euclidean:
		return -distance
	}
	if aa*bb == 0 {
		return 0
	}
	return dot / math.Sqrt(aa*bb)
}

type kind struct {
	name string
	make func(*rand.Rand, int) []float32
}

// kinds are vectors of different natures: models make clustered ones, hashing
// makes sparse ones, and random ones are the hardest to tell apart.
func kinds(source *rand.Rand, dimension int) []kind {
	centers := make([][]float32, 40)
	for i := range centers {
		centers[i] = gaussian(source, dimension)
	}
	return []kind{
		{"random", gaussian},
		{"clustered", func(r *rand.Rand, d int) []float32 {
			v := gaussian(r, d)
			for i, c := range centers[r.IntN(len(centers))] {
				v[i] = c + 0.6*v[i]
			}
			return v
		}},
		{"sparse", func(r *rand.Rand, d int) []float32 {
			v := make([]float32, d)
			for range 40 {
				v[int(float64(d)*math.Pow(r.Float64(), 3))] += 1
			}
			return v
		}},
	}
}

func gaussian(r *rand.Rand, d int) []float32 {
	v := make([]float32, d)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	return v
}

// recall is the share of the exact limit best that rescoring the candidates
// finds.
func recall(x *vectorindex.Index, metric vectorindex.Metric, stored [][]float32, query []float32, limit int) float64 {
	exact := make([]int, len(stored))
	scores := make([]float64, len(stored))
	for i, v := range stored {
		exact[i], scores[i] = i, similarity(metric, query, v)
	}
	slices.SortStableFunc(exact, func(a, b int) int {
		switch {
		case scores[a] > scores[b]:
			return -1
		case scores[a] < scores[b]:
			return 1
		}
		return 0
	})
	least := scores[exact[min(limit, len(exact))-1]]
	found := 0
	for _, key := range x.Search(query, limit) {
		var i int
		_, _ = fmt.Sscan(key, &i)
		if scores[i] >= least {
			found++
		}
	}
	return float64(min(found, limit)) / float64(min(limit, len(exact)))
}

func fill(x *vectorindex.Index, source *rand.Rand, k kind, dimension, count int) [][]float32 {
	stored := make([][]float32, count)
	for i := range stored {
		stored[i] = k.make(source, dimension)
		x.Set(fmt.Sprint(i), stored[i])
	}
	return stored
}

func TestSearchFindsTheMostSimilar(t *testing.T) {
	t.Parallel()
	const dimension, count, limit = 128, 6000, 50
	for _, metric := range []vectorindex.Metric{vectorindex.Cosine, vectorindex.DotProduct, vectorindex.Euclidean} {
		source := rand.New(rand.NewPCG(1, 2))
		for _, k := range kinds(source, dimension) {
			x := vectorindex.New(dimension, metric)
			stored := fill(x, source, k, dimension, count)
			sum := 0.0
			for range 10 {
				sum += recall(x, metric, stored, k.make(source, dimension), limit)
			}
			if got := sum / 10; got < 0.98 {
				t.Errorf("%s, %s vectors: recall %.3f", metric, k.name, got)
			}
		}
	}
}

func TestChanges(t *testing.T) {
	t.Parallel()
	x := vectorindex.New(3, vectorindex.Cosine)
	first := func(q ...float32) string {
		if keys := x.Search(q, 1); len(keys) > 0 {
			return keys[0]
		}
		return ""
	}
	if got := first(1, 0, 0); got != "" || x.Len() != 0 {
		t.Errorf("an empty index finds %q", got)
	}
	x.Set("a", []float32{1, 0, 0})
	x.Set("b", []float32{0, 1, 0})
	x.Set("zero", []float32{0, 0, 0})
	if first(1, 0.1, 0) != "a" || first(0.1, 1, 0) != "b" || x.Len() != 3 {
		t.Errorf("%q %q of %d", first(1, 0.1, 0), first(0.1, 1, 0), x.Len())
	}
	x.Set("a", []float32{0, 0, 1})
	if first(0, 0, 1) != "a" || x.Len() != 3 {
		t.Errorf("a changed vector is not found: %q", first(0, 0, 1))
	}
	x.Delete("a")
	x.Delete("a")
	x.Delete("unknown")
	if keys := x.Search([]float32{0, 0, 1}, 10); x.Len() != 2 || slices.Contains(keys, "a") || slices.Contains(keys, "") {
		t.Errorf("after a deletion %q of %d", keys, x.Len())
	}
	before := x.Bytes()
	x.Set("c", []float32{0, 0, 1})
	if first(0, 0, 1) != "c" || x.Bytes() != before {
		t.Errorf("a freed slot is not used again: %q, %d and %d bytes", first(0, 0, 1), before, x.Bytes())
	}
}

// BenchmarkSearch measures a search of 50 and prints its recall and the memory
// of the index.
func BenchmarkSearch(b *testing.B) {
	const dimension, limit = 1024, 50
	for _, count := range []int{10_000, 100_000} {
		source := rand.New(rand.NewPCG(3, 4))
		for _, k := range kinds(source, dimension) {
			b.Run(fmt.Sprintf("%s/%d", k.name, count), func(b *testing.B) {
				x := vectorindex.New(dimension, vectorindex.Cosine)
				stored := fill(x, source, k, dimension, count)
				queries := make([][]float32, 8)
				sum := 0.0
				for i := range queries {
					queries[i] = k.make(source, dimension)
					sum += recall(x, vectorindex.Cosine, stored, queries[i], limit)
				}
				for i := 0; b.Loop(); i++ {
					x.Search(queries[i%len(queries)], limit)
				}
				b.ReportMetric(sum/float64(len(queries)), "recall")
				b.ReportMetric(float64(x.Bytes())/(1<<20), "MiB")
			})
		}
	}
}
