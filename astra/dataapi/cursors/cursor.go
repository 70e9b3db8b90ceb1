// Package cursors walks the rows of a find, page after page.
package cursors

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/internal/call"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/internal/row"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
)

// Errors of a cursor that is used in the wrong state.
var (
	ErrCursorClosed      = errors.New("the cursor is closed")
	ErrNoCurrentDocument = errors.New("the cursor stands on no row; call Next first")
)

// TableFindCursor walks the rows of one find. It belongs to one goroutine.
type TableFindCursor struct {
	caller  call.Caller
	command call.Command
	filter  any
	find    options.Find

	page     []jsontext.Value
	schema   row.Schema
	at       int // of the current row in page, -1 before the first
	given    int // rows handed out
	state    string
	started  bool
	closed   bool
	err      error
	warnings []results.Warning
	vector   []float32
	sorted   int
}

// NewTableFindCursor is for the client.
func NewTableFindCursor(caller call.Caller, command call.Command, filter any, find options.Find) *TableFindCursor {
	return &TableFindCursor{caller: caller, command: command, filter: filter, find: find, at: -1, state: find.PageState}
}

// Next moves to the next row, asking for a page when it must. It returns false
// at the end and on an error; Err tells which.
func (c *TableFindCursor) Next(ctx context.Context) bool {
	if c.closed || c.err != nil || (c.find.Limit > 0 && c.given >= c.find.Limit) {
		return false
	}
	for c.at+1 >= len(c.page) {
		if c.started && c.state == "" {
			return false
		}
		if c.err = c.fetch(ctx); c.err != nil {
			return false
		}
	}
	c.at++
	c.given++
	return true
}

// fetch asks for the next page. The limit is a total over all pages, so the
// walk itself keeps count of it.
func (c *TableFindCursor) fetch(ctx context.Context) error {
	find := c.find
	find.PageState = c.state
	command := c.command
	command.Body = Body(c.filter, find)
	response, err := c.caller.Call(ctx, command)
	if err != nil {
		return fmt.Errorf("find rows of %s: %w", command.Table, err)
	}
	c.started, c.at = true, -1
	c.page, c.state = response.Data.Documents, response.Data.NextPageState
	c.schema = response.Status.ProjectionSchema
	c.vector, c.sorted = response.Status.SortVector, response.Status.SortedRowCount
	c.warnings = append(c.warnings, response.Status.Warnings...)
	return nil
}

// Decode writes the current row into v.
func (c *TableFindCursor) Decode(v any) error {
	switch {
	case c.closed:
		return ErrCursorClosed
	case c.at < 0 || c.at >= len(c.page):
		return ErrNoCurrentDocument
	}
	return row.Decode(c.page[c.at], c.schema, v)
}

// DecodeAll appends all the rows that are left to the slice that v points to,
// and closes the cursor.
func (c *TableFindCursor) DecodeAll(ctx context.Context, v any) error {
	defer c.Close()
	slice := reflect.ValueOf(v)
	if slice.Kind() != reflect.Pointer || slice.Elem().Kind() != reflect.Slice {
		return fmt.Errorf("decode all rows: want a pointer to a slice, not %T", v)
	}
	slice = slice.Elem()
	for c.Next(ctx) {
		element := reflect.New(slice.Type().Elem())
		if err := c.Decode(element.Interface()); err != nil {
			return err
		}
		slice.Set(reflect.Append(slice, element.Elem()))
	}
	return c.Err()
}

// Err is what ended the walk early, nil at its natural end.
func (c *TableFindCursor) Err() error { return c.err }

// Buffered is how many rows can be had without asking.
func (c *TableFindCursor) Buffered() int { return len(c.page) - c.at - 1 }

// NextPageState names the page after the one in hand, "" if that is the last.
func (c *TableFindCursor) NextPageState() string { return c.state }

// Warnings are those of all pages so far.
func (c *TableFindCursor) Warnings() []results.Warning { return c.warnings }

// SortVector is the vector that was sorted by, if it was asked for.
func (c *TableFindCursor) SortVector() []float32 { return c.vector }

// SortedRowCount is how many rows the server sorted in memory.
func (c *TableFindCursor) SortedRowCount() int { return c.sorted }

// Close ends the walk.
func (c *TableFindCursor) Close() { c.closed = true }
