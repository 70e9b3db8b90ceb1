package tables

import (
	"math"
	"sort"

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
// approximate. Rows without a vector are left out.
func (c *call) vectorRows(q *query) ([]any, error) {
	limit := q.limit
	if limit == 0 {
		limit = maxVectorLimit
	}
	var hits []hit
	err := c.scan(q.plan, nil, q.needed, func(_ []byte, row rowstore.Row) (bool, error) {
		v, ok := row[q.sort.column].([]float32)
		if ok && q.filter.match(row) {
			hits = append(hits, hit{row, similarity(q.sort.metric, q.sort.vector, v)})
		}
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	sort.SliceStable(hits, func(i, j int) bool { return hits[i].score > hits[j].score })
	docs := []any{}
	for _, h := range hits[:min(limit, len(hits))] {
		docs = append(docs, c.renderHit(q, h))
	}
	return docs, nil
}

func (c *call) renderHit(q *query, h hit) *jsonv.Object {
	doc := c.render(q, h.row)
	if q.similarity {
		doc.Set("$similarity", float32(h.score))
	}
	return doc
}

// similarity is 1 for the nearest: (1+cos)/2, (1+dot)/2 or 1/(1+d²).
func similarity(metric string, a, b []float32) float64 {
	var dot, aa, bb, dist float64
	for i, x := range a {
		y := b[i]
		dot += float64(x) * float64(y)
		aa += float64(x) * float64(x)
		bb += float64(y) * float64(y)
		dist += float64(x-y) * float64(x-y)
	}
	switch metric {
	case "dot_product":
		return (1 + dot) / 2
	case "euclidean":
		return 1 / (1 + dist)
	}
	if aa == 0 || bb == 0 {
		return 0.5
	}
	return (1 + dot/math.Sqrt(aa*bb)) / 2
}
