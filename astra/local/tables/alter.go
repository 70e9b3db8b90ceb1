package tables

import (
	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"

	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
)

func alterations() []string { return []string{"add", "addVectorize", "drop", "dropVectorize"} }

func (c *call) alterTable() (*reply, error) {
	op, err := c.needed("operation")
	if err != nil {
		return nil, err
	}
	if op.Len() != 1 {
		return nil, fault.Mismatch("the field 'operation' must have exactly one of the fields %s.", list(alterations()))
	}
	name := op.Keys[0]
	if err := fault.OnlyFields("'operation'", op.Keys, alterations()...); err != nil {
		return nil, err
	}
	arg, err := readObject("the operation '"+name+"'", op.Value(name))
	if err != nil {
		return nil, err
	}
	if err := fault.OnlyFields("'"+name+"'", schema.Members(arg), "columns"); err != nil {
		return nil, err
	}
	cols, _ := arg.Get("columns")
	switch name {
	case "add":
		return c.addColumns(cols)
	case "drop":
		return c.dropColumns(cols)
	case "addVectorize":
		vectors, _ := cols.(*jsonv.Object)
		return c.addVectorize(vectors)
	}
	return c.dropVectorize(cols)
}

// nothing refuses an operation without columns.
func nothing(operation string) error {
	return fault.New("MISSING_ALTER_TABLE_OPERATIONS", "The command does not change the table.\n\nThe command had the empty operation: %s\n\n"+
		"Resend the command with columns to change.", operation)
}

func (c *call) addColumns(in any) (*reply, error) {
	added, err := schema.ParseColumns(in)
	if err != nil {
		return nil, err
	}
	if len(added) == 0 {
		return nil, nothing("add")
	}
	next := c.table.Clone()
	var unsupported, twice []string
	for _, d := range added {
		if d.Unsupported() {
			unsupported = append(unsupported, string(d.Kind))
			continue
		}
		if err := next.Add(d, c.types()); err != nil {
			return nil, err
		}
		if _, exists := c.table.Column(d.Name); exists {
			twice = append(twice, d.Name)
		}
	}
	if len(unsupported) > 0 {
		return nil, fault.New("CANNOT_ADD_UNSUPPORTED_DATA_TYPE_COLUMNS", "The command adds columns of types that a table cannot be given.\n\n"+
			"The command used the unsupported types: %s.\n\nResend the command with supported types.", list(unsupported))
	}
	if len(twice) > 0 {
		return nil, c.bad("SCHEMA", "CANNOT_ADD_EXISTING_COLUMNS", "The command adds columns that the table has.",
			"The request included the existing columns: "+list(typed(c.table, twice...))+".", "Resend the command with new columns only.")
	}
	for _, d := range added {
		if col, _ := next.Column(d.Name); !next.Readd(col) {
			return nil, c.bad("SCHEMA", "CANNOT_ADD_PREVIOUSLY_DROPPED_COLUMN", "The command adds a column whose name a dropped column of "+
				"another type had. The database keeps that type, of a user-defined type as a tuple.",
				"The command would add the column: "+col.Name+".\nThe command used the column type: "+col.Type.CQL()+
					".\nThe dropped column had the type: "+next.Dropped[col.Name]+".",
				"Resend the command with another name for the column, or create the table again.")
		}
	}
	return done(), c.h.Store.ReplaceTable(next)
}

func (c *call) dropColumns(in any) (*reply, error) {
	names, err := columnNames(in)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, nothing("drop")
	}
	if err := c.authorizeDrop(names); err != nil {
		return nil, err
	}
	next := c.table.Clone()
	next.Drop(names)
	return done(), c.h.Store.ReplaceTable(next)
}

// columnNames reads an array of names.
func columnNames(in any) ([]string, error) {
	if in == nil {
		return nil, nil
	}
	list, ok := in.([]any)
	if !ok {
		return nil, fault.Mismatch("the field 'columns' must be an array of names, not %s.", value.JSONKind(in))
	}
	var out []string
	for _, e := range list {
		s, ok := e.(string)
		if !ok {
			return nil, fault.Mismatch("the field 'columns' must hold texts, not %s.", value.JSONKind(e))
		}
		out = append(out, s)
	}
	return out, nil
}

func (c *call) authorizeDrop(names []string) error {
	var keys, unknown, indexed []string
	for _, name := range names {
		_, exists := c.table.Column(name)
		_, hasIndex := c.table.IndexOn(name, schema.Regular, schema.Vector, schema.Text)
		switch {
		case c.table.IsKey(name):
			keys = append(keys, name)
		case !exists:
			unknown = append(unknown, name)
		case hasIndex:
			indexed = append(indexed, name)
		}
	}
	switch {
	case len(keys) > 0:
		return c.bad("SCHEMA", "CANNOT_DROP_PRIMARY_KEY_COLUMNS", "The columns of the primary key cannot be dropped.",
			"The table has the primary key: "+c.primaryKey()+".\nThe command would drop: "+list(keys)+".",
			"Resend the command without columns of the primary key.")
	case len(unknown) > 0:
		return c.bad("SCHEMA", "CANNOT_DROP_UNKNOWN_COLUMNS", "The command drops columns that the table does not have.",
			"The command would drop the unknown columns: "+list(unknown)+".", "Resend the command with columns of the table only.")
	case len(indexed) > 0:
		return c.bad("SCHEMA", "CANNOT_DROP_INDEXED_COLUMNS", "Columns that have an index cannot be dropped.",
			"It has indexes on the columns: "+c.indexed(schema.Regular, schema.Vector, schema.Text)+
				".\nThe command would drop the indexed columns: "+list(indexed)+".",
			"Drop the indexes first, or resend the command without these columns.")
	}
	return nil
}
