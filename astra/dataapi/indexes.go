package dataapi

import (
	"context"
	"fmt"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/table"
)

// Definition describes the table.
func (t *Table) Definition(ctx context.Context) (*results.TableDescriptor, error) {
	return describe(ctx, &t.target, "listTables", func(one results.TableDescriptor) string { return one.Name })
}

// Drop drops the table with all its rows.
func (t *Table) Drop(ctx context.Context, opts ...options.DropTableOption) error {
	return t.db.DropTable(ctx, t.name, opts...)
}

// Alter changes the table's columns; a column's type can never change.
func (t *Table) Alter(ctx context.Context, operation table.AlterOperation) error {
	if _, err := t.run(ctx, "alterTable", map[string]any{"operation": operation}, false); err != nil {
		return fmt.Errorf("alter table %s: %w", t.name, err)
	}
	return nil
}

// CreateIndex indexes a column: its name, or for a map column an object such as
// {"tags": "$keys"}. Reads use the index a moment later.
func (t *Table) CreateIndex(ctx context.Context, name string, column any, opts ...options.CreateIndexOption) error {
	o := options.Merge(opts...)
	return t.createIndex(ctx, "createIndex", name, column, o.IfNotExists, table.IndexDefinitionOptions{
		Ascii: o.Ascii, Normalize: o.Normalize, CaseSensitive: o.CaseSensitive,
	})
}

// CreateVectorIndex indexes a vector column for sorts by similarity.
func (t *Table) CreateVectorIndex(ctx context.Context, name, column string, opts ...options.CreateVectorIndexOption) error {
	o := options.Merge(opts...)
	var index table.IndexDefinitionOptions
	if o.Metric != nil {
		index.Metric = string(*o.Metric)
	}
	if o.SourceModel != nil {
		index.SourceModel = *o.SourceModel
	}
	return t.createIndex(ctx, "createVectorIndex", name, column, o.IfNotExists, index)
}

// CreateTextIndex indexes a text column for searches by words.
func (t *Table) CreateTextIndex(ctx context.Context, name, column string, opts ...options.CreateTextIndexOption) error {
	o := options.Merge(opts...)
	return t.createIndex(ctx, "createTextIndex", name, column, o.IfNotExists, table.IndexDefinitionOptions{Analyzer: o.Analyzer})
}

func (t *Table) createIndex(
	ctx context.Context, command, name string, column any, ifNotExists *bool, index table.IndexDefinitionOptions,
) error {
	body := map[string]any{
		"name": name, "definition": table.IndexDefinition{Column: column, Options: &index},
		"options": options.CreateTableOptions{IfNotExists: ifNotExists},
	}
	if _, err := t.run(ctx, command, body, isTrue(ifNotExists)); err != nil {
		return fmt.Errorf("%s %s on %s: %w", command, name, t.name, err)
	}
	return nil
}

// ListIndexes describes the table's indexes.
func (t *Table) ListIndexes(ctx context.Context) ([]results.IndexDescriptor, error) {
	return list[results.IndexDescriptor](ctx, &t.target, "listIndexes", true)
}

// ListIndexNames names the table's indexes.
func (t *Table) ListIndexNames(ctx context.Context) ([]string, error) {
	return list[string](ctx, &t.target, "listIndexes", false)
}
