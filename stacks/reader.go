package stacks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/policy"
	"github.com/killrvideo/killrvideo-go/service/config/table"
)

// Source is where settings come from: a *pulumi.Context, or a test.
type Source interface {
	GetConfig(key string) (string, bool)
	IsConfigSecret(key string) bool
	Stack() string
}

// reader reads the settings of a stack, checks each against its rule in the
// table and notes what is wrong.
type reader struct {
	source   Source
	problems *Problems
}

// text is the value of a setting; its default if it is not set or refused.
func (r *reader) text(key string) string {
	setting := find(key)
	value, _ := r.source.GetConfig(Namespace + ":" + key)
	if value == "" || !r.accepts(setting, value) {
		return setting.Default
	}
	return value
}

func (r *reader) integer(key string) int {
	n, _ := strconv.Atoi(r.text(key)) // checked by the rule
	return n
}

func (r *reader) boolean(key string) bool {
	is, _ := strconv.ParseBool(r.text(key)) // checked by the rule
	return is
}

// accepts tells whether a setting's rule accepts a value, and notes if not. The
// values of secrets never enter a message.
func (r *reader) accepts(setting Key, value string) bool {
	err := setting.Rule.Check(value)
	switch {
	case err == nil:
		return true
	case setting.Secret:
		r.problems.add(setting.Name, r.problems.setSecret(setting.Name), "%v", err)
	case setting.Rule.Private:
		r.problems.add(setting.Name, r.fix(setting), "%v", err)
	default:
		r.problems.add(setting.Name, r.fix(setting), "%v, not %q", err, value)
	}
	return false
}

// fix is the command that gives a setting an accepted value.
func (r *reader) fix(setting Key) string {
	value := setting.Example
	if value == "" {
		value = setting.Default
	}
	if strings.Contains(setting.Name, ".") {
		return r.problems.setMember(setting.Name, value)
	}
	return r.problems.set(setting.Name, value)
}

// secret tells whether a secret is set, and notes one that is stored in
// plaintext or refused by its rule.
func (r *reader) secret(key string) bool {
	full := Namespace + ":" + key
	value, _ := r.source.GetConfig(full)
	if value == "" {
		return false
	}
	if !r.source.IsConfigSecret(full) {
		r.problems.add(key, r.problems.setSecret(key), "is stored in plaintext in the stack's file; replace it and set it as a secret")
		return true
	}
	r.accepts(find(key), value)
	return true
}

// variables are those of the service that plain settings of a stack set. A member
// of the group service that is not set leaves the service's own default in force.
func (r *reader) variables() map[string]string {
	members := r.serviceGroup()
	variables := map[string]string{}
	for _, s := range table.Service() {
		switch {
		case s.StackKey == "" || s.Secret:
		case !strings.HasPrefix(s.StackKey, servicePrefix):
			variables[s.Name] = r.text(s.StackKey)
		case members[s.StackKey] != "":
			variables[s.Name] = members[s.StackKey]
		}
	}
	return variables
}

// serviceGroup reads the members of the group service by their full keys.
func (r *reader) serviceGroup() map[string]string {
	raw, err := members(r.source, "service")
	if err != nil {
		r.problems.List = append(r.problems.List, err.List...)
		return nil
	}
	known, values := ServiceMembers(), map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		key := servicePrefix + name
		i := slices.IndexFunc(known, func(k Key) bool { return k.Name == key })
		if i < 0 {
			r.problems.unknownMember("service", name, serviceMemberNames())
			continue
		}
		// A text keeps its quotes off, and a number is taken as it is written.
		text := string(raw[name])
		var quoted string
		if json.Unmarshal(raw[name], &quoted) == nil {
			text = quoted
		}
		if text != "" && r.accepts(known[i], text) {
			values[key] = text
		}
	}
	return values
}

// waivers are the members of policyWaivers, by the names of their rules.
func (r *reader) waivers() (all []policy.Waiver) {
	const group = "policyWaivers"
	raw, err := members(r.source, group)
	if err != nil {
		r.problems.List = append(r.problems.List, err.List...)
	}
	for _, rule := range slices.Sorted(maps.Keys(raw)) {
		waiver, path := policy.Waiver{}, fmt.Sprintf("%s[%q]", group, rule)
		decoder := json.NewDecoder(bytes.NewReader(raw[rule]))
		decoder.DisallowUnknownFields()
		err := decoder.Decode(&waiver)
		waiver.Rule = rule
		if err == nil {
			err = waiver.Validate()
		}
		if err != nil {
			r.problems.add(path, r.problems.setMember(path+".expires", "YYYY-MM-DD"), "%v", err)
			continue
		}
		all = append(all, waiver)
	}
	return all
}

// members are those of a group of settings, undecoded; none if it is not set.
func members(source Source, name string) (map[string]json.RawMessage, *Problems) {
	text, _ := source.GetConfig(Namespace + ":" + name)
	if text == "" {
		return nil, nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &members); err != nil {
		problems := &Problems{Stack: source.Stack()}
		problems.add(name, problems.remove(name)+" && "+problems.setMember(name+".NAME", "VALUE"),
			"is a group of settings, each set by its own name")
		return nil, problems
	}
	return members, nil
}

// Group decodes the settings group of a target into value, a pointer to a struct
// with JSON names. Unknown members and members of another type are all reported
// at once; the others are set all the same, so that their own problems can be
// reported with them.
func Group(source Source, name string, value any) error {
	raw, unreadable := members(source, name)
	if unreadable != nil {
		return unreadable
	}
	problems := &Problems{Stack: source.Stack()}
	fields := fieldsOf(value)
	for _, member := range slices.Sorted(maps.Keys(raw)) {
		key := name + "." + member
		field, known := fields[member]
		switch {
		case !known:
			problems.unknownMember(name, member, slices.Sorted(maps.Keys(fields)))
		case json.Unmarshal(raw[member], field.Addr().Interface()) != nil:
			kind := kindOf(field.Type())
			problems.add(key, problems.setMember(key, kind.example), "must be %s", kind.name)
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

// kind is a type of a group's member, in words and with an example.
type kind struct{ name, example string }

func kindOf(t reflect.Type) kind {
	switch t.Kind() {
	case reflect.Pointer:
		return kindOf(t.Elem())
	case reflect.Bool:
		return kind{"true or false", "false"}
	case reflect.Int:
		return kind{"a whole number", "NUMBER"}
	case reflect.Slice:
		return kind{"a list", `["FIRST","SECOND"]`}
	case reflect.Map:
		return kind{"an object of texts", `{"NAME":"VALUE"}`}
	default:
		return kind{"a text", "TEXT"}
	}
}

// listing is a source with the full keys of all its settings.
type listing struct {
	Source
	keys []string
}

// configured are the full keys of a stack's settings. The SDK offers no list of
// them: make knows it, and a program that the language host started finds it in
// its environment. Elsewhere it is unknown and empty.
func configured(source Source) []string {
	if list, is := source.(listing); is && len(list.keys) > 0 {
		return list.keys
	}
	var all map[string]string
	if json.Unmarshal([]byte(os.Getenv("PULUMI_CONFIG")), &all) != nil {
		return nil
	}
	return slices.Sorted(maps.Keys(all))
}

func itoa(n int) string { return strconv.Itoa(n) }
