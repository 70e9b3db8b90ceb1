package schema

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
	"github.com/killrvideo/killrvideo-go/astra/local/vectorize"
)

func primitives() []string { return names(value.Kind.Primitive) }

func allKinds() []string { return names(func(value.Kind) bool { return true }) }

func names(of func(value.Kind) bool) (out []string) {
	for _, k := range value.Kinds() {
		if of(k) {
			out = append(out, string(k))
		}
	}
	slices.Sort(out)
	return out
}

func joined(list []string) string { return strings.Join(list, ", ") }

// Add adds a column that a command describes to the table.
func (t *Table) Add(d Description, types Types) error {
	if d.Name == "" {
		return fault.New("COMMAND_FIELD_VALUE_INVALID", "A column's name must not be empty.\n\nResend the command with a name for each column.")
	}
	typ, err := d.Type(types)
	if err != nil {
		return err
	}
	t.Columns = append(t.Columns, Column{ID: t.NextColumn, Name: d.Name, Type: typ})
	t.NextColumn++
	return nil
}

// Unsupported lists the types that a column of a table cannot have.
func (d Description) Unsupported() bool { return d.Kind == value.TimeUUID || d.Kind == value.Counter }

// Type checks the description and gives the column's type.
func (d Description) Type(types Types) (value.Type, error) {
	switch d.Kind {
	case value.Map:
		return d.mapType(types)
	case value.List, value.Set:
		t := value.Type{Kind: d.Kind}
		if d.Elem == nil || !d.Elem.elementary(true) {
			code := map[value.Kind]string{value.List: "UNSUPPORTED_LIST_DEFINITION", value.Set: "UNSUPPORTED_SET_DEFINITION"}[d.Kind]
			return t, fault.New(code, "Column '%s' of type %s has an unsupported type for its values.\n\nThe supported types are: %s.\n"+
				"The command used: %s.\n\nResend the command with a supported type of values.", d.Name, d.Kind, elements(true), d.Elem.text())
		}
		return t, d.Elem.into(&t, types)
	case value.Vector:
		return d.vectorType()
	case value.UserDefined:
		t := value.Type{Kind: d.Kind}
		user, err := findType(d.UDT, types)
		t.User = user
		return t, err
	case value.TimeUUID, value.Counter:
		return value.Type{}, fault.New("UNSUPPORTED_DATA_TYPE_TABLE_CREATION", "The columns have types that a table cannot be created with.\n\n"+
			"The supported types are: %s.\nThe unsupported types are: %s.\n\nResend the command with supported types.", joined(primitives()), d.Kind)
	}
	return value.Type{Kind: d.Kind}, nil
}

// elementary reports whether a collection can hold the type, as a value or a key.
func (d *Description) elementary(asValue bool) bool {
	if !asValue {
		return d.Kind.Primitive() && d.Kind != value.Duration
	}
	return d.Kind.Primitive() || d.Kind == value.UserDefined
}

func elements(asValue bool) string {
	return joined(names(func(k value.Kind) bool { return (&Description{Kind: k}).elementary(asValue) }))
}

func (d *Description) text() string {
	if d == nil {
		return "[missing]"
	}
	return string(d.Kind)
}

// into makes the description the type of a collection's values.
func (d *Description) into(t *value.Type, types Types) (err error) {
	t.Elem = d.Kind
	if d.Kind == value.UserDefined {
		t.User, err = findType(d.UDT, types)
	}
	return err
}

func findType(name string, types Types) (*value.User, error) {
	if types != nil {
		if u, ok := types(name); ok {
			return u, nil
		}
	}
	return nil, fault.New("UNKNOWN_USER_DEFINED_TYPE", "A column uses the user-defined type '%s', which does not exist in the keyspace.\n\n"+
		"Resend the command with a type that exists.", name)
}

