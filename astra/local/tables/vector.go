package tables

import (
	"cmp"
	"math"
	"slices"

	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
)

// maxVectorLimit is the default and the maximum of a vector sort.
const maxVectorLimit = 1000

type hit struct {
	row   rowstore.Row
	score float64
}

// vectorRows compares every row that matches: exact, where Astra is
// approximate, and slower the more rows there are. Rows without a vector are
// left out.
func (c *call) vectorRows(q *query) ([]any, error) {
	limit := q.limit
	if limit == 0 {
		limit = maxVectorLimit
	}
	hits, err := c.nearest(q, limit)
	docs := []any{}
	for _, h := range hits {
		docs = append(docs, c.renderHit(q, h))
	}
	return docs, err
}

// nearest finds the hits with the highest scores, highest first; those that
// score the same stay in the order of their keys. Of a row that is too far
// away it decodes no more than it takes to know that.
func (c *call) nearest(q *query, limit int) ([]hit, error) {
	var hits []hit
	least := math.Inf(-1)
	compare := newSimilarity(q.sort.metric, q.sort.vector)
	err := c.scanLazily(q.plan, nil, q.compared(), func(_ []byte, row rowstore.Row, more func(map[string]bool) (rowstore.Row, error)) (bool, error) {
		v, ok := row[q.sort.column].([]float32)
		if !ok || !q.filter.match(row) {
			return true, nil
		}
		score := compare(v)
		if score <= least {
			return true, nil
		}
		row, err := more(q.needed)
		if hits = append(hits, hit{row, score}); len(hits) >= 2*limit {
			hits = best(hits, limit)
			least = hits[limit-1].score
		}
		return true, err
	})
	return best(hits, limit), err
}

func best(hits []hit, limit int) []hit {
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.score, a.score) })
	return hits[:min(limit, len(hits))]
}

// compared are the columns that decide which rows are the nearest.
func (q *query) compared() map[string]bool {
	out := map[string]bool{q.sort.column: true}
	q.filter.walk(func(n *node) { out[n.col.Name] = true })
	return out
}

func (c *call) renderHit(q *query, h hit) *jsonv.Object {
	doc := c.render(q, h.row)
	if q.similarity {
		doc.Set("$similarity", float32(h.score))
	}
	return doc
}

// newSimilarity compares vectors with one: 1 is the nearest, (1+cos)/2,
// (1+dot)/2 or 1/(1+d²).
func newSimilarity(metric string, to []float32) func([]float32) float64 {
	switch metric {
	case "dot_product":
		return func(v []float32) float64 { return (1 + dot(to, v)) / 2 }
	case "euclidean":
		return func(v []float32) float64 { return 1 / (1 + distance(to, v)) }
	}
	length := dot(to, to)
	return func(v []float32) float64 {
		if squares := length * dot(v, v); squares > 0 {
			return (1 + dot(to, v)/math.Sqrt(squares)) / 2
		}
		return 0.5
	}
}

// dot keeps four sums, so that the processor need not wait for each addition.
func dot(a, b []float32) float64 {
	var s0, s1, s2, s3 float64
	b = b[:len(a)]
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s0 += float64(a[i]) * float64(b[i])
		s1 += float64(a[i+1]) * float64(b[i+1])
		s2 += float64(a[i+2]) * float64(b[i+2])
		s3 += float64(a[i+3]) * float64(b[i+3])
	}
	for ; i < len(a); i++ {
		s0 += float64(a[i]) * float64(b[i])
	}
	return s0 + s1 + s2 + s3
}

// distance is the square of it.
func distance(a, b []float32) (sum float64) {
	for i, x := range a {
		d := float64(x - b[i])
		sum += d * d
	}
	return sum
}
