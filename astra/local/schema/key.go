package schema

import (
	"encoding/json"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
)

func (t *Table) parseKey(in any) error {
	switch v := in.(type) {
	case string:
		t.PartitionBy = []string{v}
		return nil
	case *jsonv.Object:
		return t.parseLongKey(v)
	}
	return fault.New("MISSING_PARTITION_COLUMNS", "The definition needs a 'primaryKey': a column's name, or an object with 'partitionBy'.")
}

func (t *Table) parseLongKey(o *jsonv.Object) error {
	by, _ := o.Get("partitionBy")
	list, _ := by.([]any)
	for _, e := range list {
		s, ok := e.(string)
		if !ok {
			return fault.New("COMMAND_FIELD_VALUE_INVALID", "The field 'partitionBy' must be an array of column names.")
		}
		t.PartitionBy = append(t.PartitionBy, s)
	}
	order, _ := o.Get("partitionSort")
	if order == nil {
		return nil
	}
	so, ok := order.(*jsonv.Object)
	if !ok {
		return fault.New("COMMAND_FIELD_VALUE_INVALID", "The field 'partitionSort' must be an object of column names and 1 or -1.")
	}
	for _, name := range so.Keys {
		n, _ := so.Value(name).(json.Number)
		if n != "1" && n != "-1" {
			return fault.New("COMMAND_FIELD_VALUE_INVALID", "The field 'partitionSort.%s' must be 1 or -1.", name)
		}
		t.Sort = append(t.Sort, Order{Name: name, Descending: n == "-1"})
	}
	return nil
}

func (t *Table) checkKey() error {
	if len(t.PartitionBy) == 0 {
		return fault.New("MISSING_PARTITION_COLUMNS", "The primary key of table %q names no partition column.", t.Name)
	}
	if bad := t.unknown(t.PartitionBy); len(bad) > 0 {
		return fault.New("UNKNOWN_PARTITION_COLUMNS", "The partition columns %s are not among the columns of table %q.", strings.Join(bad, ", "), t.Name)
	}
	sort := t.PrimaryKey()[len(t.PartitionBy):]
	if bad := t.unknown(sort); len(bad) > 0 {
		return fault.New("UNKNOWN_PARTITION_SORT_COLUMNS", "The partition sort columns %s are not among the columns of table %q.", strings.Join(bad, ", "), t.Name)
	}
	seen := map[string]bool{}
	for _, name := range t.PrimaryKey() {
		c, _ := t.Column(name)
		if seen[name] {
			return fault.New("COMMAND_FIELD_VALUE_INVALID", "Column %q appears twice in the primary key.", name)
		}
		if !c.Type.Kind.Keyable() {
			return fault.New("UNSUPPORTED_DATA_TYPE_TABLE_CREATION", "Column %q of type %s cannot be part of a primary key.", name, c.Type.Kind)
		}
		seen[name] = true
	}
	return nil
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

// Describe gives the definition as listTables explains it.
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

// Describe gives the index as listIndexes explains it.
func (i Index) Describe() map[string]any {
	var column any = i.Column
	if i.Function == "$keys" || i.Function == "$values" && i.Options["map"] == true {
		column = map[string]string{i.Column: i.Function}
	}
	def := map[string]any{"column": column}
	options := map[string]any{}
	for k, v := range i.Options {
		if k != "map" {
			options[k] = v
		}
	}
	def["options"] = options
	return map[string]any{"name": i.Name, "indexType": i.Kind, "definition": def}
}
