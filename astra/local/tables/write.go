package tables

import (
	"encoding/base64"
	"fmt"
	"slices"

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
		return nil, fault.Mismatch("a document must be an object, not %s.", value.JSONKind(in))
	}
	if err := c.checkColumns(o); err != nil {
		return nil, err
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
	if err := c.wholeKey(o); err != nil {
		return nil, err
	}
	return row, c.checkKey(row)
}

// checkColumns refuses a document with unknown columns.
func (c *call) checkColumns(o *jsonv.Object) error {
	var unknown []string
	for _, k := range o.Keys {
		if _, ok := c.table.Column(k); !ok {
			unknown = append(unknown, k)
		}
	}
	if len(unknown) > 0 {
		return c.bad("DOCUMENT", "UNKNOWN_TABLE_COLUMNS", "The document has columns that the table does not have.",
			"The command included the unknown columns: "+list(unknown)+".", "Resend the command with columns of the table only.")
	}
	return nil
}

// wholeKey refuses a document that lacks columns of the primary key.
func (c *call) wholeKey(o *jsonv.Object) error {
	var missing, provided []string
	for _, k := range c.table.PrimaryKey() {
		if o.Value(k) == nil {
			missing = append(missing, k)
		} else {
			provided = append(provided, k)
		}
	}
	if len(missing) > 0 {
		return fault.New("MISSING_PRIMARY_KEY_COLUMNS", "The document must have all columns of the primary key.\n\n"+
			"The table %s defines the primary key columns: %s.\n\nThe command included the primary key columns: %s.\n"+
			"The command did not include the primary key columns: %s.\n\nResend the command with all columns of the primary key.",
			c.full(), c.primaryKey(), list(typed(c.table, provided...)), list(typed(c.table, missing...)))
	}
	return nil
}

// maxKey is the longest partition key, and the longest clustering value, in
// bytes.
const maxKey = 1<<16 - 1

// checkKey refuses keys that the database refuses: empty partition keys of one
// column, and values that are too long.
func (c *call) checkKey(row rowstore.Row) error {
	for _, k := range c.table.PrimaryKey() {
		col, _ := c.table.Column(k)
		if err := c.checkKeyValue(col, row[k]); err != nil {
			return err
		}
	}
	return nil
}

func (c *call) checkKeyValue(col schema.Column, v any) error {
	n := len(value.AppendCQL(nil, col.Type.Kind, v))
	if n > maxKey {
		return c.refused("key length of %d is longer than maximum of %d: column '%s'", n, maxKey, col.Name)
	}
	if n == 0 && len(c.table.PartitionBy) == 1 && c.table.PartitionBy[0] == col.Name {
		return c.refused("key may not be empty: column '%s'", col.Name)
	}
	return nil
}

func (c *call) parseValue(col schema.Column, in any) (any, error) {
	if text, isText := in.(string); isText && col.Type.Kind == value.Vector {
		return c.vectorOf(col, text)
	}
	v, err := value.Parse(col.Type, in)
	if err != nil {
		return nil, c.badValue(col, err)
	}
	if vector, ok := v.([]float32); ok {
		index, _ := c.table.IndexOn(col.Name, schema.Vector)
		return v, c.checkDirection(index.Metric(), vector)
	}
	return v, nil
}

// scope is where the values of the command are: in a document or an update.
func (c *call) scope() string {
	if c.name == "updateOne" {
		return "UPDATE"
	}
	return "DOCUMENT"
}

func (c *call) badValue(col schema.Column, err error) error {
	code := map[string]string{"DOCUMENT": "INVALID_COLUMN_VALUES", "UPDATE": "INVALID_UPDATE_COLUMN_VALUES"}[c.scope()]
	return c.bad(c.scope(), code, "The command has values that do not fit the types of their columns.",
		"The columns had invalid values: "+col.Name+"("+string(col.Type.Kind)+"): "+err.Error()+".",
		"Resend the command with values of the columns' types.")
}

func (c *call) keySchema() *jsonv.Object {
	o := jsonv.NewObject()
	for _, k := range c.table.PrimaryKey() {
		col, _ := c.table.Column(k)
		o.Set(k, col.Type.DescribeFields())
	}
	return o
}

