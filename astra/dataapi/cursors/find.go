package cursors

import (
	"cmp"
	"context"
	"fmt"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/datatypes"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/internal/call"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/internal/row"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
)

// TableFindCursor walks the rows of a find.
type TableFindCursor struct{ *find }

// CollectionFindCursor walks the documents of a find.
type CollectionFindCursor struct{ *find }

var (
	_ FindCursor = (*TableFindCursor)(nil)
	_ FindCursor = (*CollectionFindCursor)(nil)
)

// NewTableFindCursor is for the client.
func NewTableFindCursor(caller call.Caller, command call.Command, filter any, opts options.TableFindOptions) *TableFindCursor {
	return &TableFindCursor{newFind(caller, command, filter, opts)}
}

// NewCollectionFindCursor is for the client.
func NewCollectionFindCursor(
	caller call.Caller, command call.Command, filter any, opts options.CollectionFindOptions,
) *CollectionFindCursor {
	return &CollectionFindCursor{newFind(caller, command, filter, opts)}
}

// Clone is a new cursor of the same find, at its beginning.
func (c *TableFindCursor) Clone() *TableFindCursor { return &TableFindCursor{c.clone()} }

// Clone is a new cursor of the same find, at its beginning.
func (c *CollectionFindCursor) Clone() *CollectionFindCursor { return &CollectionFindCursor{c.clone()} }

// find is the walk.
type find struct {
	caller  call.Caller
	command call.Command
	filter  any
	options options.TableFindOptions

	mu    sync.Mutex
	state CursorState
	err   error
	// page begins with the current row once Next was called; pending says that
	// its first row is still the next one.
	page     []jsontext.Value
	pending  bool
	schema   row.Schema
	taken    int // rows of all pages so far
	next     string
	last     bool // there is no page after this one
	warnings results.Warnings
	vector   *datatypes.Vector
}

func newFind(caller call.Caller, command call.Command, filter any, opts options.TableFindOptions) *find {
	f := &find{caller: caller, command: command, filter: filter, options: opts}
	f.Rewind()
	return f
}

func (f *find) clone() *find { return newFind(f.caller, f.command, f.filter, f.options) }

// Rewind implements [AbstractCursor].
func (f *find) Rewind() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.state, f.err, f.page, f.pending, f.taken, f.last = CursorStateIdle, nil, nil, false, 0, false
	f.warnings, f.vector, f.next = nil, nil, ""
	if f.options.InitialPageState != nil {
		f.next = *f.options.InitialPageState
	}
}

// State implements [AbstractCursor].
func (f *find) State() CursorState {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state
}

// Buffered implements [AbstractCursor].
func (f *find) Buffered() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.page)
}

// Next implements [AbstractCursor].
func (f *find) Next(ctx context.Context) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.page) > 0 && !f.pending {
		f.page = f.page[1:]
	}
	f.pending = false
	return f.fill(ctx)
}

// fill fetches pages until there is a row, or closes the cursor.
func (f *find) fill(ctx context.Context) bool {
	for len(f.page) == 0 {
		if f.state == CursorStateClosed || f.last {
			f.state = CursorStateClosed
			return false
		}
		if !f.fetch(ctx, nil) {
			return false
		}
	}
	return true
}

// fetch asks for the next page, or closes the cursor. Rows that into can decode go
// there, else they become the page.
func (f *find) fetch(ctx context.Context, into *row.List) bool {
	f.state = CursorStateStarted
	command := f.command
	command.Body = Body(f.filter, &f.options, f.next)
	if into != nil && into.Direct() {
		command.Rows = into
	}
	response, err := f.caller.Call(ctx, command)
	if err != nil {
		f.err, f.state = fmt.Errorf("find in %s: %w", command.Table, err), CursorStateClosed
		return false
	}
	f.page, f.next = response.Data.Documents.Values, response.Data.NextPageState
	f.last = f.next == ""
	if into != nil && len(f.page) == 0 {
		into.Keep(f.take(into.Decoded()))
	} else {
		f.page = f.page[:f.take(len(f.page))]
	}
	f.schema = response.Status.ProjectionSchema
	if v := response.Status.SortVector; !v.IsZero() {
		f.vector = &v
	}
	f.warnings = append(f.warnings, response.Status.Warnings...)
	return true
}

