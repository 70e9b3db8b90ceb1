package dataapi

import (
	"context"
	"errors"
	"fmt"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/cursors"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/internal/call"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
)

// ErrNilFilter refuses an update or deletion without a filter; write an empty
// filter to mean every row.
var ErrNilFilter = errors.New("the filter is nil; write filter.F{} to mean every row")

// The filters and updates of tables.
type (
	TableFilter = filter.Filterable
	TableUpdate = update.TableUpdate
)

// Table is one table. It is safe for use by many goroutines.
type Table struct {
	target
	db *Db
}

// Name is the table's name.
func (t *Table) Name() string { return t.name }

// Database is the keyspace that the table is in.
func (t *Table) Database() *Db { return t.db }

// InsertOne writes a row, over one with the same key if there is one: a table
// has no duplicate-key error. So it is retried like a read.
func (t *Table) InsertOne(ctx context.Context, row any) (*results.InsertOneResult, error) {
	return insertOne(ctx, &t.target, row, true)
}

func insertOne(ctx context.Context, on *target, document any, idempotent bool) (*results.InsertOneResult, error) {
	response, err := on.run(ctx, "insertOne", map[string]any{"document": document}, idempotent)
	if err != nil {
		return nil, fmt.Errorf("insert into %s: %w", on.name, err)
	}
	var id []byte
	if ids := response.Status.InsertedIDs; len(ids) > 0 {
		id = ids[0]
	}
	return results.NewInsertOneResult(id, response.Status.Warnings), nil
}

// InsertMany writes the rows of a slice, by default in chunks and in no order.
// Rows that were written stay written when others fail; the error is then a
// [*results.InsertManyError].
func (t *Table) InsertMany(ctx context.Context, rows any, opts ...options.TableInsertManyOption) (*results.InsertManyResult, error) {
	return insertMany(ctx, &t.target, rows, options.Merge(opts...), true)
}

// FindOne reads the first row that the filter matches; a nil filter matches
// every row.
func (t *Table) FindOne(ctx context.Context, f TableFilter, opts ...options.TableFindOneOption) *results.SingleResult {
	response, err := findOne(ctx, &t.target, f, options.Merge(opts...))
	if err != nil {
		return results.NewFailure(err)
	}
	return results.NewRow(response.Data.Document, response.Status.ProjectionSchema, response.Status.Warnings)
}

func findOne(ctx context.Context, on *target, f filter.Filterable, o options.TableFindOneOptions) (*call.Response, error) {
	find := options.TableFindOptions{Sort: o.Sort, Projection: o.Projection, IncludeSimilarity: o.IncludeSimilarity}
	response, err := on.run(ctx, "findOne", cursors.Body(orNothing(f), &find, ""), true)
	if err != nil {
		return nil, fmt.Errorf("find one in %s: %w", on.name, err)
	}
	return response, nil
}

// orNothing is no filter at all for nil, so that it is left out of the body.
func orNothing(f filter.Filterable) any {
	if isNil(f) {
		return nil
	}
	return f
}

// Find returns a cursor over the rows that the filter matches; a nil filter
// matches every row. The first request is sent by the cursor's first use.
func (t *Table) Find(f TableFilter, opts ...options.TableFindOption) *cursors.TableFindCursor {
	return cursors.NewTableFindCursor(t.caller, t.command("find", nil, true), orNothing(f), options.Merge(opts...))
}

// UpdateOne changes the row with exactly that primary key and creates it if it
// does not exist; the answer cannot tell which. An update with $push or
// $pullAll is never retried, unless it is one of [update.TableUpdateBuilder.PutEntries].
func (t *Table) UpdateOne(ctx context.Context, f TableFilter, u TableUpdate) error {
	if isNil(f) {
		return fmt.Errorf("update a row of %s: %w", t.name, ErrNilFilter)
	}
	if _, err := t.run(ctx, "updateOne", map[string]any{"filter": f, "update": u}, idempotent(u)); err != nil {
		return fmt.Errorf("update a row of %s: %w", t.name, err)
	}
	return nil
}

// DeleteOne deletes the row with exactly that primary key, if it exists.
func (t *Table) DeleteOne(ctx context.Context, f TableFilter) error {
	return t.delete(ctx, "deleteOne", f)
}

// DeleteMany deletes a partition or the rows below a prefix of its clustering
// columns; the empty filter truncates the table.
func (t *Table) DeleteMany(ctx context.Context, f TableFilter) error {
	return t.delete(ctx, "deleteMany", f)
}

func (t *Table) delete(ctx context.Context, name string, f TableFilter) error {
	if isNil(f) {
		return fmt.Errorf("%s of %s: %w", name, t.name, ErrNilFilter)
	}
	if _, err := t.run(ctx, name, map[string]any{"filter": f}, true); err != nil {
		return fmt.Errorf("%s of %s: %w", name, t.name, err)
	}
	return nil
}
