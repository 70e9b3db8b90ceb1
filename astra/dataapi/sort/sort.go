// Package sort builds the sort clause of finds. The order of its fields matters
// to the Data API, so it is the order of the JSON.
package sort

import (
	"encoding/json"
	"fmt"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/datatypes"
)

// Directions of a field.
const (
	Ascending  = 1
	Descending = -1
)

// Sortable is a sort clause: [Sort], [Clauses] or [S].
type Sortable interface{ isSort() }

// S is a clause of one field to a direction or to a value. A map has no order,
// so give several fields as [Clauses] or [Sort].
type S map[string]any

func (S) isSort() {}

// Clauses is a list of clauses, the first deciding first.
type Clauses []S

func (Clauses) isSort() {}

// MarshalJSON implements [json.Marshaler].
func (c Clauses) MarshalJSON() ([]byte, error) {
	var all Sort
	for _, one := range c {
		for field, value := range one {
			all = all.By(field, value)
		}
	}
	return all.MarshalJSON()
}

// Sort is an ordered sort clause. Begin with [Asc], [Desc], [By], [Vector],
// [Vectorize], [Lexical] or [Hybrid].
type Sort struct{ clauses []clause }

type clause struct {
	field string
	value any
}

func (Sort) isSort() {}

// Asc sorts by the field, smallest first; nulls come first.
func Asc(field string) Sort { return Sort{}.Asc(field) }

// Desc sorts by the field, largest first.
func Desc(field string) Sort { return Sort{}.Desc(field) }

// By compares the field with a value: a table's vector column with a
// datatypes.Vector, a []float32 or, if the column has an embedding service, a
// text.
func By(field string, value any) Sort { return Sort{}.By(field, value) }

// Vector sorts documents by similarity to a []float32 or datatypes.Vector.
func Vector(v any) Sort { return By("$vector", datatypes.NewVector(v)) }

// Vectorize sorts documents by similarity to a text.
func Vectorize(text string) Sort { return By("$vectorize", text) }

// Lexical sorts documents by the words that they share with a text.
func Lexical(text string) Sort { return By("$lexical", text) }

// HybridSort are the parts of a hybrid sort, each left out if nil.
type HybridSort struct {
	Vectorize *string `json:"$vectorize,omitempty"`
	Lexical   *string `json:"$lexical,omitempty"`
	Vector    any     `json:"$vector,omitempty"`
}

// Hybrid sorts documents by vector and by words.
func Hybrid(text string) Sort { return By("$hybrid", text) }

// HybridBy does so with a query for each.
func HybridBy(h HybridSort) Sort { return By("$hybrid", h) }

// Asc adds a field, smallest first.
func (s Sort) Asc(field string) Sort { return s.By(field, Ascending) }

// Desc adds a field, largest first.
func (s Sort) Desc(field string) Sort { return s.By(field, Descending) }

// By adds a field with a value.
func (s Sort) By(field string, value any) Sort {
	return Sort{append(s.clauses[:len(s.clauses):len(s.clauses)], clause{field, value})}
}

// MarshalJSON implements [json.Marshaler] with one object in the given order.
func (s Sort) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, c := range s.clauses {
		if i > 0 {
			out = append(out, ',')
		}
		field, err := json.Marshal(c.field)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(c.value)
		if err != nil {
			return nil, fmt.Errorf("sort by %s: %w", c.field, err)
		}
		out = append(append(append(out, field...), ':'), value...)
	}
	return append(out, '}'), nil
}
