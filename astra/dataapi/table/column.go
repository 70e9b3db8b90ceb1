package table

import (
	"encoding/json"
	"fmt"
)

// Column is the type of a column. Make one with [Text], [UUID], [Set] and so
// on.
type Column struct {
	Type string `json:"type"`
	// KeyType and ValueType are the element types of a collection.
	KeyType   string `json:"keyType,omitempty"`
	ValueType string `json:"valueType,omitempty"`
	// Dimension is the length of a vector.
	Dimension int `json:"dimension,omitempty"`
	// Service embeds text into a vector column on the server.
	Service *Service `json:"service,omitempty"`
}

// Service names the embedding provider of a vector column.
type Service struct {
	Provider       string         `json:"provider"`
	ModelName      string         `json:"modelName"`
	Authentication map[string]any `json:"authentication,omitempty"`
	Parameters     map[string]any `json:"parameters,omitempty"`
}

// UnmarshalJSON implements [json.Unmarshaler] for the object and for the bare
// name of a type. The elements of a collection may be objects too; of those the
// type's name is kept.
func (c *Column) UnmarshalJSON(data []byte) error {
	var name string
	if json.Unmarshal(data, &name) == nil {
		*c = Column{Type: name}
		return nil
	}
	type plain Column
	wire := struct {
		*plain
		KeyType   element `json:"keyType"`
		ValueType element `json:"valueType"`
	}{plain: (*plain)(c)}
	if err := json.Unmarshal(data, &wire); err != nil {
		return fmt.Errorf("read a column's type: %w", err)
	}
	c.KeyType, c.ValueType = string(wire.KeyType), string(wire.ValueType)
	return nil
}

// element is the type of a collection's elements, a name or an object.
type element string

// UnmarshalJSON implements [json.Unmarshaler].
func (e *element) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, (*string)(e)) == nil {
		return nil
	}
	var object struct{ Type string }
	if err := json.Unmarshal(data, &object); err != nil {
		return fmt.Errorf("read an element's type: %w", err)
	}
	*e = element(object.Type)
	return nil
}

// Text is a column of UTF-8 text.
func Text() Column { return Column{Type: "text"} }

// ASCII is a column of 7-bit text.
func ASCII() Column { return Column{Type: "ascii"} }

// Int is a column of 32-bit integers.
func Int() Column { return Column{Type: "int"} }

// BigInt is a column of 64-bit integers.
func BigInt() Column { return Column{Type: "bigint"} }

// Float is a column of 32-bit floating point numbers.
func Float() Column { return Column{Type: "float"} }

// Double is a column of 64-bit floating point numbers.
func Double() Column { return Column{Type: "double"} }

// Boolean is a column of true and false.
func Boolean() Column { return Column{Type: "boolean"} }

// UUID is a column of UUIDs of any version.
func UUID() Column { return Column{Type: "uuid"} }

// Timestamp is a column of instants in milliseconds.
func Timestamp() Column { return Column{Type: "timestamp"} }

// Date is a column of days.
func Date() Column { return Column{Type: "date"} }

// Blob is a column of bytes.
func Blob() Column { return Column{Type: "blob"} }

// Set is a column of distinct values of the given column's type.
func Set(value Column) Column { return Column{Type: "set", ValueType: value.Type} }

// List is a column of values of the given column's type.
func List(value Column) Column { return Column{Type: "list", ValueType: value.Type} }

// Map is a column of keys with values.
func Map(key, value Column) Column {
	return Column{Type: "map", KeyType: key.Type, ValueType: value.Type}
}

// Vector is a column of vectors with d float32 numbers.
func Vector(d int) Column { return Column{Type: "vector", Dimension: d} }
