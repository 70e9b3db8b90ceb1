package stacks

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Group decodes a settings object, such as that of a target, into value, a pointer to a
// struct with JSON names. Members that it does not know and members of another
// type are all reported at once; the others are set all the same, so that
// their own problems can be reported with them.
func Group(source Source, name string, value any) error {
	text, ok := source.GetConfig(Namespace + ":" + name)
	if !ok || text == "" {
		return nil
	}
	problems := &Problems{Stack: source.Stack()}
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &members); err != nil {
		problems.add(name, problems.remove(name)+" && "+problems.path(name+".NAME", "VALUE"), "is a group of settings, each set by its own name")
		return problems.orNil()
	}
	fields := fieldsOf(value)
	for _, member := range slices.Sorted(maps.Keys(members)) {
		key := name + "." + member
		field, known := fields[member]
		switch {
		case !known:
			problems.add(key, problems.removePath(key), "is no setting of the group %s; did you mean %s?", name, nearest(member, slices.Sorted(maps.Keys(fields))))
		case json.Unmarshal(members[member], field.Addr().Interface()) != nil:
			problems.add(key, problems.path(key, exampleOf(field.Type())), "is not %s", kindOf(field.Type()))
		}
	}
	return problems.orNil()
}

// fieldsOf are the fields of a struct by their JSON names.
func fieldsOf(value any) map[string]reflect.Value {
	object := reflect.ValueOf(value).Elem()
	fields := map[string]reflect.Value{}
	for i := range object.NumField() {
		if name := object.Type().Field(i).Tag.Get("json"); name != "" && name != "-" {
			fields[strings.Split(name, ",")[0]] = object.Field(i)
		}
	}
	return fields
}

func kindOf(t reflect.Type) string {
	if t == reflect.TypeFor[json.Number]() {
		return "a number"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return kindOf(t.Elem())
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number"
	case reflect.Slice:
		return "a list"
	case reflect.Map:
		return "an object of texts"
	default:
		return "a text"
	}
}

func exampleOf(t reflect.Type) string {
	return map[string]string{
		"true or false": "false", "a whole number": "NUMBER", "a number": "NUMBER", "a list": `["FIRST","SECOND"]`, "an object of texts": `{"NAME":"VALUE"}`, "a text": "TEXT",
	}[kindOf(t)]
}
