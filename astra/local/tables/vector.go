package tables

import (
	"bytes"
	"cmp"
	"math"
	"slices"

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

// scored is a row or a document, and how similar its vector is.
type scored[T any] struct {
	value T
	score float64
}

// best are the hits with the highest scores, highest first; those that score the
// same stay in their order.
func best[T any](hits []scored[T], limit int) []scored[T] {
	slices.SortStableFunc(hits, func(a, b scored[T]) int { return cmp.Compare(b.score, a.score) })
	return hits[:min(limit, len(hits))]
}

// nearestByIndex finds the best of the candidates of the vector index, in the order
// of their keys if they score the same; ok is false for a small table.
func nearestByIndex[T any](c *call, column, metric string, to []float32, limit int,
	decode func(rowstore.Stored) (T, error)) (hits []scored[T], ok bool, err error) {
	index, _ := c.table.IndexOn(column, schema.Vector)
	keys, ok, err := c.h.Store.NearestKeys(c.table, index, metric, to, limit)
	if !ok || err != nil {
		return nil, false, err
	}
	slices.SortFunc(keys, bytes.Compare)
	var candidates []scored[rowstore.Stored]
	var vector []float32
	compare := newSimilarity(metric, to)
	_, err = c.visitKeys(keys, func(_ []byte, stored rowstore.Stored) (more bool, err error) {
		if vector, err = stored.Vector(column, vector); err == nil && len(vector) > 0 {
			candidates = append(candidates, scored[rowstore.Stored]{stored, compare(vector)})
		}
		return true, err
	})
	if err != nil {
		return nil, false, err
	}
	for _, near := range best(candidates, limit) {
		v, err := decode(near.value)
		if err != nil {
			return nil, false, err
		}
		hits = append(hits, scored[T]{v, near.score})
	}
	return hits, true, nil
}

// vectorRows returns the rows that match, most similar first. Rows without a
// vector are left out.
func (c *call) vectorRows(q *query) ([]any, error) {
	hits, err := c.nearest(q, cmp.Or(q.limit, maxVectorLimit))
	docs := []any{}
	for _, h := range hits {
		doc := c.render(q, h.value)
		if q.similarity {
			doc.Set("$similarity", float32(h.score))
		}
		docs = append(docs, doc)
	}
	return docs, err
}

// nearest finds the best hits of a query. Without a filter it asks the vector index
// of a large table; else it compares every row that matches. Of a row that is too
// far away it decodes no more than the vector.
func (c *call) nearest(q *query, limit int) (hits []scored[rowstore.Row], err error) {
	if len(q.filter.comparisons()) == 0 {
		decode := func(stored rowstore.Stored) (rowstore.Row, error) { return stored.Row(q.needed) }
		if hits, ok, err := nearestByIndex(c, q.sort.column, q.sort.metric, q.sort.vector, limit, decode); ok || err != nil {
			return hits, err
		}
	}
	var vector []float32
	least := math.Inf(-1)
	compare := newSimilarity(q.sort.metric, q.sort.vector)
	err = c.scanStored(q.plan, nil, func(_ []byte, stored rowstore.Stored) (more bool, err error) {
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
		if hits = append(hits, scored[rowstore.Row]{row, score}); len(hits) >= 2*limit {
			hits = best(hits, limit)
			least = hits[limit-1].score
		}
		return true, nil
	})
	return best(hits, limit), err
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