func (c *call) keyValues(row rowstore.Row) []any {
	out := []any{}
	for _, k := range c.table.PrimaryKey() {
		col, _ := c.table.Column(k)
		if b, ok := row[k].([]byte); ok {
			out = append(out, base64.StdEncoding.EncodeToString(b))
			continue
		}
		out = append(out, value.Render(col.Type, row[k]))
	}
	return out
}

func (c *call) insertOne() (*reply, error) {
	in, _ := c.body.Get("document")
	if in == nil {
		return nil, invalidField("document", nil, "must not be null")
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

// insertions reads insertMany: the documents, and whether they are inserted in
// order and answered one by one.
func (c *call) insertions() (docs []any, ordered, responses bool, err error) {
	if docs, err = c.documents(); err != nil {
		return nil, false, false, err
	}
	if ordered, err = c.options().boolean("ordered"); err != nil {
		return nil, false, false, err
	}
	responses, err = c.options().boolean("returnDocumentResponses")
	return docs, ordered, responses, err
}

// documents reads the documents of insertMany.
func (c *call) documents() ([]any, error) {
	in, _ := c.body.Get("documents")
	docs, ok := in.([]any)
	switch {
	case in == nil:
		return nil, invalidField("documents", nil, "must not be null")
	case !ok:
		return nil, fault.Mismatch("the field 'documents' must be an array, not %s.", value.JSONKind(in))
	case len(docs) == 0:
		return nil, invalidField("documents", in, "must not be empty")
	case len(docs) > maxRows:
		return nil, invalidField("documents", in, fmt.Sprintf("amount of documents to insert is over the max limit (%d vs "+
			"%d)", len(docs), maxRows))
	}
	return docs, nil
}

// inserted is the outcome of one row or document of an insertion: its primary key or
// '_id', and what became of it.
type inserted struct {
	id     any
	status string
	err    *fault.Error
}

func (c *call) insertMany() (*reply, error) {
	docs, ordered, responses, err := c.insertions()
	if err != nil {
		return nil, err
	}
	outcome, err := c.insertAll(docs, ordered)
	if err != nil {
		return nil, err
	}
	if responses {
		out := documentResponses(outcome)
		out.Status["primaryKeySchema"] = c.keySchema()
		return out, nil
	}
	out := &reply{}
	var ids []any
	for _, o := range outcome {
		if o.status == "OK" {
			ids = append(ids, o.id)
		}
		if o.err != nil {
			out.Errors = append(out.Errors, o.err)
		}
	}
	if len(ids) > 0 {
		out.Status = map[string]any{"primaryKeySchema": c.keySchema(), "insertedIds": ids}
	}
	return out, nil
}

// insertAll parses all documents and writes the good ones together; ordered
// writes none behind the first bad one. Every bad one is reported; a failure of the
// embedding provider fails them all.
func (c *call) insertAll(docs []any, ordered bool) ([]inserted, error) {
	out := make([]inserted, len(docs))
	var rows []rowstore.Row
	failed := false
	for i, d := range docs {
		out[i] = inserted{id: []any{}, status: "SKIPPED"}
		row, err := c.parseRow(d)
		if err != nil {
			out[i].status, out[i].err, failed = "ERROR", fault.From(err), true
			if out[i].err.Scope == providerScope {
				return nil, err
			}
			continue
		}
		out[i].id = c.keyValues(row)
		if failed && ordered {
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
	return out, nil
}

// documentResponses describes each outcome. Those that failed alike share an error of
// the reply.
func documentResponses(outcome []inserted) *reply {
	out := &reply{}
	list := make([]any, len(outcome))
	for i, o := range outcome {
		response := map[string]any{"_id": o.id, "status": o.status}
		if o.err != nil {
			at := slices.IndexFunc(out.Errors, func(e *fault.Error) bool { return e.Error() == o.err.Error() })
			if at < 0 {
				at, out.Errors = len(out.Errors), append(out.Errors, o.err)
			}
			response["errorsIdx"] = at
		}
		list[i] = response
	}
	out.Status = map[string]any{"documentResponses": list}
	return out
}
