package table

import (
	"encoding/json"
	"fmt"
)

// Column is the type of a column. Make one with [Text], [UUID], [Set] and so
// on.
type Column struct {
	Type string `json:"type"`
	// Dimension is the length of a vector.
	Dimension *int `json:"dimension,omitempty"`
	// Service embeds text into a vector column on the server.
	Service *VectorService `json:"service,omitempty"`
	// KeyType is the type of a map's keys.
	KeyType *string `json:"keyType,omitempty"`
	// ValueType is the type of the elements of a set, list or map.
	ValueType *Column `json:"valueType,omitempty"`
	// UDTName names a user-defined type; UDTDefinition is set by the server.
	UDTName       *string        `json:"udtName,omitempty"`
	UDTDefinition *UDTDefinition `json:"definition,omitempty"`
}

// UDTDefinition is the fields of a user-defined type.
type UDTDefinition struct {
	Fields Columns `json:"fields"`
}

// VectorService names the embedding provider of a vector column.
type VectorService struct {
	Provider       string         `json:"provider"`
	ModelName      string         `json:"modelName"`
	Authentication map[string]any `json:"authentication,omitempty"`
	Parameters     map[string]any `json:"parameters,omitempty"`
}

// MarshalJSON implements [json.Marshaler]; a scalar element type is a name.
func (c Column) MarshalJSON() ([]byte, error) {
	type plain Column
	if c.ValueType == nil || *c.ValueType != (Column{Type: c.ValueType.Type}) {
		return json.Marshal(plain(c))
	}
	return json.Marshal(struct {
		plain
		ValueType string `json:"valueType"`
	}{plain(c), c.ValueType.Type})
}

// UnmarshalJSON implements [json.Unmarshaler] for the object and for the bare
// name of a type. Of a map's key type only the name is read.
func (c *Column) UnmarshalJSON(data []byte) error {
	var name string
	if json.Unmarshal(data, &name) == nil {
		*c = Column{Type: name}
		return nil
	}
	type plain Column
	wire := struct {
		*plain
		KeyType *Column `json:"keyType"`
	}{plain: (*plain)(c)}
	if err := json.Unmarshal(data, &wire); err != nil {
		return fmt.Errorf("read the type of a column: %w", err)
	}
	if wire.KeyType != nil {
		c.KeyType = &wire.KeyType.Type
	}
	return nil
}

// Types of columns.
const (
	TypeText      = "text"
	TypeInt       = "int"
	TypeBigInt    = "bigint"
	TypeSmallInt  = "smallint"
	TypeTinyInt   = "tinyint"
	TypeFloat     = "float"
	TypeDouble    = "double"
	TypeDecimal   = "decimal"
	TypeBoolean   = "boolean"
	TypeDate      = "date"
	TypeTime      = "time"
	TypeTimestamp = "timestamp"
	TypeUUID      = "uuid"
	TypeTimeUUID  = "timeuuid"
	TypeBlob      = "blob"
	TypeVarint    = "varint"
	TypeInet      = "inet"
	TypeAscii     = "ascii"
	TypeVector    = "vector"
	TypeSet       = "set"
	TypeList      = "list"
	TypeMap       = "map"
	TypeUDT       = "userDefined"
	TypeDuration  = "duration"
)

// Text is a column of UTF-8 text.
func Text() Column { return Column{Type: TypeText} }

// Ascii is a column of 7-bit text.
func Ascii() Column { return Column{Type: TypeAscii} }

// Int is a column of 32-bit integers.
func Int() Column { return Column{Type: TypeInt} }

// BigInt is a column of 64-bit integers.
func BigInt() Column { return Column{Type: TypeBigInt} }

// SmallInt is a column of 16-bit integers.
func SmallInt() Column { return Column{Type: TypeSmallInt} }

// TinyInt is a column of 8-bit integers.
func TinyInt() Column { return Column{Type: TypeTinyInt} }

// Varint is a column of integers of any size.
func Varint() Column { return Column{Type: TypeVarint} }

// Decimal is a column of decimal numbers of any precision.
func Decimal() Column { return Column{Type: TypeDecimal} }

// Float is a column of 32-bit floating point numbers.
func Float() Column { return Column{Type: TypeFloat} }

// Double is a column of 64-bit floating point numbers.
func Double() Column { return Column{Type: TypeDouble} }

// Boolean is a column of true and false.
func Boolean() Column { return Column{Type: TypeBoolean} }

// UUID is a column of UUIDs of any version.
func UUID() Column { return Column{Type: TypeUUID} }

// TimeUUID is a column of UUIDs of version 1; createTable refuses it.
func TimeUUID() Column { return Column{Type: TypeTimeUUID} }

// Timestamp is a column of instants in milliseconds.
func Timestamp() Column { return Column{Type: TypeTimestamp} }

// Date is a column of days.
func Date() Column { return Column{Type: TypeDate} }

// Time is a column of times of day in nanoseconds.
func Time() Column { return Column{Type: TypeTime} }

// Duration is a column of months, days and nanoseconds.
func Duration() Column { return Column{Type: TypeDuration} }

// Inet is a column of IP addresses.
func Inet() Column { return Column{Type: TypeInet} }

// Blob is a column of bytes.
func Blob() Column { return Column{Type: TypeBlob} }

// Set is a column of distinct values.
func Set(value Column) Column { return Column{Type: TypeSet, ValueType: &value} }

// List is a column of values.
func List(value Column) Column { return Column{Type: TypeList, ValueType: &value} }

// Map is a column of keys with values; keyType is a type such as [TypeText].
func Map(keyType string, value Column) Column {
	return Column{Type: TypeMap, KeyType: &keyType, ValueType: &value}
}

// UDT is a column of a user-defined type.
func UDT(name string) Column { return Column{Type: TypeUDT, UDTName: &name} }

// Vector is a column of vectors of d float32 numbers.
func Vector(d int) Column { return Column{Type: TypeVector, Dimension: &d} }

// VectorWithService is a column of vectors that the server embeds texts into.
// With dimension 0 the model's own is used.
func VectorWithService(d int, service *VectorService) Column {
	c := Column{Type: TypeVector, Service: service}
	if d > 0 {
		c.Dimension = &d
	}
	return c
}
