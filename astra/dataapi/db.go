package dataapi

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/internal/call"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/table"
)

// Db is one keyspace of one database. Its tables share its breaker.
type Db struct {
	endpoint string
	settings options.Settings
	caller   call.Caller
}

// Endpoint is the address as given.
func (d *Db) Endpoint() string { return d.endpoint }

// Keyspace is the keyspace in use.
func (d *Db) Keyspace() string { return d.settings.Keyspace }

// UseKeyspace is the same database with another keyspace.
func (d *Db) UseKeyspace(keyspace string) *Db {
	other := *d
	other.settings.Keyspace = keyspace
	return &other
}

// Table is a table of the keyspace; nothing is asked.
func (d *Db) Table(name string) *Table { return &Table{db: d, name: name} }

// CreateTable creates a table. The change is visible on every node a moment
// later; the first commands after it may have to be repeated.
func (d *Db) CreateTable(ctx context.Context, name string, definition table.Definition, opts ...*options.CreateTableOptions) (*Table, error) {
	ifNotExists := len(opts) > 0 && opts[len(opts)-1].IfNotExists
	err := d.run(ctx, "createTable", map[string]any{
		"name": name, "definition": definition, "options": map[string]any{"ifNotExists": ifNotExists},
	}, ifNotExists)
	if err != nil {
		return nil, fmt.Errorf("create table %s: %w", name, err)
	}
	return d.Table(name), nil
}

// DropTable drops a table with all its rows.
func (d *Db) DropTable(ctx context.Context, name string, opts ...*options.DropOptions) error {
	return d.drop(ctx, "dropTable", name, opts)
}

// DropTableIndex drops an index, which is named in the keyspace.
func (d *Db) DropTableIndex(ctx context.Context, name string, opts ...*options.DropOptions) error {
	return d.drop(ctx, "dropIndex", name, opts)
}

func (d *Db) drop(ctx context.Context, command, name string, opts []*options.DropOptions) error {
	ifExists := len(opts) > 0 && opts[len(opts)-1].IfExists
	err := d.run(ctx, command, map[string]any{"name": name, "options": map[string]any{"ifExists": ifExists}}, ifExists)
	if err != nil {
		return fmt.Errorf("%s %s: %w", command, name, err)
	}
	return nil
}

// ListTables describes every table of the keyspace.
func (d *Db) ListTables(ctx context.Context) ([]table.Descriptor, error) {
	var tables []table.Descriptor
	return tables, d.list(ctx, true, &tables)
}

// ListTableNames names every table of the keyspace.
func (d *Db) ListTableNames(ctx context.Context) ([]string, error) {
	var names []string
	return names, d.list(ctx, false, &names)
}

// ListKeyspaces names the keyspaces of the database that the token may see. In
// astra-db-go it is a method of the database's administrator.
func (d *Db) ListKeyspaces(ctx context.Context) ([]string, error) {
	response, err := d.caller.Call(ctx, call.Command{Name: "findKeyspaces", Body: map[string]any{}, Idempotent: true})
	if err != nil {
		return nil, fmt.Errorf("list keyspaces: %w", err)
	}
	return response.Status.Keyspaces, nil
}

func (d *Db) list(ctx context.Context, explain bool, into any) error {
	response, err := d.caller.Call(ctx, call.Command{
		Name: "listTables", Keyspace: d.settings.Keyspace, Idempotent: true,
		Body: map[string]any{"options": map[string]any{"explain": explain}},
	})
	if err != nil {
		return fmt.Errorf("list tables: %w", err)
	}
	if err := json.Unmarshal(response.Status.Tables, into); err != nil {
		return fmt.Errorf("list tables: read the answer: %w", err)
	}
	return nil
}

// run sends a command of the keyspace whose answer says nothing.
func (d *Db) run(ctx context.Context, name string, body any, idempotent bool) error {
	_, err := d.caller.Call(ctx, call.Command{
		Name: name, Keyspace: d.settings.Keyspace, Body: body, Idempotent: idempotent,
	})
	return err
}

// CloseIdleConnections closes what the HTTP client keeps open for later.
func (d *Db) CloseIdleConnections() { d.settings.HTTPClient.CloseIdleConnections() }
