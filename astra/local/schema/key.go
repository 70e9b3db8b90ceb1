package schema

import (
	"encoding/json"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

func (t *Table) parseKey(def *jsonv.Object) error {
	in, _ := def.Get("primaryKey")
	switch v := in.(type) {
	case nil:
		return fault.New("COMMAND_FIELD_VALUE_INVALID", "Command field 'definition.primaryKey' value `null` not valid: must not be null.\n\n"+
			"Resend the command with a primary key: a column's name, or an object with partitionBy.")
	case string:
		t.PartitionBy = []string{v}
		return nil
	case *jsonv.Object:
		return t.parseLongKey(v)
	}
	return fault.Mismatch("the field primaryKey must be a text or an object, not %s.", value.JSONKind(in))
}

func (t *Table) parseLongKey(o *jsonv.Object) error {
	by, ok := o.Value("partitionBy").([]any)
	if !ok {
		return fault.Mismatch("the long form of primaryKey must have a field partitionBy that is an array of column names.")
	}
	for _, e := range by {
		s, ok := e.(string)
		if !ok {
			return fault.Mismatch("the field partitionBy must be an array of column names.")
		}
		t.PartitionBy = append(t.PartitionBy, s)
	}
	order, given := o.Get("partitionSort")
	if !given {
		return nil
	}
	so, ok := order.(*jsonv.Object)
	if !ok {
		return fault.Mismatch("the field partitionSort must be an object of column names, each with 1 or -1.")
	}
	for _, name := range so.Keys {
		n, _ := so.Value(name).(json.Number)
		if n != "1" && n != "-1" {
			return fault.Mismatch("the field partitionSort must have 1 or -1 for column '%s'.", name)
		}
		t.Sort = append(t.Sort, Order{Name: name, Descending: n == "-1"})
	}
	return nil
}

func (t *Table) checkKey() error {
	cols := joined(t.sortedNames())
	if bad := t.unknown(t.PrimaryKey()[len(t.PartitionBy):]); len(bad) > 0 {
		return fault.New("UNKNOWN_PARTITION_SORT_COLUMNS", "The columns of the partition sort are not in the table's definition.\n\n"+
			"The definition has the columns: %s.\nThe partition sort has the unknown columns: %s.\n\nResend the command with columns of the "+
			"definition.", cols, joined(bad))
	}
	if len(t.PartitionBy) == 0 {
		return fault.New("MISSING_PARTITION_COLUMNS", "A table needs at least one partition column.\n\n"+
			"Rows are partitioned by the values of these columns; rows of one partition are read fast, in the order of the partition sort.\n\n"+
			"The definition has the columns: %s.\n\nResend the command with at least one partition column.", cols)
	}
	if bad := t.unknown(t.PartitionBy); len(bad) > 0 {
		return fault.New("UNKNOWN_PARTITION_COLUMNS", "The partition columns are not in the table's definition.\n\n"+
			"The definition has the columns: %s.\nThe partition has the unknown columns: %s.\n\nResend the command with columns of the "+
			"definition.", cols, joined(bad))
	}
	seen := map[string]bool{}
	for _, name := range t.PrimaryKey() {
		c, _ := t.Column(name)
		if seen[name] {
			return Invalid(t, "column '%s' is in the primary key more than once", name)
		}
		if k := c.Type.Kind; !k.Keyable() {
			return Invalid(t, "column '%s' of type %s cannot be part of a primary key", name, k)
		}
		seen[name] = true
	}
	return nil
}

// Invalid is the refusal of the database behind the API.
func Invalid(t *Table, format string, args ...any) error {
	args = append([]any{t.Name}, args...)
	return fault.New("INVALID_DATABASE_QUERY", "The database refused the query that the command made for table '%s': "+format+
		".\n\nThe same command will fail again.", args...)
}

func (t *Table) unknown(names []string) []string {
	var bad []string
	for _, n := range names {
		if _, ok := t.Column(n); !ok {
			bad = append(bad, n)
		}
	}
	return bad
}

// Describe returns the definition as listTables explains it.
func (t *Table) Describe() map[string]any {
	cols := jsonv.NewObject()
	for _, c := range t.Columns {
		cols.Set(c.Name, c.Type.Describe())
	}
	order := jsonv.NewObject()
	for _, o := range t.Sort {
		n := 1
		if o.Descending {
			n = -1
		}
		order.Set(o.Name, n)
	}
	return map[string]any{"name": t.Name, "definition": map[string]any{
		"columns":    cols,
		"primaryKey": map[string]any{"partitionBy": t.PartitionBy, "partitionSort": order},
	}}
}

// Describe returns the index as listIndexes explains it.
func (i Index) Describe() map[string]any {
	var column any = i.Column
	if i.Function == Keys || i.Function == Values {
		column = map[string]string{i.Column: i.Function}
	}
	options := i.Options
	if options == nil {
		options = map[string]any{}
	}
	return map[string]any{"name": i.Name, "indexType": i.Kind, "definition": map[string]any{"column": column, "options": options}}
}
