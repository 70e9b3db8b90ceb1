package dataapi

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/table"
)

// Alter changes the table's columns; a column's type can never change.
func (t *Table) Alter(ctx context.Context, operation table.AlterOperation) error {
	body := map[string]any{"operation": operation.Wire()}
	if _, err := t.db.caller.Call(ctx, t.command("alterTable", body, false)); err != nil {
		return fmt.Errorf("alter table %s: %w", t.name, err)
	}
	return nil
}

// CreateIndex indexes a column: its name, or for a map {"column": "$keys"}.
// The index answers a moment later.
func (t *Table) CreateIndex(ctx context.Context, name string, column any, opts ...*options.CreateIndexOptions) error {
	return t.createIndex(ctx, "createIndex", name, column, opts)
}

// CreateVectorIndex indexes a vector column for sorts by similarity.
func (t *Table) CreateVectorIndex(ctx context.Context, name, column string, opts ...*options.CreateIndexOptions) error {
	return t.createIndex(ctx, "createVectorIndex", name, column, opts)
}

func (t *Table) createIndex(ctx context.Context, command, name string, column any, opts []*options.CreateIndexOptions) error {
	var given options.CreateIndexOptions
	if len(opts) > 0 {
		given = *opts[len(opts)-1]
	}
	definition := map[string]any{"column": column}
	if len(given.Index) > 0 {
		definition["options"] = given.Index
	}
	body := map[string]any{
		"name": name, "definition": definition, "options": map[string]any{"ifNotExists": given.IfNotExists},
	}
	if _, err := t.db.caller.Call(ctx, t.command(command, body, given.IfNotExists)); err != nil {
		return fmt.Errorf("%s %s on %s: %w", command, name, t.name, err)
	}
	return nil
}

// ListIndexes describes the table's indexes.
func (t *Table) ListIndexes(ctx context.Context) ([]table.IndexDescriptor, error) {
	var indexes []table.IndexDescriptor
	return indexes, t.listIndexes(ctx, true, &indexes)
}

// ListIndexNames names the table's indexes.
func (t *Table) ListIndexNames(ctx context.Context) ([]string, error) {
	var names []string
	return names, t.listIndexes(ctx, false, &names)
}

func (t *Table) listIndexes(ctx context.Context, explain bool, into any) error {
	body := map[string]any{"options": map[string]any{"explain": explain}}
	response, err := t.db.caller.Call(ctx, t.command("listIndexes", body, true))
	if err != nil {
		return fmt.Errorf("list indexes of %s: %w", t.name, err)
	}
	if err := json.Unmarshal(response.Status.Indexes, into); err != nil {
		return fmt.Errorf("list indexes of %s: read the answer: %w", t.name, err)
	}
	return nil
}
