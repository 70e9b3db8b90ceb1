package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/table"
	"github.com/killrvideo/killrvideo-go/infra/provider/ddl"
)

// What a Data API answers, as far as the resources tell it apart.
var (
	// errRefused: the token may not do this, or is not (or no longer) valid.
	errRefused = errors.New("refused")
	// errUnknownKeyspace is also what a token answers that may not see it.
	errUnknownKeyspace = errors.New("unknown keyspace")
	// errUnknownTable: no such table, or not yet.
	errUnknownTable = errors.New("unknown table")
)

// dataClient speaks the JSON of definitions, where the client speaks types.
type dataClient struct {
	client   *dataapi.DataAPIClient
	endpoint string
}

func openData(client *http.Client, endpoint string, token astra.Token) dataClient {
	return dataClient{dataapi.NewClient(options.API().SetHTTPClient(client).SetToken(token)), endpoint}
}

func (c dataClient) keyspace(name string) *dataapi.Db {
	return c.client.Database(c.endpoint, options.API().SetKeyspace(name))
}

func (c dataClient) TableNames(ctx context.Context, keyspace string) ([]string, error) {
	names, err := c.keyspace(keyspace).ListTableNames(ctx)
	return names, dataError(err)
}

// Keyspaces names the keyspaces that the token may see.
func (c dataClient) Keyspaces(ctx context.Context) ([]string, error) {
	names, err := c.client.Database(c.endpoint).ListKeyspaces(ctx)
	return names, dataError(err)
}

// Tables describes the tables of a keyspace with their indexes.
func (c dataClient) Tables(ctx context.Context, keyspace string) ([]ddl.Table, error) {
	tables, err := c.Columns(ctx, keyspace)
	for i := range tables {
		if tables[i].Indexes, err = c.Indexes(ctx, keyspace, tables[i].Name); err != nil {
			return nil, err
		}
	}
	return tables, err
}

// Columns describes the tables of a keyspace without their indexes.
func (c dataClient) Columns(ctx context.Context, keyspace string) ([]ddl.Table, error) {
	described, err := c.keyspace(keyspace).ListTables(ctx)
	if err != nil {
		return nil, dataError(err)
	}
	var tables []ddl.Table
	for _, d := range described {
		text, err := json.Marshal(d.Definition)
		if err != nil {
			return nil, fmt.Errorf("describe table %s: %w", d.Name, err)
		}
		parsed, err := ddl.Parse(d.Name, string(text))
		if err != nil {
			return nil, err
		}
		tables = append(tables, parsed)
	}
	return tables, nil
}

// Indexes describes the indexes of a table.
func (c dataClient) Indexes(ctx context.Context, keyspace, name string) (indexes []ddl.Index, err error) {
	described, err := c.keyspace(keyspace).Table(name).ListIndexes(ctx)
	if err != nil {
		return nil, dataError(err)
	}
	for _, index := range described {
		definition, err := json.Marshal(index.Definition)
		if err != nil {
			return nil, fmt.Errorf("describe index %s: %w", index.Name, err)
		}
		indexes = append(indexes, ddl.Index{Name: index.Name, Kind: index.IndexType, Definition: definition})
	}
	return indexes, nil
}

// CreateTable creates a table; with ifNotExists an existing one passes and is
// not touched.
func (c dataClient) CreateTable(ctx context.Context, keyspace, name string, definition json.RawMessage, ifNotExists bool) error {
	var parsed table.Definition
	if err := json.Unmarshal(definition, &parsed); err != nil {
		return fmt.Errorf("read the definition: %w", err)
	}
	_, err := c.keyspace(keyspace).CreateTable(ctx, name, parsed, options.CreateTable().SetIfNotExists(ifNotExists))
	return dataError(err)
}

func (c dataClient) DropTable(ctx context.Context, keyspace, name string) error {
	return dataError(c.keyspace(keyspace).DropTable(ctx, name, options.DropTable().SetIfExists(true)))
}

