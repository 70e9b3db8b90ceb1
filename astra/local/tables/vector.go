package tables

import (
	"bytes"
	"cmp"
	"math"
	"slices"

	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
)

// maxVectorLimit is the default and the maximum of a vector sort.
const maxVectorLimit = 1000

// nearZero is the square of the length under which a vector has no direction.
const nearZero = 1e-12

// checkDirection refuses a vector of zeros where an index compares directions.
func (c *call) checkDirection(metric string, vector []float32) error {
	square := 0.0
	for _, x := range vector {
		square += float64(x) * float64(x)
	}
	if metric != "cosine" || square >= nearZero {
		return nil
	}
	return c.refused("zero and near-zero vectors cannot be indexed or queried with cosine similarity")
}

type hit struct {
	row   rowstore.Row
	score float64
}

// vectorRows returns the rows that match, most similar first. Rows without a
// vector are left out.
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
// score the same stay in the order of their keys. Without a filter it asks the
// vector index of a large table.
func (c *call) nearest(q *query, limit int) ([]hit, error) {
	if q.filter.empty() {
		if hits, ok, err := c.nearestByIndex(q, limit); ok || err != nil {
			return hits, err
		}
	}
	return c.nearestOfAll(q, limit)
}

// nearestByIndex compares the candidates of the vector index; ok is false for a
// small table.
func (c *call) nearestByIndex(q *query, limit int) (hits []hit, ok bool, err error) {
	index, _ := c.table.IndexOn(q.sort.column, schema.Vector)
	keys, ok, err := c.h.Store.NearestKeys(c.table, index, q.sort.metric, q.sort.vector, limit)
	if !ok || err != nil {
		return nil, false, err
	}
	slices.SortFunc(keys, bytes.Compare)
	var vector []float32
	compare := newSimilarity(q.sort.metric, q.sort.vector)
	for _, key := range keys {
		stored, found, err := c.h.Store.Get(c.ctx, c.table, key)
		if err == nil && found {
			vector, err = stored.Vector(q.sort.column, vector)
		}
		if err != nil {
			return nil, false, err
		}
		if !found || len(vector) == 0 { // deleted since
			continue
		}
		row, err := stored.Row(q.needed)
		if err != nil {
			return nil, false, err
		}
		hits = append(hits, hit{row, compare(vector)})
	}
	return best(hits, limit), true, nil
}

// nearestOfAll compares every row that matches. Of a row that is too far away it
// decodes no more than the vector.
func (c *call) nearestOfAll(q *query, limit int) ([]hit, error) {
	var hits []hit
	var vector []float32
	least := math.Inf(-1)
	compare := newSimilarity(q.sort.metric, q.sort.vector)
	err := c.scanStored(q.plan, nil, func(_ []byte, stored rowstore.Stored) (more bool, err error) {
		if vector, err = stored.Vector(q.sort.column, vector); err != nil || len(vector) == 0 {
			return true, err
		}
		score := compare(vector)
		if score <= least {
			return true, nil
		}
		row, err := stored.Row(q.needed)
		if err != nil || !q.filter.match(row) {
			return true, err
		}
		if hits = append(hits, hit{row, score}); len(hits) >= 2*limit {
			hits = best(hits, limit)
			least = hits[limit-1].score
		}
		return true, nil
	})
	return best(hits, limit), err
}

func best(hits []hit, limit int) []hit {
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.score, a.score) })
	return hits[:min(limit, len(hits))]
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
		product, squares := dots(to, v)
		if squares *= length; squares > 0 {
			return (1 + product/math.Sqrt(squares)) / 2
		}
		return 0.5
	}
}

func dot(a, b []float32) float64 {
	product, _ := dots(a, b)
	return product
}

// dots are the products of a with b and of b with itself. It keeps two sums of
// each, so that the processor need not wait for every addition.
func dots(a, b []float32) (product, squares float64) {
	var p, s float64
	b = b[:len(a)]
	i := 0
	for ; i+2 <= len(a); i += 2 {
		x, y := float64(b[i]), float64(b[i+1])
		product += float64(a[i]) * x
		p += float64(a[i+1]) * y
		squares += x * x
		s += y * y
	}
	if i < len(a) {
		x := float64(b[i])
		product += float64(a[i]) * x
		squares += x * x
	}
	return product + p, squares + s
}

// distance is the square of it.
func distance(a, b []float32) (sum float64) {
	for i, x := range a {
		d := float64(x - b[i])
		sum += d * d
	}
	return sum
}