func (d Description) mapType(types Types) (value.Type, error) {
	t := value.Type{Kind: value.Map}
	if d.Elem == nil || !d.Elem.elementary(true) || d.Key == nil || !d.Key.elementary(false) {
		return t, fault.New("UNSUPPORTED_MAP_DEFINITION", "Column '%s' of type map has an unsupported type for its keys or values.\n\n"+
			"The supported key types are: %s.\nThe supported value types are: %s.\n\nThe command used the key type: %s.\n"+
			"The command used the value type: %s.\n\nResend the command with supported types.", d.Name, elements(false), elements(true),
			d.Key.text(), d.Elem.text())
	}
	t.Key = d.Key.Kind
	return t, d.Elem.into(&t, types)
}

// vectorType reads the dimension; without one the model of the service has it.
func (d Description) vectorType() (value.Type, error) {
	t := value.Type{Kind: value.Vector}
	text := dimensionText(d.Dimension)
	given := text != ""
	if given {
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return t, d.badDimension(text)
		}
		t.Dimension = int(n)
	}
	if d.Service != nil {
		if given && t.Dimension <= 0 {
			return t, d.badDimension(text)
		}
		var err error
		if t.Service, t.Dimension, err = vectorize.Parse(d.Name, d.Service, t.Dimension); err != nil {
			return t, err
		}
	}
	if d.Service == nil && !given {
		return t, fault.New("MISSING_DIMENSION_IN_VECTOR_COLUMN", "Column '%s': a vector needs a dimension where no "+
			"embedding service is given.\n\n"+
			"Resend the command with a dimension for the vector column.", d.Name)
	}
	if t.Dimension <= 0 || t.Dimension > MaxDimension {
		return t, d.badDimension(text)
	}
	return t, nil
}

// dimensionText is the dimension as text; missing, null and blank are "".
func dimensionText(in any) string {
	switch v := in.(type) {
	case json.Number:
		return string(v)
	case string:
		return strings.TrimSpace(v)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

func (d Description) badDimension(text string) error {
	return fault.New("UNSUPPORTED_VECTOR_DIMENSION", "Column '%s': the dimension of a vector must be a positive whole "+
		"number, of at most %d.\n\n"+
		"The command used: %s.\n\nResend the command with a supported dimension.", d.Name, MaxDimension, text)
}

// MaxDimension is the longest vector that the database stores.
const MaxDimension = 4096

// ParseFields reads the fields of a user-defined type.
func ParseFields(in any) ([]value.Field, error) {
	list, err := ParseColumns(in)
	if err != nil {
		return nil, err
	}
	var bad []string
	var out []value.Field
	for _, d := range list {
		if !d.Kind.Primitive() {
			bad = append(bad, string(d.Kind))
		}
		out = append(out, value.Field{Name: d.Name, Kind: d.Kind})
	}
	if len(bad) > 0 {
		return nil, fault.New("UNSUPPORTED_TYPE_FIELDS", "The fields of a user-defined type must be of primitive types.\n\n"+
			"The supported types are: %s.\nThe unsupported types are: %s.\n\nResend the command with supported types only.",
			joined(primitives()), joined(bad))
	}
	return out, nil
}

// DescribeType returns a user-defined type as listTypes explains it.
func DescribeType(keyspace string, u *value.User) map[string]any {
	return map[string]any{
		"type": string(value.UserDefined), "udtName": u.Name, "definition": map[string]any{"fields": u.DescribeFields()},
		"apiSupport": value.Support(quoteCQL(keyspace) + "." + quoteCQL(u.Name)),
	}
}

// quoteCQL quotes a name where CQL needs it.
func quoteCQL(name string) string {
	plain := strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == "" && name != "" && name[0] >= 'a' && name[0] <= 'z'
	if plain {
		return name
	}
	return `"` + name + `"`
}

// Members lists the member names of an object.
func Members(o *jsonv.Object) []string {
	if o == nil {
		return nil
	}
	return o.Keys
}
