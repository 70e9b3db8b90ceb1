package dataapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/internal/call"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/table"
)

// ErrNotFound is returned for the description of a table or collection that
// does not exist.
var ErrNotFound = errors.New("no table or collection of that name")

// Db is one keyspace of one database.
type Db struct{ target }

// Endpoint is the address as given.
func (d *Db) Endpoint() string { return d.endpoint }

// Keyspace is the keyspace in use.
func (d *Db) Keyspace() string { return *d.settings.Keyspace }

// Table is a table of the keyspace; no request is sent.
func (d *Db) Table(name string, opts ...options.APIOption) *Table {
	return &Table{target: d.child(name, opts), db: d}
}

// CreateTable creates a table. The change is visible on every node a moment
// later; the first commands after it may have to be repeated.
func (d *Db) CreateTable(
	ctx context.Context, name string, definition table.Definition, opts ...options.CreateTableOption,
) (*Table, error) {
	if err := d.create(ctx, "createTable", name, definition, opts); err != nil {
		return nil, err
	}
	return d.Table(name), nil
}

// CreateType creates a user-defined type.
func (d *Db) CreateType(ctx context.Context, name string, definition table.UDTDefinition, opts ...options.CreateTypeOption) error {
	return d.create(ctx, "createType", name, definition, opts)
}

func (d *Db) create(ctx context.Context, command, name string, definition any, opts []options.CreateTableOption) error {
	o := options.Merge(opts...)
	body := map[string]any{"name": name, "definition": definition, "options": o}
	if _, err := d.run(ctx, command, body, isTrue(o.IfNotExists)); err != nil {
		return fmt.Errorf("%s %s: %w", command, name, err)
	}
	return nil
}

// AlterType changes a user-defined type.
func (d *Db) AlterType(ctx context.Context, name string, operation table.AlterTypeOperation) error {
	text, err := json.Marshal(operation)
	body := map[string]any{}
	if err == nil {
		err = json.Unmarshal(text, &body)
	}
	if err == nil {
		body["name"] = name // beside the operation, not above it
		_, err = d.run(ctx, "alterType", body, false)
	}
	if err != nil {
		return fmt.Errorf("alterType %s: %w", name, err)
	}
	return nil
}

// DropTable drops a table with all its rows.
func (d *Db) DropTable(ctx context.Context, name string, opts ...options.DropTableOption) error {
	return d.drop(ctx, "dropTable", name, opts)
}

// DropTableIndex drops an index; its name is unique in the keyspace.
func (d *Db) DropTableIndex(ctx context.Context, name string, opts ...options.DropTableIndexOption) error {
	return d.drop(ctx, "dropIndex", name, opts)
}

// DropType drops a user-defined type.
func (d *Db) DropType(ctx context.Context, name string, opts ...options.DropTypeOption) error {
	return d.drop(ctx, "dropType", name, opts)
}

func (d *Db) drop(ctx context.Context, command, name string, opts []options.DropTableOption) error {
	o := options.Merge(opts...)
	if _, err := d.run(ctx, command, map[string]any{"name": name, "options": o}, isTrue(o.IfExists)); err != nil {
		return fmt.Errorf("%s %s: %w", command, name, err)
	}
	return nil
}

func isTrue(b *bool) bool { return b != nil && *b }

// ListTables describes every table of the keyspace.
func (d *Db) ListTables(ctx context.Context) ([]results.TableDescriptor, error) {
	return list[results.TableDescriptor](ctx, &d.target, "listTables", true)
}

// ListTableNames names every table of the keyspace.
func (d *Db) ListTableNames(ctx context.Context) ([]string, error) {
	return list[string](ctx, &d.target, "listTables", false)
}

// ListTypes describes every user-defined type of the keyspace.
func (d *Db) ListTypes(ctx context.Context) ([]results.UDTDescriptor, error) {
	return list[results.UDTDescriptor](ctx, &d.target, "listTypes", true)
}

// ListTypeNames names every user-defined type of the keyspace.
func (d *Db) ListTypeNames(ctx context.Context) ([]string, error) {
	return list[string](ctx, &d.target, "listTypes", false)
}

// list sends a command that describes or names the things of a keyspace or
// table.
func list[T any](ctx context.Context, on *target, command string, explain bool) ([]T, error) {
	response, err := on.run(ctx, command, map[string]any{"options": map[string]any{"explain": explain}}, true)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", command, err)
	}
	s := response.Status
	text := map[string]json.RawMessage{
		"listTables": s.Tables, "listIndexes": s.Indexes, "listTypes": s.Types, "findCollections": s.Collections,
	}[command]
	var all []T
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("%s: read the answer: %w", command, err)
	}
	return all, nil
}

// describe describes a table or a collection.
func describe[T any](ctx context.Context, t *target, command string, name func(T) string) (*T, error) {
	keyspace := t.keyspace()
	all, err := list[T](ctx, &keyspace, command, true)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(all, func(one T) bool { return name(one) == t.name }); i >= 0 {
		return &all[i], nil
	}
	return nil, fmt.Errorf("describe %s: %w", t.name, ErrNotFound)
}

// ListKeyspaces names the keyspaces of the database that the token may see. In
// astra-db-go it is a method of the database's administrator.
func (d *Db) ListKeyspaces(ctx context.Context) ([]string, error) {
	response, err := d.caller.Call(ctx, call.Command{Name: "findKeyspaces", Body: map[string]any{}, Idempotent: true})
	if err != nil {
		return nil, fmt.Errorf("findKeyspaces: %w", err)
	}
	return response.Status.Keyspaces, nil
}

// CloseIdleConnections closes the unused connections of the HTTP client.
func (d *Db) CloseIdleConnections() { d.settings.HTTPClient.CloseIdleConnections() }
