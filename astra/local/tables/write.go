package tables

import (
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// maxRows is the longest insertMany.
const maxRows = 100

// parseRow reads a document; its row holds nil for explicit nulls.
func (c *call) parseRow(in any) (rowstore.Row, error) {
	t := c.table
	o, ok := in.(*jsonv.Object)
	if !ok {
		return nil, fault.New("COMMAND_FIELD_VALUE_INVALID", "A document must be an object.")
	}
	var missing, unknown []string
	for _, k := range t.PrimaryKey() {
		if v, _ := o.Get(k); v == nil {
			missing = append(missing, k)
		}
	}
	for _, k := range o.Keys {
		if _, ok := t.Column(k); !ok {
			unknown = append(unknown, k)
		}
	}
	if len(missing) > 0 {
		return nil, fault.New("MISSING_PRIMARY_KEY_COLUMNS", "The document lacks the primary key columns %s.", strings.Join(missing, ", "))
	}
	if len(unknown) > 0 {
		return nil, fault.New("UNKNOWN_TABLE_COLUMNS", "The table '%s' has no columns %s.", t.Name, strings.Join(unknown, ", "))
	}
	row := rowstore.Row{}
	for _, k := range o.Keys {
		col, _ := t.Column(k)
		v, err := c.parseValue(col, o.Value(k))
		if err != nil {
			return nil, err
		}
		row[k] = v
	}
	return row, nil
}

func (c *call) parseValue(col schema.Column, in any) (any, error) {
	if col.Type.Kind == value.Counter {
		return nil, fault.New("UNSUPPORTED_COLUMN_TYPES", "Column '%s' is a counter, which cannot be written.", col.Name)
	}
	if text, isText := in.(string); isText && col.Type.Kind == value.Vector {
		return c.vectorOf(col, text)
	}
	v, err := value.Parse(col.Type, in)
	if err != nil {
		return nil, fault.New("INVALID_COLUMN_VALUES", "The value for column '%s' of type %s is not valid: %v.", col.Name, col.Type.Kind, err)
	}
	return v, nil
}

func (c *call) keySchema() *jsonv.Object {
	o := jsonv.NewObject()
	for _, k := range c.table.PrimaryKey() {
		col, _ := c.table.Column(k)
		o.Set(k, col.Type.Describe())
	}
	return o
}

func (c *call) keyValues(row rowstore.Row) []any {
	out := []any{}
	for _, k := range c.table.PrimaryKey() {
		col, _ := c.table.Column(k)
		out = append(out, value.Render(col.Type, row[k]))
	}
	return out
}

func (c *call) insertOne() (*reply, error) {
	in, _ := c.body.Get("document")
	if in == nil {
		return nil, fault.New("COMMAND_FIELD_VALUE_INVALID", "The field 'document' must not be null.")
	}
	row, err := c.parseRow(in)
	if err != nil {
		return nil, err
	}
	if err := c.h.Store.Write(func(tx *rowstore.Tx) error { return tx.Insert(c.table, row) }); err != nil {
		return nil, err
	}
	return &reply{Status: map[string]any{"primaryKeySchema": c.keySchema(), "insertedIds": []any{c.keyValues(row)}}}, nil
}

// inserted is the outcome of one document of insertMany.
type inserted struct {
	ids    []any
	status string
	err    *fault.Error
}

func (c *call) insertMany() (*reply, error) {
	in, _ := c.body.Get("documents")
	docs, ok := in.([]any)
	if !ok || len(docs) == 0 || len(docs) > maxRows {
		return nil, fault.New("COMMAND_FIELD_VALUE_INVALID", "The field 'documents' must hold 1 to %d documents.", maxRows)
	}
	ordered, err := c.options().boolean("ordered")
	if err != nil {
		return nil, err
	}
	responses, err := c.options().boolean("returnDocumentResponses")
	if err != nil {
		return nil, err
	}
	outcome := c.insertAll(docs, ordered)
	if responses {
		return c.documentResponses(outcome), nil
	}
	out := &reply{Status: map[string]any{"primaryKeySchema": c.keySchema()}}
	var ids []any
	for _, o := range outcome {
		if o.status == "OK" {
			ids = append(ids, o.ids)
		}
		if o.err != nil {
			out.Errors = append(out.Errors, o.err)
		}
	}
	if len(ids) > 0 {
		out.Status["insertedIds"] = ids
	}
	return out, nil
}

// insertAll parses all documents and writes the good ones together; ordered
// stops before the first bad one.
func (c *call) insertAll(docs []any, ordered bool) []inserted {
	out := make([]inserted, len(docs))
	var rows []rowstore.Row
	failed := false
	for i, d := range docs {
		out[i] = inserted{ids: []any{}, status: "SKIPPED"}
		row, err := c.parseRow(d)
		if err == nil {
			out[i].ids = c.keyValues(row)
		}
		if failed && ordered {
			continue
		}
		if err != nil {
			out[i].status, out[i].err, failed = "ERROR", fault.From(err), true
			continue
		}
		out[i].status = "OK"
		rows = append(rows, row)
	}
	err := c.h.Store.Write(func(tx *rowstore.Tx) error {
		for _, row := range rows {
			if err := tx.Insert(c.table, row); err != nil {
				return err
			}
		}
		return nil
	})
	for i := range out {
		if err != nil && out[i].status == "OK" {
			out[i].status, out[i].err = "ERROR", fault.From(err)
		}
	}
	return out
}

func (c *call) documentResponses(outcome []inserted) *reply {
	out := &reply{}
	list := []any{}
	seen := map[string]int{}
	for _, o := range outcome {
		r := map[string]any{"_id": o.ids, "status": o.status}
		if o.err != nil {
			at, dup := seen[o.err.Error()]
			if !dup {
				at = len(out.Errors)
				seen[o.err.Error()] = at
				out.Errors = append(out.Errors, o.err)
			}
			r["errorsIdx"] = at
		}
		list = append(list, r)
	}
	out.Status = map[string]any{"primaryKeySchema": c.keySchema(), "documentResponses": list}
	return out
}
