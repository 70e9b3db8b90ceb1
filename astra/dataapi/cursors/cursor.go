// Package cursors walks the results of a find, page after page. It knows
// commands only as functions that return a page.
package cursors

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/datatypes"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
)

// Errors of a cursor in the wrong state.
var (
	ErrCursorClosed      = errors.New("the cursor is closed; Rewind begins again")
	ErrNoCurrentDocument = errors.New("the cursor has no current row; call Next first")
)

// CursorState is the state of a cursor.
type CursorState int

// States of a cursor: not begun, begun, and at its end, closed or failed.
const (
	CursorStateIdle CursorState = iota
	CursorStateStarted
	CursorStateClosed
)

func (s CursorState) String() string {
	switch s {
	case CursorStateIdle:
		return "idle"
	case CursorStateStarted:
		return "started"
	case CursorStateClosed:
		return "closed"
	default:
		return fmt.Sprintf("unknown(%d)", int(s))
	}
}

// AbstractCursor walks results. It is safe for use by many goroutines.
type AbstractCursor interface {
	// State is the state of the walk.
	State() CursorState
	// Buffered is the number of rows in memory, the current one included.
	Buffered() int
	// Next moves to the next row, fetching a page if necessary. It returns false
	// at the end and on an error, which Err returns.
	Next(ctx context.Context) bool
	// Decode writes the current row into v.
	Decode(v any) error
	// DecodeAll replaces the slice that v points to by the rows that are left,
	// the current one included, and closes the cursor.
	DecodeAll(ctx context.Context, v any) error
	// DecodePage replaces the slice that v points to by the rows in memory, the
	// current one included, or else by the next page, and moves past them. It
	// decodes each row once, which Next and Decode do not. It returns false at the
	// end and on an error, which Err returns.
	DecodePage(ctx context.Context, v any) bool
	// DecodeBuffered does so with at most n rows that are in memory, all of them
	// if n is 0, and moves past them.
	DecodeBuffered(v any, n int) error
	// Err is the error that ended the walk, nil at its regular end.
	Err() error
	// Rewind begins the walk again.
	Rewind()
	// Close ends the walk.
	Close()
}

// FindCursor walks the results of a find.
type FindCursor interface {
	AbstractCursor
	// GetSortVector is the vector that is sorted by, if it was asked for; it
	// fetches the first page if necessary. On an error it is nil, see Err.
	GetSortVector(ctx context.Context) *datatypes.Vector
	// Warnings are those of all pages so far.
	Warnings() results.Warnings
}

// Decode decodes the current row.
func Decode[T any](c AbstractCursor) (T, error) {
	var value T
	err := c.Decode(&value)
	return value, err
}

// DecodeAll decodes the rows that are left and closes the cursor.
func DecodeAll[T any](ctx context.Context, c AbstractCursor) ([]T, error) {
	var values []T
	err := c.DecodeAll(ctx, &values)
	return values, err
}

// All iterates over the rows that are left. An error is the last pair.
func All[T any](ctx context.Context, c AbstractCursor) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for c.Next(ctx) {
			value := new(T)
			if err := c.Decode(value); err != nil {
				yield(nil, err)
				return
			}
			if !yield(value, nil) {
				return
			}
		}
		if err := c.Err(); err != nil {
			yield(nil, err)
		}
	}
}
