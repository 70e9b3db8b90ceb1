package tables

import (
	"errors"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
	"github.com/killrvideo/killrvideo-go/astra/local/vectorize"
)

func (c *call) findEmbeddingProviders() (*reply, error) {
	supported, err := c.wantsSupported()
	if err != nil {
		return nil, err
	}
	return &reply{Status: map[string]any{"embeddingProviders": vectorize.Describe(supported)}}, nil
}

// wantsSupported reads which models a command asks for. All that are listed here
// are supported ones.
func (c *call) wantsSupported() (bool, error) {
	in, _ := c.options().Get("filterModelStatus")
	status, ok := in.(string)
	status = strings.ToUpper(status)
	if in != nil && (!ok || !slices.Contains([]string{"", "SUPPORTED", "DEPRECATED", "END_OF_LIFE"}, status)) {
		return false, invalidField("options.filterModelStatus", in, `must match "(?i)^(SUPPORTED|DEPRECATED|END_OF_LIFE)?$"`)
	}
	return status == "" || status == "SUPPORTED", nil
}

// vectorOf is what a vector column stores of a text: nothing of a blank one.
func (c *call) vectorOf(col schema.Column, text string) (any, error) {
	if col.Type.Service == nil {
		return nil, fault.In(c.scope(), "UNSUPPORTED_VECTORIZE_WHEN_MISSING_VECTORIZE_DEFINITION", "A text becomes a vector in columns with a "+
			"vectorize definition only.\n\n"+
			"The definition is given when the table is created, or by alterTable.\n\nThe table %s defines the vector columns with it: %s.\n"+
			"The command used the vector columns without it: %s.\n\nResend the command with vector columns that have the definition.", c.full(),
			c.vectors(true), col.Name)
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

// providerScope is the scope of the errors of embedding providers.
const providerScope = "EMBEDDING_PROVIDER"

// embed asks the column's provider.
func (c *call) embed(col schema.Column, text string) ([]float32, error) {
	if err := vectorize.Authorized(*col.Type.Service, c.headers); err != nil {
		return nil, err
	}
	vector, err := c.h.Embed(*col.Type.Service, text, col.Type.Dimension)
	var known *fault.Error
	if err != nil && !errors.As(err, &known) {
		c.h.Log.Error("embedding failed", "column", col.Name, "error", err.Error())
		err = fault.New("EMBEDDING_PROVIDER_SERVER_ERROR", "Provider '%s' failed for column '%s'; the log of the server has its cause.",
			col.Type.Service.Provider, col.Name)
	}
	return vector, err
}

func (c *call) addVectorize(cols *jsonv.Object) (*reply, error) {
	if cols.Len() == 0 {
		return nil, nothing("addVectorize")
	}
	if err := c.vectorColumns(cols.Keys, "CANNOT_VECTORIZE_UNKNOWN_COLUMNS", "CANNOT_VECTORIZE_NON_VECTOR_COLUMNS", "vectorize"); err != nil {
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
	names, err := columnNames(in)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, nothing("dropVectorize")
	}
	err = c.vectorColumns(names, "CANNOT_DROP_VECTORIZE_FROM_UNKNOWN_COLUMNS", "CANNOT_DROP_VECTORIZE_FROM_NON_VECTOR_COLUMNS",
		"drop vectorize from")
	if err != nil {
		return nil, err
	}
	next := c.table.Clone()
	for i, col := range next.Columns {
		if slices.Contains(names, col.Name) {
			next.Columns[i].Type.Service = nil
		}
	}
	return done(), c.h.Store.ReplaceTable(next)
}

// vectorColumns refuses names of no column, then those of other columns than
// vectors.
func (c *call) vectorColumns(names []string, unknown, other, what string) error {
	var missing, scalars []string
	for _, name := range names {
		col, ok := c.table.Column(name)
		switch {
		case !ok:
			missing = append(missing, name)
		case col.Type.Kind != value.Vector:
			scalars = append(scalars, name)
		}
	}
	vectors := "It has the vector columns: " + c.vectors(false) + ".\n"
	switch {
	case len(missing) > 0:
		return c.bad("SCHEMA", unknown, "The command names columns that the table does not have.",
			vectors+"The command would "+what+" the unknown columns: "+list(missing)+".", "Resend the command with columns of the table only.")
	case len(scalars) > 0:
		return c.bad("SCHEMA", other, "Only columns of type vector can be vectorized.",
			vectors+"The command would "+what+" the other columns: "+list(typed(c.table, scalars...))+".",
			"Resend the command with columns of type vector only.")
	}
	return nil
}
