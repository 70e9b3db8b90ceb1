package dataapi

import (
	"context"
	"errors"
	"fmt"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/cursors"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/internal/call"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
)

// ErrNilFilter refuses an update or deletion without a filter; an empty
// filter, which means every row, has to be written out.
var ErrNilFilter = errors.New("the filter is nil; write filter.F{} to mean every row")

// Table is one table. It is safe for use by many goroutines.
type Table struct {
	db   *Db
	name string
}

// Name is the table's name.
func (t *Table) Name() string { return t.name }

// Database is the keyspace it is in.
func (t *Table) Database() *Db { return t.db }

func (t *Table) command(name string, body any, idempotent bool) call.Command {
	return call.Command{
		Name: name, Keyspace: t.db.settings.Keyspace, Table: t.name, Body: body, Idempotent: idempotent,
	}
}

// InsertOne writes a row, over one with the same key if there is one: a table
// has no duplicate-key error. It is sent again after a failure that may pass,
// which writes the same row.
func (t *Table) InsertOne(ctx context.Context, row any) (*results.InsertOneResult, error) {
	response, err := t.db.caller.Call(ctx, t.command("insertOne", map[string]any{"document": row}, true))
	if err != nil {
		return nil, fmt.Errorf("insert into %s: %w", t.name, err)
	}
	result := &results.InsertOneResult{Warnings: response.Status.Warnings}
	if len(response.Status.InsertedIDs) > 0 {
		result.RawID = response.Status.InsertedIDs[0]
	}
	return result, nil
}

// FindOne reads the first row that the filter matches.
func (t *Table) FindOne(ctx context.Context, filter any, opts ...*options.TableFindOptions) *results.SingleResult {
	find := options.MergeFind(opts)
	find.Limit, find.Skip, find.PageState = 0, 0, ""
	response, err := t.db.caller.Call(ctx, t.command("findOne", cursors.Body(filter, find), true))
	if err != nil {
		return results.NewSingleResult(nil, nil, nil, fmt.Errorf("find one row of %s: %w", t.name, err))
	}
	document := response.Data.Document
	if string(document) == "null" {
		document = nil
	}
	return results.NewSingleResult(document, response.Status.ProjectionSchema, response.Status.Warnings, nil)
}

// Find returns a cursor over the rows that the filter matches. Nothing is
// asked before its first use.
func (t *Table) Find(filter any, opts ...*options.TableFindOptions) *cursors.TableFindCursor {
	return cursors.NewTableFindCursor(t.db.caller, t.command("find", nil, true), filter, options.MergeFind(opts))
}

// UpdateOne changes the row with exactly that primary key, making it if it is
// not there; the answer cannot tell which. An update with $push or $pullAll is
// never sent twice.
func (t *Table) UpdateOne(ctx context.Context, filter, change any) error {
	if isNil(filter) {
		return fmt.Errorf("update a row of %s: %w", t.name, ErrNilFilter)
	}
	if builder, ok := change.(*update.TableUpdate); ok {
		change = builder.U()
	}
	_, err := t.db.caller.Call(ctx, t.command("updateOne", map[string]any{"filter": filter, "update": change}, idempotent(change)))
	if err != nil {
		return fmt.Errorf("update a row of %s: %w", t.name, err)
	}
	return nil
}

// DeleteOne deletes the row with exactly that primary key, if it is there.
func (t *Table) DeleteOne(ctx context.Context, filter any) error {
	return t.delete(ctx, "deleteOne", filter)
}

// DeleteMany deletes a partition or the rows below a prefix of its clustering
// columns; the empty filter truncates the table.
func (t *Table) DeleteMany(ctx context.Context, filter any) error {
	return t.delete(ctx, "deleteMany", filter)
}

func (t *Table) delete(ctx context.Context, name string, filter any) error {
	if isNil(filter) {
		return fmt.Errorf("%s of %s: %w", name, t.name, ErrNilFilter)
	}
	if _, err := t.db.caller.Call(ctx, t.command(name, map[string]any{"filter": filter}, true)); err != nil {
		return fmt.Errorf("%s of %s: %w", name, t.name, err)
	}
	return nil
}
