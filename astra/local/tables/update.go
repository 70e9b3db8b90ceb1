package tables

import (
	"slices"

	"github.com/killrvideo/killrvideo-go/astra/local/documents"
	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// step changes one column of a row.
type step struct {
	column string
	change func(rowstore.Row)
}

func (c *call) updateOne() (*reply, error) {
	if err := c.refuseSort("UNSUPPORTED_SORT_FOR_TABLE_UPDATE_COMMAND"); err != nil {
		return nil, err
	}
	steps, err := c.parseUpdate()
	if err != nil {
		return nil, err
	}
	key, err := c.rowKey()
	if err != nil {
		return nil, err
	}
	err = c.h.Store.Write(func(tx *rowstore.Tx) error {
		return tx.Update(c.table, key, func(row rowstore.Row) error {
			for _, s := range steps {
				s.change(row)
			}
			return nil
		})
	})
	return &reply{Status: map[string]any{"matchedCount": 1, "modifiedCount": 1}}, err
}

// tableOperators are the update operators of tables.
func tableOperators() []string { return []string{"$set", "$unset", "$push", "$pullAll"} }

// updateField reads the update clause: operators, each with an object.
func (c *call) updateField() (*jsonv.Object, error) {
	in, _ := c.body.Get("update")
	up, ok := in.(*jsonv.Object)
	if in != nil && !ok {
		return nil, badUpdateType("the update clause must be a JSON object, not %s", value.JSONKind(in))
	}
	if up == nil {
		return nil, nil
	}
	for _, op := range up.Keys {
		if !slices.Contains(tableOperators(), op) && !slices.Contains(documents.Operators(), op) {
			return nil, fault.New("UNSUPPORTED_UPDATE_OPERATION", "The update operator '%s' is not known; operators begin with '$'.", op)
		}
		if _, ok := up.Value(op).(*jsonv.Object); !ok {
			return nil, badUpdateType("the operand of '%s' must be a JSON object, not %s", op, value.JSONKind(up.Value(op)))
		}
	}
	return up, nil
}

func badUpdateType(format string, args ...any) error {
	return fault.New("UNSUPPORTED_UPDATE_DATA_TYPE", "The data type of the update is not supported: "+format+".", args...)
}

func (c *call) parseUpdate() ([]step, error) {
	up, err := c.updateField()
	if err != nil {
		return nil, err
	}
	var steps []step
	var unsupported []string
	for _, op := range schema.Members(up) {
		if !slices.Contains(tableOperators(), op) {
			unsupported = append(unsupported, op)
			continue
		}
		more, err := c.parseOperator(op, up.Value(op).(*jsonv.Object))
		if err != nil {
			return nil, err
		}
		steps = append(steps, more...)
	}
	if len(unsupported) > 0 {
		return nil, fault.New("UNSUPPORTED_UPDATE_OPERATIONS_FOR_TABLE", "The update has operators that tables do not support.\n\n"+
			"Tables support the operators: %s.\nThe update used the unsupported operators: %s.\n\nResend the command with supported operators only.",
			list(tableOperators()), list(unsupported))
	}
	return steps, c.checkSteps(steps)
}

func (c *call) checkSteps(steps []step) error {
	if len(steps) == 0 {
		return fault.New("MISSING_UPDATE_OPERATIONS", "The update has no operator that changes a column.\n\nThe supported operators are: %s.\n\n"+
			"Resend the command with at least one of them.", list(tableOperators()))
	}
	seen := map[string]bool{}
	var twice, keys []string
	for _, s := range steps {
		if seen[s.column] {
			twice = append(twice, s.column)
		}
		seen[s.column] = true
		if c.table.IsKey(s.column) {
			keys = append(keys, s.column)
		}
	}
	if len(twice) > 0 {
		return fault.New("UNSUPPORTED_OVERLAPPING_UPDATE_OPERATIONS", "The update changes a column by more than one operator.\n\n"+
			"The operators would change the columns: %s.\n\nResend the command with one operator for each column.", list(twice))
	}
	if len(keys) > 0 {
		return fault.New("UNSUPPORTED_UPDATE_FOR_PRIMARY_KEY_COLUMNS", "The columns of the primary key cannot be changed.\n\n"+
			"The table %s defines the primary key: %s.\nThe update included its columns: %s.\n\nResend the command without "+
			"columns of the primary key.",
			c.full(), c.primaryKey(), list(keys))
	}
	return nil
}

// parseOperator reads all columns of one operator; of several faults the first
// class counts, over all columns.
func (c *call) parseOperator(op string, cols *jsonv.Object) ([]step, error) {
	if op == "$push" {
		for _, name := range cols.Keys {
			col, ok := c.table.Column(name)
			if !ok {
				continue
			}
			if _, err := pushed(col, cols.Value(name)); err != nil {
				return nil, err
			}
		}
	}
	var unknown, unsupported []string
	for _, name := range cols.Keys {
		col, ok := c.table.Column(name)
		switch {
		case !ok:
			unknown = append(unknown, name)
		case (op == "$push" || op == "$pullAll") && !col.Type.Kind.Collection():
			unsupported = append(unsupported, name)
		}
	}
	if len(unknown) > 0 {
		return nil, c.bad("UPDATE", "UNKNOWN_TABLE_COLUMNS", "The update changes columns that the table does not have.",
			"The update used the unknown columns: "+list(unknown)+".", "Resend the command with columns of the table only.")
	}
	if len(unsupported) > 0 {
		return nil, c.bad("UPDATE", "UNSUPPORTED_UPDATE_OPERATOR", "The update uses an operator that the type of a column does not support; "+
			"$push and $pullAll are for maps, sets and lists.",
			"The command used the operator: "+op+".\nThe columns do not support it: "+list(typed(c.table, unsupported...))+".",
			"Resend the command with operators that the columns support.")
	}
	var steps []step
	for _, name := range cols.Keys {
		col, _ := c.table.Column(name)
		s, err := c.parseStep(op, col, cols.Value(name))
		if err != nil {
			return nil, err
		}
		steps = append(steps, s)
	}
	return steps, nil
}

func (c *call) parseStep(op string, col schema.Column, in any) (step, error) {
	s := step{column: col.Name}
	switch op {
	case "$unset":
		s.change = func(r rowstore.Row) { r[col.Name] = nil }
	case "$set":
		v, err := c.parseValue(col, in)
		if err != nil {
			return s, err
		}
		s.change = func(r rowstore.Row) { r[col.Name] = v }
	case "$push":
		list, _ := pushed(col, in)
		v, err := c.parseValue(col, list)
		if err != nil {
			return s, err
		}
		s.change = func(r rowstore.Row) { r[col.Name] = joined(col.Type, r[col.Name], v) }
	case "$pullAll":
		return c.pullStep(col, in)
	}
	return s, nil
}

func badPush(reason string) error {
	return fault.New("INVALID_PUSH_OPERATOR_USAGE", "The operator $push is not used as it should be: %s.\n\n"+
		"It adds one element; with $each it adds several: {\"$push\": {\"column\": {\"$each\": [1, 2]}}}.\n"+
		"An element of a map is {\"key\": value} or [key, value].\n\nResend the command with a valid $push.", reason)
}

// pushed returns the elements that a $push adds, those of maps as [key, value].
func pushed(col schema.Column, in any) ([]any, error) {
	if col.Type.Kind != value.Map {
		if !col.Type.Kind.Collection() {
			return nil, nil
		}
		return pushedElements(in)
	}
	switch v := in.(type) {
	case []any:
		return []any{v}, checkPair(v)
	case *jsonv.Object:
		if !v.Has("$each") {
			pair, err := pairOf(v)
			return []any{pair}, err
		}
		each, err := eachOf(v)
		if err != nil {
			return nil, err
		}
		return pairs(each)
	}
	return nil, badPush("a map needs an entry, as an object or as [key, value]")
}

func pushedElements(in any) ([]any, error) {
	switch v := in.(type) {
	case []any:
		return nil, badPush("several elements need $each")
	case *jsonv.Object:
		if v.Has("$each") {
			return eachOf(v)
		}
	}
	return []any{in}, nil
}

func eachOf(o *jsonv.Object) ([]any, error) {
	if o.Len() != 1 {
		return nil, badPush("$each has another field beside it")
	}
	list, ok := o.Value("$each").([]any)
	if !ok {
		return nil, badPush("the operand of $each must be an array")
	}
	return list, nil
}

func checkPair(pair []any) error {
	for _, e := range pair {
		switch e.(type) {
		case []any, *jsonv.Object:
			return badPush("several entries need $each")
		}
	}
	if len(pair) != 2 {
		return badPush("an entry as an array must have a key and a value")
	}
	return nil
}

func pairOf(o *jsonv.Object) (any, error) {
	if o.Len() != 1 {
		return nil, badPush("several entries need $each")
	}
	return []any{o.Keys[0], o.Value(o.Keys[0])}, nil
}

func pairs(list []any) ([]any, error) {
	out := make([]any, 0, len(list))
	for _, e := range list {
		switch v := e.(type) {
		case []any:
			if err := checkPair(v); err != nil {
				return nil, err
			}
			out = append(out, v)
		case *jsonv.Object:
			pair, err := pairOf(v)
			if err != nil {
				return nil, err
			}
			out = append(out, pair)
		default:
			return nil, badPush("an entry of a map must be an object or [key, value]")
		}
	}
	return out, nil
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

func (c *call) pullStep(col schema.Column, in any) (step, error) {
	s := step{column: col.Name}
	t := value.Type{Kind: value.Set, Elem: col.Type.Elem, User: col.Type.User}
	if col.Type.Kind == value.Map {
		t.Elem = col.Type.Key
	}
	gone, err := value.Parse(t, nonNull(in))
	if err != nil {
		return s, c.badValue(col, err)
	}
	// The database has to read a list before it can take elements from it, which
	// Astra does not let a write do.
	if col.Type.Kind == value.List && len(gone.([]any)) > 0 {
		return s, c.refused("removing elements of the list column '%s' needs a read before the write", col.Name)
	}
	has := func(v any) bool {
		return slices.ContainsFunc(gone.([]any), func(g any) bool { return value.Compare(t.Elem, v, g) == 0 })
	}
	s.change = func(r rowstore.Row) { r[col.Name] = without(r[col.Name], has) }
	return s, nil
}

func without(old any, gone func(any) bool) any {
	switch x := old.(type) {
	case []any:
		return slices.DeleteFunc(slices.Clone(x), gone)
	case []value.Entry:
		return slices.DeleteFunc(slices.Clone(x), func(e value.Entry) bool { return gone(e.Key) })
	}
	return old
}
