// Package value holds the column types of Astra tables: how a value of each
// type enters as JSON, leaves as JSON, compares, and is laid out in bytes, both
// for rows and for keys whose byte order is the order of the values. It knows
// nothing of tables, commands or storage.
package value

import (
	"slices"
	"strconv"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
)

// Kind names a data type as the Data API writes it.
type Kind string

// The data types of table columns.
const (
	ASCII     Kind = "ascii"
	BigInt    Kind = "bigint"
	Blob      Kind = "blob"
	Boolean   Kind = "boolean"
	Counter   Kind = "counter"
	Date      Kind = "date"
	Decimal   Kind = "decimal"
	Double    Kind = "double"
	Duration  Kind = "duration"
	Float     Kind = "float"
	Inet      Kind = "inet"
	Int       Kind = "int"
	SmallInt  Kind = "smallint"
	Text      Kind = "text"
	Time      Kind = "time"
	Timestamp Kind = "timestamp"
	TimeUUID  Kind = "timeuuid"
	TinyInt   Kind = "tinyint"
	UUID      Kind = "uuid"
	VarInt    Kind = "varint"
	List      Kind = "list"
	Set       Kind = "set"
	Map       Kind = "map"
	Vector    Kind = "vector"
	// UserDefined is the kind of a value with the fields of a [User] type.
	UserDefined Kind = "userDefined"
)

// Type is a column's type; Key, Elem, Dimension and Service belong to
// collections and vectors only.
type Type struct {
	Kind      Kind
	Key       Kind
	Elem      Kind
	Dimension int
	// User is the user-defined type of the column, or of a collection's values.
	User *User `json:",omitempty"`
	// Service turns texts into the column's vectors; nil without vectorize.
	Service *Service `json:",omitempty"`
}

// ElemType is the type of a collection's values.
func (t Type) ElemType() Type { return Type{Kind: t.Elem, User: t.User} }

// User is a user-defined type. A table's definition stores the name only; the
// fields are those that the keyspace's type has now.
type User struct {
	Name   string
	Fields []Field `json:"-"`
}

// Field is a field of a user-defined type.
type Field struct {
	Name string
	Kind Kind
}

// At is the place of a field; -1 for an unknown one.
func (u *User) At(name string) int {
	return slices.IndexFunc(u.Fields, func(f Field) bool { return f.Name == name })
}

// Record is a value of a user-defined type: a value for each field, in the
// type's order; nil for those that are not set.
type Record []any

// Service names the provider and the model that turn texts into vectors.
type Service struct {
	Provider       string         `json:"provider"`
	ModelName      string         `json:"modelName"`
	Authentication map[string]any `json:"authentication,omitzero"`
	Parameters     map[string]any `json:"parameters,omitzero"`
}

// Kinds lists all kinds.
func Kinds() []Kind {
	return []Kind{ASCII, BigInt, Blob, Boolean, Counter, Date, Decimal, Double, Duration, Float, Inet, Int, SmallInt, Text, Time,
		Timestamp, TimeUUID, TinyInt, UUID, VarInt, List, Set, Map, Vector, UserDefined}
}

// Known reports whether the kind is one of [Kinds].
func (k Kind) Known() bool { return slices.Contains(Kinds(), k) }

// Primitive reports whether the kind names a scalar type that createTable takes.
func (k Kind) Primitive() bool {
	switch k {
	case ASCII, BigInt, Blob, Boolean, Date, Decimal, Double, Duration, Float, Inet, Int,
		SmallInt, Text, Time, Timestamp, TinyInt, UUID, VarInt:
		return true
	}
	return false
}

// Collection reports whether the kind is a list, set or map.
func (k Kind) Collection() bool { return k == List || k == Set || k == Map }

// Keyable reports whether values of the kind may be part of a primary key.
func (k Kind) Keyable() bool {
	return k == Vector || k.Primitive() && k != Duration
}

// Describe returns the type as listTables prints it: a user-defined type by name.
func (t Type) Describe() map[string]any { return t.describe(false) }

// DescribeFields is Describe for the schemas that come with data: it has the
// fields of user-defined types.
func (t Type) DescribeFields() map[string]any { return t.describe(true) }

func (t Type) describe(fields bool) map[string]any {
	d := map[string]any{"type": string(t.Kind)}
	switch t.Kind {
	case Map:
		d["keyType"], d["valueType"] = string(t.Key), t.describeElem(fields)
	case List, Set:
		d["valueType"] = t.describeElem(fields)
	case Vector:
		d["dimension"] = t.Dimension
		if t.Service != nil {
			d["service"] = t.Service
		}
		d["apiSupport"] = Support(t.CQL())
	case UserDefined:
		d["udtName"] = t.User.Name
		d["apiSupport"] = Support(t.CQL())
		if fields {
			d["definition"] = map[string]any{"fields": t.User.DescribeFields()}
		}
	}
	return d
}

// describeElem is a primitive's name, or the description of a user-defined type
// that is frozen, and thus supported in whole.
func (t Type) describeElem(fields bool) any {
	if t.Elem != UserDefined {
		return string(t.Elem)
	}
	d := t.ElemType().describe(fields)
	delete(d, "apiSupport")
	return d
}

// DescribeFields returns the fields in their order.
func (u *User) DescribeFields() *jsonv.Object {
	out := jsonv.NewObject()
	for _, f := range u.Fields {
		out.Set(f.Name, Type{Kind: f.Kind}.Describe())
	}
	return out
}

// CQL spells the type as the database does.
func (t Type) CQL() string {
	switch t.Kind {
	case Vector:
		return "vector<float, " + strconv.Itoa(t.Dimension) + ">"
	case UserDefined:
		return t.User.Name
	case List, Set:
		return string(t.Kind) + "<" + t.elemCQL() + ">"
	case Map:
		return "map<" + string(t.Key) + ", " + t.elemCQL() + ">"
	}
	return string(t.Kind)
}

// Expanded is the type with a user-defined type as the tuple of its fields, as
// the database keeps the type of a dropped column.
func (t Type) Expanded() Type {
	if t.User != nil {
		fields := make([]string, len(t.User.Fields))
		for i, f := range t.User.Fields {
			fields[i] = string(f.Kind)
		}
		t.User = &User{Name: "tuple<" + strings.Join(fields, ", ") + ">"}
	}
	return t
}

func (t Type) elemCQL() string {
	if t.Elem == UserDefined {
		return "frozen<" + t.User.Name + ">"
	}
	return string(t.Elem)
}

// Support says what the API can do with a type that is not a primitive one.
func Support(cql string) map[string]any {
	return map[string]any{"createTable": true, "insert": true, "read": true, "filter": false, "cqlDefinition": cql}
}
