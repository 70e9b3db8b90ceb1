package tables

import (
	"slices"
	"strconv"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// The lists that messages name. Astra's carry the same.

// list joins names, sorted; none gives [None].
func list(names []string) string {
	if len(names) == 0 {
		return "[None]"
	}
	return strings.Join(slices.Sorted(slices.Values(names)), ", ")
}

// inOrder joins names as they come.
func inOrder(names []string) string {
	if len(names) == 0 {
		return "[None]"
	}
	return strings.Join(names, ", ")
}

func typed(t *schema.Table, names ...string) []string {
	var out []string
	for _, n := range names {
		if c, ok := t.Column(n); ok {
			out = append(out, n+"("+string(c.Type.Kind)+")")
			continue
		}
		out = append(out, n)
	}
	return out
}

// full is keyspace and table as users name them.
func (c *call) full() string { return c.keyspace + "." + c.tableName }

// columns lists the table's columns with their types.
func (c *call) columns() string { return list(typed(c.table, c.table.Names()...)) }

// primaryKey lists the columns of the primary key in their order.
func (c *call) primaryKey() string { return inOrder(typed(c.table, c.table.PrimaryKey()...)) }

func (c *call) partitionSort() string {
	return inOrder(typed(c.table, c.table.PrimaryKey()[len(c.table.PartitionBy):]...))
}

// indexed lists the columns that have an index of one of the kinds.
func (c *call) indexed(kinds ...string) string {
	var out []string
	for _, i := range c.table.Indexes {
		if slices.Contains(kinds, i.Kind) && !slices.Contains(out, i.Column) {
			out = append(out, i.Column)
		}
	}
	return list(out)
}

// vectors lists the vector columns; vectorized those with a service.
func (c *call) vectors(vectorized bool) string {
	var out []string
	for _, col := range c.table.Columns {
		if col.Type.Kind == value.Vector && (!vectorized || col.Type.Service != nil) {
			out = append(out, col.Name)
		}
	}
	return list(typed(c.table, out...))
}

// defines says what columns the table has: the beginning of most messages.
func (c *call) defines() string {
	return "\n\nThe table " + c.full() + " defines the columns: " + c.columns() + ".\n"
}

// bad is a refusal that carries the table's columns, a sentence on the
// occurrence, and advice.
func (c *call) bad(scope, code, what, occurrence, advice string) error {
	return fault.In(scope, code, "%s%s%s\n\n%s", what, c.defines(), occurrence, advice)
}

// invalidField refuses the value of a command's field.
func invalidField(field string, in any, why string) error {
	return fault.New("COMMAND_FIELD_VALUE_INVALID", "Command field '%s' value %s not valid: %s.\n\nResend the command with a valid value.",
		field, jsonText(in), why)
}

// jsonText prints a value for a message.
func jsonText(in any) string {
	switch v := in.(type) {
	case nil:
		return "`null`"
	case string:
		if len(v) > 100 {
			v = v[:100] + "…"
		}
		return `"` + v + `"`
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	case interface{ String() string }:
		return v.String()
	}
	return "<JSON value, " + value.JSONKind(in) + ">"
}

// refused is what the database behind the API does not take.
func (c *call) refused(format string, args ...any) error {
	return schema.Invalid(c.table, format, args...)
}