func (c dataClient) AddColumns(ctx context.Context, keyspace, name string, columns map[string]json.RawMessage) error {
	text, err := json.Marshal(columns)
	if err != nil {
		return fmt.Errorf("encode the columns: %w", err)
	}
	var parsed table.Columns
	if err := json.Unmarshal(text, &parsed); err != nil {
		return err
	}
	return dataError(c.keyspace(keyspace).Table(name).Alter(ctx, table.AddColumns{Columns: parsed}))
}

// AddVectorize gives vector columns the services that embed texts for them.
func (c dataClient) AddVectorize(ctx context.Context, keyspace, name string, services map[string]json.RawMessage) error {
	parsed := map[string]table.VectorService{}
	for column, text := range services {
		var service table.VectorService
		if err := json.Unmarshal(text, &service); err != nil {
			return fmt.Errorf("read the service of column %s: %w", column, err)
		}
		parsed[column] = service
	}
	return dataError(c.keyspace(keyspace).Table(name).Alter(ctx, table.AddVectorize{Columns: parsed}))
}

// CreateIndex creates an index of either kind; an existing one of that name
// passes, so that a lost answer can be asked for again.
func (c dataClient) CreateIndex(ctx context.Context, keyspace, name string, index ddl.Index) error {
	var definition table.IndexDefinition
	if err := json.Unmarshal(index.Definition, &definition); err != nil {
		return fmt.Errorf("read the definition of index %s: %w", index.Name, err)
	}
	var how table.IndexDefinitionOptions
	if definition.Options != nil {
		how = *definition.Options
	}
	on, ifNotExists := c.keyspace(keyspace).Table(name), true
	if index.Kind != ddl.Vector {
		return dataError(on.CreateIndex(ctx, index.Name, definition.Column, &options.CreateIndexOptions{
			IfNotExists: &ifNotExists, Ascii: how.Ascii, Normalize: how.Normalize, CaseSensitive: how.CaseSensitive,
		}))
	}
	column, ok := definition.Column.(string)
	if !ok {
		return fmt.Errorf("vector index %s: its column must be a name", index.Name)
	}
	opts := options.CreateVectorIndex().SetIfNotExists(true)
	if how.Metric != "" {
		opts.SetMetric(options.VectorMetric(how.Metric))
	}
	if how.SourceModel != "" {
		opts.SetSourceModel(how.SourceModel)
	}
	return dataError(on.CreateVectorIndex(ctx, index.Name, column, opts))
}

// ReadOne reads any row of a table, or finds that there is none.
func (c dataClient) ReadOne(ctx context.Context, keyspace, name string) error {
	var row map[string]any
	err := c.keyspace(keyspace).Table(name).FindOne(ctx, filter.F{}).Decode(&row)
	if errors.Is(err, results.ErrNoDocuments) {
		return nil
	}
	return dataError(err)
}

// DeleteOne deletes the row with a full primary key, if there is one.
func (c dataClient) DeleteOne(ctx context.Context, keyspace, name string, key map[string]any) error {
	return dataError(c.keyspace(keyspace).Table(name).DeleteOne(ctx, filter.F(key)))
}

// dataError adds what the answer means to the resources.
func dataError(err error) error {
	var status *results.HTTPError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &status) && (status.Status == http.StatusUnauthorized || status.Status == http.StatusForbidden),
		results.HasCode(err, "UNAUTHENTICATED_REQUEST"), results.HasCode(err, "UNAUTHORIZED_ACCESS"):
		return fmt.Errorf("%w: %w", errRefused, err)
	case results.HasCode(err, "UNKNOWN_KEYSPACE"):
		return fmt.Errorf("%w: %w", errUnknownKeyspace, err)
	case results.HasCode(err, "UNKNOWN_COLLECTION_OR_TABLE"):
		return fmt.Errorf("%w: %w", errUnknownTable, err)
	default:
		return err
	}
}
