package schema

import (
	"encoding/json"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
	"github.com/killrvideo/killrvideo-go/astra/local/vectorize"
)

// MaxDimension is the longest vector that a column may hold.
const MaxDimension = 4096

// Parse reads the definition of a createTable command.
func Parse(keyspace, name string, def *jsonv.Object) (*Table, error) {
	if err := CheckName("table", name, MaxName); err != nil {
		return nil, err
	}
	t := &Table{Keyspace: keyspace, Name: name}
	cols, _ := def.Get("columns")
	o, ok := cols.(*jsonv.Object)
	if !ok {
		return nil, fault.New("COMMAND_FIELD_VALUE_INVALID", "The field 'definition.columns' must be an object of columns.")
	}
	if err := t.addColumns(o); err != nil {
		return nil, err
	}
	pk, _ := def.Get("primaryKey")
	if err := t.parseKey(pk); err != nil {
		return nil, err
	}
	return t, t.checkKey()
}

func (t *Table) addColumns(o *jsonv.Object) error {
	for _, name := range o.Keys {
		if err := CheckName("column", name, MaxName); err != nil {
			return err
		}
		typ, err := ParseType(name, o.Value(name))
		if err != nil {
			return err
		}
		t.Columns = append(t.Columns, Column{ID: t.NextColumn, Name: name, Type: typ})
		t.NextColumn++
	}
	return nil
}

// ParseType reads a column's type in its short or long form.
func ParseType(column string, in any) (value.Type, error) {
	switch v := in.(type) {
	case string:
		return primitive(column, v)
	case *jsonv.Object:
		return longType(column, v)
	}
	return value.Type{}, fault.New("COLUMN_TYPE_INCORRECT", "The type of column %q must be a string or an object with 'type'.", column)
}

func primitive(column, name string) (value.Type, error) {
	k := value.Kind(strings.ToLower(name))
	switch {
	case k.Primitive():
		return value.Type{Kind: k}, nil
	case k == value.TimeUUID || k == value.Counter:
		return value.Type{}, fault.New("UNSUPPORTED_DATA_TYPE_TABLE_CREATION",
			"Column %q has type %s, which cannot be used to create a column.", column, k)
	case k.Collection() || k == value.Vector || k == "userdefined":
		return value.Type{}, fault.New("COLUMN_TYPE_INCORRECT", "Column %q: type %s needs its long form, an object.", column, k)
	}
	return value.Type{}, fault.New("UNKNOWN_PRIMITIVE_DATA_TYPE", "Column %q has the unknown type %q.", column, name)
}

func longType(column string, o *jsonv.Object) (value.Type, error) {
	in, _ := o.Get("type")
	name, ok := in.(string)
	if !ok {
		return value.Type{}, fault.New("COLUMN_TYPE_INCORRECT", "Column %q needs a 'type' that is a string.", column)
	}
	switch k := value.Kind(strings.ToLower(name)); k {
	case value.Map:
		return mapType(column, o)
	case value.List, value.Set:
		elem, err := element(column, o, "valueType", "UNSUPPORTED_"+strings.ToUpper(string(k))+"_DEFINITION")
		return value.Type{Kind: k, Elem: elem}, err
	case value.Vector:
		return vectorType(column, o)
	case value.TimeUUID, value.Counter:
		return primitive(column, name)
	case "userdefined":
		return value.Type{}, fault.New("UNSUPPORTED_DATA_TYPE_TABLE_CREATION",
			"Column %q: user defined types are not part of this embedded server.", column)
	default:
		if k.Primitive() {
			return value.Type{Kind: k}, nil
		}
	}
	return value.Type{}, fault.New("UNKNOWN_DATA_TYPE", "Column %q has the unknown type %q.", column, name)
}

func mapType(column string, o *jsonv.Object) (value.Type, error) {
	key, err := element(column, o, "keyType", "UNSUPPORTED_MAP_DEFINITION")
	if err != nil {
		return value.Type{}, err
	}
	elem, err := element(column, o, "valueType", "UNSUPPORTED_MAP_DEFINITION")
	return value.Type{Kind: value.Map, Key: key, Elem: elem}, err
}

func element(column string, o *jsonv.Object, field, code string) (value.Kind, error) {
	in, _ := o.Get(field)
	if long, ok := in.(*jsonv.Object); ok {
		in, _ = long.Get("type")
	}
	name, _ := in.(string)
	k := value.Kind(strings.ToLower(name))
	if !k.Primitive() || field == "keyType" && k == value.Duration {
		return "", fault.New(code, "Column %q: '%s' must be a primitive type, not %q.", column, field, name)
	}
	return k, nil
}

// vectorType reads the dimension, which a service may leave to its model.
func vectorType(column string, o *jsonv.Object) (value.Type, error) {
	service, _ := o.Get("service")
	in, _ := o.Get("dimension")
	if in == nil && service == nil {
		return value.Type{}, fault.New("MISSING_DIMENSION_IN_VECTOR_COLUMN", "Column %q of type vector needs a 'dimension'.", column)
	}
	t := value.Type{Kind: value.Vector}
	if in != nil {
		n, _ := in.(json.Number)
		d, err := n.Int64()
		if err != nil || d < 1 || d > MaxDimension {
			return t, fault.New("UNSUPPORTED_VECTOR_DIMENSION", "Column %q: the dimension must be a whole number from 1 to %d.", column, MaxDimension)
		}
		t.Dimension = int(d)
	}
	if service == nil {
		return t, nil
	}
	var err error
	t.Service, t.Dimension, err = vectorize.Parse(column, service, t.Dimension)
	return t, err
}
