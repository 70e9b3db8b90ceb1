// Package value holds the column types of Astra tables: how a value of each
// type enters as JSON, leaves as JSON, compares, and is laid out in bytes, both
// for rows and for keys whose byte order is the order of the values. It knows
// nothing of tables, commands or storage.
package value

// Kind names a data type as the Data API spells it.
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
)

// Type is a column's type; Key, Elem, Dimension and Service belong to
// collections and vectors only.
type Type struct {
	Kind      Kind
	Key       Kind
	Elem      Kind
	Dimension int
	// Service turns texts into the column's vectors; nil if nobody does.
	Service *Service `json:",omitempty"`
}

// Service names who turns texts into vectors, and by what model.
type Service struct {
	Provider  string `json:"provider"`
	ModelName string `json:"modelName"`
}

// Primitive tells whether the kind names a scalar type that createTable takes.
func (k Kind) Primitive() bool {
	switch k {
	case ASCII, BigInt, Blob, Boolean, Date, Decimal, Double, Duration, Float, Inet, Int,
		SmallInt, Text, Time, Timestamp, TinyInt, UUID, VarInt:
		return true
	}
	return false
}

// Collection tells whether the kind is a list, set or map.
func (k Kind) Collection() bool { return k == List || k == Set || k == Map }

// Keyable tells whether values of the kind may be part of a primary key.
func (k Kind) Keyable() bool {
	return k == TimeUUID || k.Primitive() && k != Duration
}

// Describe gives the type as listTables and projectionSchema print it.
func (t Type) Describe() map[string]any {
	d := map[string]any{"type": string(t.Kind)}
	switch t.Kind {
	case Map:
		d["keyType"], d["valueType"] = string(t.Key), string(t.Elem)
	case List, Set:
		d["valueType"] = string(t.Elem)
	case Vector:
		d["dimension"] = t.Dimension
		if t.Service != nil {
			d["service"] = t.Service
		}
		d["apiSupport"] = support(true, true, true, false, t)
	case TimeUUID:
		d["apiSupport"] = support(false, true, true, true, t)
	case Counter:
		d["apiSupport"] = support(false, false, true, true, t)
	}
	return d
}

func support(create, insert, read, filter bool, t Type) map[string]any {
	cql := string(t.Kind)
	if t.Kind == Vector {
		cql = "vector<float, " + itoa(t.Dimension) + ">"
	}
	return map[string]any{"createTable": create, "insert": insert, "read": read, "filter": filter, "cqlDefinition": cql}
}
