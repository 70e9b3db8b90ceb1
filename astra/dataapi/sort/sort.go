// Package sort builds the sort clause of a find on a table. Order matters to
// the service (clustering columns must come in their order), so it is kept on
// the wire.
package sort

// Directions of a column.
const (
	Ascending  = 1
	Descending = -1
)

// S is one clause: a column to a direction, or to the vector to compare with.
// A map has no order, so it holds one entry.
type S map[string]any

// Clauses is a sort of several columns, the first deciding first. Build it
// with [Asc], [Desc] and [By], then chain.
type Clauses []S

// Asc sorts by the column, smallest first; nulls come first.
func Asc(column string) Clauses { return Clauses{}.Asc(column) }

// Desc sorts by the column, largest first.
func Desc(column string) Clauses { return Clauses{}.Desc(column) }

// By compares the column with a value: for a vector column, rows come by
// similarity to the given datatypes.Vector, []float32 or, where the column has
// an embedding service, text. Such a clause stands alone.
func By(column string, value any) Clauses { return Clauses{}.By(column, value) }

// Asc adds a column, smallest first.
func (c Clauses) Asc(column string) Clauses { return c.By(column, Ascending) }

// Desc adds a column, largest first.
func (c Clauses) Desc(column string) Clauses { return c.By(column, Descending) }

// By adds a column with a value.
func (c Clauses) By(column string, value any) Clauses {
	return append(c[:len(c):len(c)], S{column: value})
}
