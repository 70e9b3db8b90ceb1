package tables

import (
	"errors"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
	"github.com/killrvideo/killrvideo-go/astra/local/vectorize"
)

func (c *call) findEmbeddingProviders() (*reply, error) {
	in, given := c.options().Get("filterModelStatus")
	status, ok := in.(string)
	if in != nil && (!ok || !contains([]string{"", "SUPPORTED", "DEPRECATED", "END_OF_LIFE"}, status)) {
		return nil, fault.New("COMMAND_FIELD_VALUE_INVALID", "The option 'filterModelStatus' must be SUPPORTED, DEPRECATED, END_OF_LIFE or empty.")
	}
	providers := vectorize.Describe()
	if given && status != "" && status != "SUPPORTED" {
		providers = map[string]any{}
	}
	return &reply{Status: map[string]any{"embeddingProviders": providers}}, nil
}

// vectorOf is what a vector column stores of a text: nothing of a blank one.
func (c *call) vectorOf(col schema.Column, text string) (any, error) {
	if col.Type.Service == nil {
		scope := "DOCUMENT"
		if c.name == "updateOne" {
			scope = "UPDATE"
		}
		return nil, fault.In(scope, "UNSUPPORTED_VECTORIZE_WHEN_MISSING_VECTORIZE_DEFINITION",
			"Column '%s' has no vectorize definition, so a text cannot become its vector.", col.Name)
	}
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	vector, err := c.embed(col, text)
	if err != nil {
		return nil, err
	}
	return vector, nil
}

// embed asks the column's provider.
func (c *call) embed(col schema.Column, text string) ([]float32, error) {
	vector, err := c.h.Embed(*col.Type.Service, text)
	var known *fault.Error
	if err != nil && !errors.As(err, &known) {
		c.h.Log.Error("embedding failed", "column", col.Name, "error", err.Error())
		err = fault.New("EMBEDDING_PROVIDER_SERVER_ERROR", "The provider '%s' failed for column '%s'.", col.Type.Service.Provider, col.Name)
	}
	return vector, err
}

func (c *call) addVectorize(cols *jsonv.Object) (*reply, error) {
	if cols.Len() == 0 {
		return nil, fault.New("MISSING_ALTER_TABLE_OPERATIONS", "The operation addVectorize names no columns.")
	}
	if err := c.vectorColumns(cols.Keys, "CANNOT_VECTORIZE_UNKNOWN_COLUMNS", "CANNOT_VECTORIZE_NON_VECTOR_COLUMNS"); err != nil {
		return nil, err
	}
	next := c.table.Clone()
	for i, col := range next.Columns {
		in, named := cols.Get(col.Name)
		if !named {
			continue
		}
		service, _, err := vectorize.Parse(col.Name, in, col.Type.Dimension)
		if err != nil {
			return nil, err
		}
		next.Columns[i].Type.Service = service
	}
	return done(), c.h.Store.ReplaceTable(next)
}

func (c *call) dropVectorize(in any) (*reply, error) {
	list, _ := in.([]any)
	names := make([]string, len(list))
	for i, e := range list {
		names[i], _ = e.(string)
	}
	if len(names) == 0 {
		return nil, fault.New("MISSING_ALTER_TABLE_OPERATIONS", "The operation dropVectorize names no columns.")
	}
	err := c.vectorColumns(names, "CANNOT_DROP_VECTORIZE_FROM_UNKNOWN_COLUMNS", "CANNOT_DROP_VECTORIZE_FROM_NON_VECTOR_COLUMNS")
	if err != nil {
		return nil, err
	}
	next := c.table.Clone()
	for i, col := range next.Columns {
		if contains(names, col.Name) {
			next.Columns[i].Type.Service = nil
		}
	}
	return done(), c.h.Store.ReplaceTable(next)
}

// vectorColumns refuses names of no column, then those of other columns than
// vectors.
func (c *call) vectorColumns(names []string, unknown, other string) error {
	for _, name := range names {
		if _, ok := c.table.Column(name); !ok {
			return fault.New(unknown, "The table '%s' has no column '%s'.", c.tableName, name)
		}
	}
	for _, name := range names {
		if col, _ := c.table.Column(name); col.Type.Kind != value.Vector {
			return fault.New(other, "Column '%s' of type %s is not a vector.", name, col.Type.Kind)
		}
	}
	return nil
}
