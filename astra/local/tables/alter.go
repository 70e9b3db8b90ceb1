package tables

import (
	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
)

func (c *call) alterTable() (*reply, error) {
	op, err := c.object("operation")
	if err != nil {
		return nil, err
	}
	if op.Len() != 1 {
		return nil, fault.New("MISSING_ALTER_TABLE_OPERATIONS", "The command needs exactly one of add, drop, addVectorize and dropVectorize.")
	}
	arg := asObject(op.Value(op.Keys[0]))
	cols, _ := arg.Get("columns")
	switch op.Keys[0] {
	case "add":
		return c.addColumns(asObject(cols))
	case "drop":
		return c.dropColumns(cols)
	case "addVectorize":
		return c.addVectorize(asObject(cols))
	case "dropVectorize":
		return c.dropVectorize(cols)
	}
	return nil, fault.New("COMMAND_FIELD_UNKNOWN", "The field 'operation' has no member '%s'.", op.Keys[0])
}

func (c *call) addColumns(cols *jsonv.Object) (*reply, error) {
	if cols.Len() == 0 {
		return nil, fault.New("MISSING_ALTER_TABLE_OPERATIONS", "The operation add names no columns.")
	}
	next := c.table.Clone()
	for _, name := range cols.Keys {
		if _, exists := next.Column(name); exists {
			return nil, fault.New("CANNOT_ADD_EXISTING_COLUMNS", "The table '%s' has a column '%s'.", c.tableName, name)
		}
		if err := schema.CheckName("column", name, schema.MaxName); err != nil {
			return nil, err
		}
		typ, err := schema.ParseType(name, cols.Value(name))
		if err != nil {
			f := fault.From(err)
			if f.Code == "UNSUPPORTED_DATA_TYPE_TABLE_CREATION" {
				return nil, fault.New("CANNOT_ADD_UNSUPPORTED_DATA_TYPE_COLUMNS", "%s", f.Message)
			}
			return nil, err
		}
		next.Columns = append(next.Columns, schema.Column{ID: next.NextColumn, Name: name, Type: typ})
		next.NextColumn++
	}
	return done(), c.h.Store.ReplaceTable(next)
}

func (c *call) dropColumns(in any) (*reply, error) {
	list, _ := in.([]any)
	if len(list) == 0 {
		return nil, fault.New("MISSING_ALTER_TABLE_OPERATIONS", "The operation drop names no columns.")
	}
	next := c.table.Clone()
	for _, e := range list {
		name, _ := e.(string)
		if err := c.mayDrop(name); err != nil {
			return nil, err
		}
		for i, col := range next.Columns {
			if col.Name == name {
				next.Columns = append(next.Columns[:i], next.Columns[i+1:]...)
				break
			}
		}
	}
	return done(), c.h.Store.ReplaceTable(next)
}

func (c *call) mayDrop(name string) error {
	if _, ok := c.table.Column(name); !ok {
		return fault.New("CANNOT_DROP_UNKNOWN_COLUMNS", "The table '%s' has no column '%s'.", c.tableName, name)
	}
	if c.table.IsKey(name) {
		return fault.New("CANNOT_DROP_PRIMARY_KEY_COLUMNS", "Column '%s' is part of the primary key.", name)
	}
	if i, ok := c.table.IndexOn(name, schema.Regular, schema.Vector, schema.Text); ok {
		return fault.New("CANNOT_DROP_INDEXED_COLUMNS", "Column '%s' has the index '%s'; drop that first.", name, i.Name)
	}
	return nil
}
