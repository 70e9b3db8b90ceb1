package tables

import (
	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// step changes one column of a row.
type step func(rowstore.Row)

func (c *call) updateOne() (*reply, error) {
	if err := c.refuseSort("UNSUPPORTED_SORT_FOR_TABLE_UPDATE_COMMAND"); err != nil {
		return nil, err
	}
	up, err := c.object("update")
	if err != nil {
		return nil, err
	}
	steps, err := c.parseUpdate(up)
	if err != nil {
		return nil, err
	}
	key, err := c.keyFilter(true)
	if err != nil {
		return nil, err
	}
	err = c.h.Store.Write(func(tx *rowstore.Tx) error {
		return tx.Update(c.table, key, func(row rowstore.Row) error {
			for _, s := range steps {
				s(row)
			}
			return nil
		})
	})
	return &reply{Status: map[string]any{"matchedCount": 1, "modifiedCount": 1}}, err
}

func (c *call) parseUpdate(up *jsonv.Object) ([]step, error) {
	var steps []step
	seen := map[string]bool{}
	if up == nil {
		up = jsonv.NewObject()
	}
	for _, op := range up.Keys {
		if !contains([]string{"$set", "$unset", "$push", "$pullAll"}, op) {
			return nil, fault.New("UNSUPPORTED_UPDATE_OPERATIONS_FOR_TABLE", "The update operator '%s' is not supported by tables.", op)
		}
		cols, ok := up.Value(op).(*jsonv.Object)
		if !ok {
			return nil, fault.New("COMMAND_FIELD_VALUE_INVALID", "The operand of %s must be an object.", op)
		}
		for _, name := range cols.Keys {
			s, err := c.parseStep(op, name, cols.Value(name))
			if err != nil {
				return nil, err
			}
			if seen[name] {
				return nil, fault.New("UNSUPPORTED_OVERLAPPING_UPDATE_OPERATIONS", "Column '%s' is in more than one operator.", name)
			}
			seen[name] = true
			steps = append(steps, s)
		}
	}
	if len(steps) == 0 {
		return nil, fault.New("MISSING_UPDATE_OPERATIONS", "The update changes nothing.")
	}
	return steps, nil
}

func (c *call) parseStep(op, name string, in any) (step, error) {
	col, ok := c.table.Column(name)
	switch {
	case !ok:
		return nil, fault.In("UPDATE", "UNKNOWN_TABLE_COLUMNS", "The table '%s' has no column '%s'.", c.tableName, name)
	case c.table.IsKey(name):
		return nil, fault.New("UNSUPPORTED_UPDATE_FOR_PRIMARY_KEY_COLUMNS", "Column '%s' is part of the primary key.", name)
	case col.Type.Kind == value.Counter:
		return nil, fault.In("UPDATE", "UNSUPPORTED_COLUMN_TYPES", "Column '%s' is a counter, which cannot be written.", name)
	case op == "$unset":
		return func(r rowstore.Row) { r[name] = nil }, nil
	case op == "$set":
		v, err := c.parseValue(col, in)
		return func(r rowstore.Row) { r[name] = v }, err
	case !col.Type.Kind.Collection():
		return nil, fault.New("UNSUPPORTED_UPDATE_OPERATOR_FOR_COLUMN", "The operator %s is for list, set and map columns; '%s' is %s.", op, name, col.Type.Kind)
	case op == "$push":
		return c.pushStep(col, in)
	}
	return pullStep(col, in)
}

func (c *call) pushStep(col schema.Column, in any) (step, error) {
	list := []any{in}
	if each, ok := value.Wrapped(in, "$each"); ok {
		if list, ok = each.([]any); !ok {
			return nil, fault.New("INVALID_UPDATE_COLUMN_VALUES", "The operand of $each on column '%s' must be an array.", col.Name)
		}
	}
	if col.Type.Kind == value.Map {
		list = pairs(list)
	}
	v, err := c.parseValue(col, list)
	if err != nil {
		return nil, err
	}
	return func(r rowstore.Row) { r[col.Name] = joined(col.Type, r[col.Name], v) }, nil
}

// pairs turns one-member objects into [key, value].
func pairs(list []any) []any {
	out := make([]any, 0, len(list))
	for _, e := range list {
		if o, ok := e.(*jsonv.Object); ok {
			for _, k := range o.Keys {
				out = append(out, []any{k, o.Value(k)})
			}
			continue
		}
		out = append(out, e)
	}
	return out
}

func joined(t value.Type, old, more any) any {
	if t.Kind == value.Map {
		es, _ := old.([]value.Entry)
		return value.Entries(t.Key, append(append([]value.Entry{}, es...), more.([]value.Entry)...))
	}
	list, _ := old.([]any)
	list = append(append([]any{}, list...), more.([]any)...)
	if t.Kind == value.Set {
		return value.Unique(t.Elem, list)
	}
	return list
}

func pullStep(col schema.Column, in any) (step, error) {
	t := value.Type{Kind: value.Set, Elem: col.Type.Elem}
	if col.Type.Kind == value.Map {
		t.Elem = col.Type.Key
	}
	gone, err := value.Parse(t, nonNull(in))
	if err != nil {
		return nil, fault.New("INVALID_UPDATE_COLUMN_VALUES", "The values to pull from column '%s' are not valid: %v.", col.Name, err)
	}
	has := func(v any) bool {
		for _, g := range gone.([]any) {
			if value.Compare(t.Elem, v, g) == 0 {
				return true
			}
		}
		return false
	}
	return func(r rowstore.Row) { r[col.Name] = without(r[col.Name], has) }, nil
}

func without(old any, gone func(any) bool) any {
	switch x := old.(type) {
	case []any:
		out := []any{}
		for _, v := range x {
			if !gone(v) {
				out = append(out, v)
			}
		}
		return out
	case []value.Entry:
		out := []value.Entry{}
		for _, e := range x {
			if !gone(e.Key) {
				out = append(out, e)
			}
		}
		return out
	}
	return old
}
