// Package update builds the updates of rows and documents. Tables know $set,
// $unset, $push and $pullAll; collections know the operators of
// [CollectionUpdateBuilder].
package update

import (
	"encoding/json"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// TableUpdate is an update of a row: [U] or [*TableUpdateBuilder].
type TableUpdate interface{ isTableUpdate() }

// CollectionUpdate is an update of a document: [U] or
// [*CollectionUpdateBuilder].
type CollectionUpdate interface{ isCollectionUpdate() }

// U is an update as it appears in JSON: operators to their fields.
type U map[string]any

func (U) isTableUpdate()      {}
func (U) isCollectionUpdate() {}

// operators maps an operator to its fields.
type operators map[string]map[string]any

func (o *operators) put(operator, field string, value any) {
	if *o == nil {
		*o = operators{}
	}
	if (*o)[operator] == nil {
		(*o)[operator] = map[string]any{}
	}
	(*o)[operator][field] = value
}

// TableUpdateBuilder builds an update of a row. Begin with [Table].
type TableUpdateBuilder struct {
	operators operators
	once      bool // must not be sent twice
}

func (*TableUpdateBuilder) isTableUpdate() {}

// Table begins an update of a row.
func Table() *TableUpdateBuilder { return &TableUpdateBuilder{operators: operators{}} }

// MarshalJSON implements [json.Marshaler].
func (t *TableUpdateBuilder) MarshalJSON() ([]byte, error) { return json.Marshal(t.operators) }

// MarshalJSONTo writes the values as rows and documents need them.
func (t *TableUpdateBuilder) MarshalJSONTo(e *jsontext.Encoder) error {
	return jsonv2.MarshalEncode(e, t.operators)
}

// Set writes the column; nil clears it.
func (t *TableUpdateBuilder) Set(column string, value any) *TableUpdateBuilder {
	t.operators.put("$set", column, value)
	return t
}

// Unset clears the columns.
func (t *TableUpdateBuilder) Unset(columns ...string) *TableUpdateBuilder {
	for _, c := range columns {
		t.operators.put("$unset", c, "")
	}
	return t
}

// Push appends one value to a list, set or map column. It is not idempotent on
// lists, so a failed update with it is never retried.
func (t *TableUpdateBuilder) Push(column string, value any) *TableUpdateBuilder {
	t.operators.put("$push", column, value)
	t.once = true
	return t
}

// PushEach appends several values.
func (t *TableUpdateBuilder) PushEach(column string, values ...any) *TableUpdateBuilder {
	t.operators.put("$push", column, U{"$each": values})
	t.once = true
	return t
}

// PutEntries sets entries of a map column and leaves its others alone: a $push
// that is idempotent, so a failed update with it is retried.
func (t *TableUpdateBuilder) PutEntries(column string, entries map[string]int64) *TableUpdateBuilder {
	each := make([]any, 0, len(entries))
	for key, value := range entries {
		each = append(each, U{key: value})
	}
	t.operators.put("$push", column, U{"$each": each})
	return t
}

// Idempotent reports whether the update may be sent twice.
func (t *TableUpdateBuilder) Idempotent() bool { return !t.once && len(t.operators) > 0 }

// PullAll removes the values from a list or set, or the keys from a map.
func (t *TableUpdateBuilder) PullAll(column string, values ...any) *TableUpdateBuilder {
	t.operators.put("$pullAll", column, values)
	t.once = true
	return t
}