// take counts the rows of a page, as the limit is a total over all pages, and
// returns how many of them are within it.
func (f *find) take(rows int) int {
	if limit := f.options.Limit; limit != nil && *limit > 0 && f.taken+rows >= *limit {
		rows, f.last = *limit-f.taken, true
	}
	f.taken += rows
	return rows
}

// Decode implements [AbstractCursor].
func (f *find) Decode(v any) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.state == CursorStateClosed:
		return ErrCursorClosed
	case len(f.page) == 0 || f.pending:
		return ErrNoCurrentDocument
	}
	return f.decode(0, v)
}

func (f *find) decode(i int, v any) error {
	if f.command.Documents {
		return row.DecodeDocument(f.page[i], v)
	}
	return row.Decode(f.page[i], f.schema, v)
}

// DecodeAll implements [AbstractCursor].
func (f *find) DecodeAll(ctx context.Context, v any) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer func() { f.state, f.page = CursorStateClosed, nil }()
	switch {
	case f.err != nil:
		return f.err
	case f.state == CursorStateClosed:
		return ErrCursorClosed
	}
	list, err := f.list(v)
	if err != nil {
		return err
	}
	for {
		if err := f.addPage(list); err != nil {
			return err
		}
		if f.last || !f.fetch(ctx, list) {
			return f.err
		}
	}
}

// DecodePage implements [AbstractCursor].
func (f *find) DecodePage(ctx context.Context, v any) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.state == CursorStateClosed {
		return false
	}
	list, err := f.list(v)
	for err == nil {
		err = f.addPage(list)
		if err == nil && list.Len() > 0 {
			return true
		}
		if err != nil || f.last || !f.fetch(ctx, list) {
			break
		}
	}
	f.err, f.state = cmp.Or(f.err, err), CursorStateClosed
	return false
}

// list is for the rows of this cursor.
func (f *find) list(v any) (*row.List, error) {
	list, err := row.NewList(v)
	if err != nil {
		return nil, err
	}
	if f.command.Documents {
		list.OfDocuments()
	}
	if limit := f.options.Limit; limit != nil {
		list.Expect(min(max(*limit-f.taken, 0), rowsPerPage))
	}
	return list, nil
}

// rowsPerPage is how many rows the Data API returns in one call at most.
const rowsPerPage = 50

// addPage moves the page to the list.
func (f *find) addPage(list *row.List) error {
	err := list.Add(len(f.page), f.decode)
	f.page, f.pending = nil, false
	return err
}

// DecodeBuffered implements [AbstractCursor].
func (f *find) DecodeBuffered(v any, n int) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n <= 0 || n > len(f.page) {
		n = len(f.page)
	}
	err := row.DecodeSlice(n, v, f.decode)
	if err == nil {
		f.page, f.pending = f.page[n:], true
	}
	return err
}

// Err implements [AbstractCursor].
func (f *find) Err() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// NextPageState names the page after the one in memory, for
// options.TableFindOptions.SetPageState; "" if that is the last.
func (f *find) NextPageState() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.next
}

// Warnings implements [FindCursor].
func (f *find) Warnings() results.Warnings {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.warnings
}

// GetSortVector implements [FindCursor].
func (f *find) GetSortVector(ctx context.Context) *datatypes.Vector {
	f.mu.Lock()
	defer f.mu.Unlock()
	if asked := f.options.IncludeSortVector; f.state == CursorStateIdle && asked != nil && *asked {
		f.pending = f.fill(ctx)
	}
	return f.vector
}

// Close implements [AbstractCursor].
func (f *find) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.state, f.page = CursorStateClosed, nil
}
