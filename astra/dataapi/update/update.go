// Package update builds the update of updateOne on a table. The service knows
// $set, $unset, $push and $pullAll there, and no $inc.
package update

// U is an update as it appears in JSON: operators to their columns.
type U map[string]any

// TableUpdate is an update under construction, see [Table].
type TableUpdate struct{ operators U }

// Table starts an update of a table's row.
func Table() *TableUpdate { return &TableUpdate{operators: U{}} }

// Set writes the column; nil clears it.
func (t *TableUpdate) Set(column string, value any) *TableUpdate {
	return t.put("$set", column, value)
}

// Unset clears the columns.
func (t *TableUpdate) Unset(columns ...string) *TableUpdate {
	for _, c := range columns {
		t.put("$unset", c, "")
	}
	return t
}

// Push appends one value to a list, set or map column. It is not idempotent
// on lists, so a failed update with it is never retried.
func (t *TableUpdate) Push(column string, value any) *TableUpdate {
	return t.put("$push", column, value)
}

// PushEach appends several values.
func (t *TableUpdate) PushEach(column string, values ...any) *TableUpdate {
	return t.put("$push", column, U{"$each": values})
}

// PullAll removes the values from a list or set, or the keys from a map.
func (t *TableUpdate) PullAll(column string, values ...any) *TableUpdate {
	return t.put("$pullAll", column, values)
}

// U returns the update as a value to send.
func (t *TableUpdate) U() U { return t.operators }

func (t *TableUpdate) put(operator, column string, value any) *TableUpdate {
	columns, ok := t.operators[operator].(map[string]any)
	if !ok {
		columns = map[string]any{}
		t.operators[operator] = columns
	}
	columns[column] = value
	return t
}
