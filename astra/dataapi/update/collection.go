package update

import (
	"encoding/json"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// CollectionUpdateBuilder builds an update of a document. Begin with [Coll].
type CollectionUpdateBuilder struct{ operators operators }

func (*CollectionUpdateBuilder) isCollectionUpdate() {}

// Coll begins an update of a document.
func Coll() *CollectionUpdateBuilder { return &CollectionUpdateBuilder{operators{}} }

// MarshalJSON implements [json.Marshaler].
func (c *CollectionUpdateBuilder) MarshalJSON() ([]byte, error) { return json.Marshal(c.operators) }

// MarshalJSONTo writes the values as rows and documents need them.
func (c *CollectionUpdateBuilder) MarshalJSONTo(e *jsontext.Encoder) error {
	return jsonv2.MarshalEncode(e, c.operators)
}

func (c *CollectionUpdateBuilder) put(operator, field string, value any) *CollectionUpdateBuilder {
	c.operators.put(operator, field, value)
	return c
}

// Set writes the field.
func (c *CollectionUpdateBuilder) Set(field string, value any) *CollectionUpdateBuilder {
	return c.put("$set", field, value)
}

// SetOnInsert writes the field only if the update inserts the document.
func (c *CollectionUpdateBuilder) SetOnInsert(field string, value any) *CollectionUpdateBuilder {
	return c.put("$setOnInsert", field, value)
}

// Unset removes the fields.
func (c *CollectionUpdateBuilder) Unset(fields ...string) *CollectionUpdateBuilder {
	for _, field := range fields {
		c.put("$unset", field, "")
	}
	return c
}

// CurrentDate writes the server's time.
func (c *CollectionUpdateBuilder) CurrentDate(field string) *CollectionUpdateBuilder {
	return c.put("$currentDate", field, true)
}

// Inc adds the amount to a number.
func (c *CollectionUpdateBuilder) Inc(field string, amount any) *CollectionUpdateBuilder {
	return c.put("$inc", field, amount)
}

// Min writes the value if it is less than the field's.
func (c *CollectionUpdateBuilder) Min(field string, value any) *CollectionUpdateBuilder {
	return c.put("$min", field, value)
}

// Max writes the value if it is greater than the field's.
func (c *CollectionUpdateBuilder) Max(field string, value any) *CollectionUpdateBuilder {
	return c.put("$max", field, value)
}

// Mul multiplies a number.
func (c *CollectionUpdateBuilder) Mul(field string, factor any) *CollectionUpdateBuilder {
	return c.put("$mul", field, factor)
}

// Rename renames the field.
func (c *CollectionUpdateBuilder) Rename(field, name string) *CollectionUpdateBuilder {
	return c.put("$rename", field, name)
}

// AddToSet appends the value to an array that does not hold it.
func (c *CollectionUpdateBuilder) AddToSet(field string, value any) *CollectionUpdateBuilder {
	return c.put("$addToSet", field, value)
}

// AddToSetEach does so with several values.
func (c *CollectionUpdateBuilder) AddToSetEach(field string, values ...any) *CollectionUpdateBuilder {
	return c.put("$addToSet", field, U{"$each": values})
}

// Pop removes the last element of an array with 1, the first with -1.
func (c *CollectionUpdateBuilder) Pop(field string, end int) *CollectionUpdateBuilder {
	return c.put("$pop", field, end)
}

// Push appends one value to an array.
func (c *CollectionUpdateBuilder) Push(field string, value any) *CollectionUpdateBuilder {
	return c.put("$push", field, value)
}

// PushEach appends several values.
func (c *CollectionUpdateBuilder) PushEach(field string, values ...any) *CollectionUpdateBuilder {
	return c.put("$push", field, U{"$each": values})
}

// PushEachPosition inserts several values at a position, which counts from the
// end if it is negative.
func (c *CollectionUpdateBuilder) PushEachPosition(field string, position int, values ...any) *CollectionUpdateBuilder {
	return c.put("$push", field, U{"$each": values, "$position": position})
}
