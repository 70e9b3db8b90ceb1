package schema

import (
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// Types finds the user-defined types of a keyspace by name.
type Types func(name string) (*value.User, bool)

// Parse reads the definition of a createTable command.
func Parse(keyspace, name string, def *jsonv.Object, types Types) (*Table, error) {
	t := &Table{Keyspace: keyspace, Name: name}
	if err := fault.OnlyFields("'definition'", Members(def), "columns", "primaryKey"); err != nil {
		return nil, err
	}
	cols, err := ParseColumns(def.Value("columns"))
	if err != nil {
		return nil, err
	}
	if err := t.parseKey(def); err != nil {
		return nil, err
	}
	if len(cols) == 0 {
		return nil, fault.New("COMMAND_FIELD_VALUE_INVALID",
			"Command field 'definition.columns' value %s not valid: must not be empty.\n\nResend the command with columns.",
			nullOr(def.Value("columns")))
	}
	if err := CheckName("table", name, MaxName); err != nil {
		return nil, err
	}
	for _, c := range cols {
		if err := t.Add(c, types); err != nil {
			return nil, err
		}
	}
	return t, t.checkKey()
}

func nullOr(in any) string {
	if in == nil {
		return "`null`"
	}
	return `"{}"`
}

// Description is a column or field as a command writes it.
type Description struct {
	Name string
	// Kind is "" for a type that is missing.
	Kind      value.Kind
	Key, Elem *Description
	UDT       string
	Dimension any
	Service   any
}

// ParseColumns reads a container of column types, in its order.
func ParseColumns(in any) ([]Description, error) {
	if in == nil {
		return nil, nil
	}
	o, ok := in.(*jsonv.Object)
	if !ok {
		return nil, fault.Mismatch("the columns must be a JSON object, not %s.", value.JSONKind(in))
	}
	var out []Description
	for _, name := range o.Keys {
		d, err := describe(name, o.Value(name))
		if err != nil {
			return nil, err
		}
		out = append(out, *d)
	}
	return out, nil
}

// describe reads a type in its short or long form; it checks the form only.
func describe(column string, in any) (*Description, error) {
	name, short := in.(string)
	o, isObject := in.(*jsonv.Object)
	switch {
	case !short && !isObject:
		return nil, fault.Mismatch("the long form of a type must be a JSON object with a text field `type`; that of column '%s' is %s.",
			column, value.JSONKind(in))
	case isObject:
		in, given := o.Get("type")
		text, ok := in.(string)
		if !given || !ok {
			return nil, fault.Mismatch("the long form of a type must have a text field `type`; that of column '%s' lacks it.", column)
		}
		name = text
	}
	kind := value.Kind(name)
	if !kind.Known() && short {
		return nil, fault.New("UNKNOWN_PRIMITIVE_DATA_TYPE", "The short form of a column's type knows primitive types only.\n\n"+
			"The supported primitive types are: %s.\nColumn '%s' has the unsupported type: %s.\n\nResend the command with a known primitive type.",
			joined(primitives()), column, name)
	}
	if !kind.Known() {
		return nil, fault.New("UNKNOWN_DATA_TYPE", "Column '%s' has a data type that is not known.\n\nThe supported types are: %s.\n"+
			"The unsupported type is: %s.\n\nResend the command with known types.", column, joined(allKinds()), name)
	}
	d := &Description{Name: column, Kind: kind}
	if isObject {
		err := fault.OnlyFields("column '"+column+"'", o.Keys, "type", "keyType", "valueType", "dimension", "service", "udtName",
			"apiSupport", "definition")
		if err != nil {
			return nil, err
		}
	}
	return d, d.details(column, o)
}

// details reads the members that the kind needs.
func (d *Description) details(column string, o *jsonv.Object) (err error) {
	switch d.Kind {
	case value.List, value.Set, value.Map:
		if in, given := o.Get("valueType"); given {
			if d.Elem, err = describe(column, in); err != nil {
				return err
			}
		}
		if in, given := o.Get("keyType"); given && d.Kind == value.Map {
			d.Key, err = describe(column, in)
		}
	case value.Vector:
		d.Dimension = o.Value("dimension")
		d.Service = o.Value("service")
	case value.UserDefined:
		d.UDT, _ = o.Value("udtName").(string)
		if strings.TrimSpace(d.UDT) == "" {
			return fault.New("INVALID_USER_DEFINED_TYPE_NAME", "Column '%s': the name of a user-defined type, 'udtName', must not be empty: %q.\n\n"+
				"Resend the command with the name of a type.", column, d.UDT)
		}
	}
	return err
}
