// Package ddl compares the tables a program wants with those a keyspace has,
// and says what has to be added, or why that cannot be. It works on the JSON
// of the Data API, as text, because the order of clustering columns has a
// meaning. What talks to a database may not enter.
package ddl

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Kinds of an index.
const (
	Regular = "regular"
	Vector  = "vector"
)

// Table is a table as wanted, or as it is.
type Table struct {
	Name    string
	Columns map[string]Type
	// Services are those that embed texts, of the vector columns that have one.
	Services map[string]json.RawMessage
	Key      PrimaryKey
	Indexes  []Index
	// Definition is the JSON it was parsed from.
	Definition json.RawMessage
}

// Index is an index as wanted, or as it is.
type Index struct {
	Name string
	// Kind is Regular or Vector; an existing one may have others.
	Kind string
	// Definition is the JSON of its createIndex definition.
	Definition json.RawMessage
}

// Parse reads a createTable definition, in its short or long forms.
func Parse(name, definition string) (Table, error) {
	var d struct {
		Columns    map[string]json.RawMessage `json:"columns"`
		PrimaryKey json.RawMessage            `json:"primaryKey"`
	}
	if err := json.Unmarshal([]byte(definition), &d); err != nil {
		return Table{}, fmt.Errorf("table %s: its definition is not a JSON object of columns and primaryKey: %w", name, err)
	}
	table := Table{Name: name, Columns: map[string]Type{}, Services: map[string]json.RawMessage{}, Definition: json.RawMessage(definition)}
	for column, text := range d.Columns {
		typ, err := parseType(text)
		if err != nil {
			return Table{}, fmt.Errorf("table %s, column %s: %w", name, column, err)
		}
		table.Columns[column] = typ
		if service := serviceOf(text); service != nil {
			table.Services[column] = service
		}
	}
	var err error
	if table.Key, err = parseKey(d.PrimaryKey); err != nil {
		return Table{}, fmt.Errorf("table %s: %w", name, err)
	}
	for _, column := range table.Key.Columns() {
		if _, ok := table.Columns[column]; !ok {
			return Table{}, fmt.Errorf("table %s: its primary key names %s, which is not a column", name, column)
		}
	}
	return table, nil
}

// ParseIndex reads an index: a definition, or the column alone.
func ParseIndex(name, kind, column, definition string) (Index, error) {
	kind = cmp.Or(kind, Regular)
	if kind != Regular && kind != Vector {
		return Index{}, fmt.Errorf("index %s: its kind must be %q or %q, got %q", name, Regular, Vector, kind)
	}
	index := Index{Name: name, Kind: kind, Definition: json.RawMessage(definition)}
	if definition == "" {
		text, err := json.Marshal(map[string]string{"column": column})
		if err != nil {
			return Index{}, fmt.Errorf("index %s: %w", name, err)
		}
		index.Definition = text
	}
	if indexed, err := index.target(); err != nil || indexed == "" || indexed == `""` {
		return Index{}, fmt.Errorf("index %s: it needs a column, or a definition that names one", name)
	}
	return index, nil
}

// target is the canonical JSON of what the index is on.
func (i Index) target() (string, error) {
	var d struct {
		Column any `json:"column"`
	}
	if err := json.Unmarshal(i.Definition, &d); err != nil {
		return "", fmt.Errorf("index %s: its definition is not a JSON object: %w", i.Name, err)
	}
	if d.Column == nil {
		return "", nil
	}
	text, err := json.Marshal(d.Column)
	return string(text), err
}

// defaults are the options of an index that names none, by kind. Those of text
// analysis say the same on other columns, where they do nothing.
func defaults(kind string) map[string]any {
	if kind == Vector {
		return map[string]any{"metric": "cosine", "sourceModel": "other"}
	}
	return map[string]any{"ascii": false, "caseSensitive": true, "normalize": false}
}

// options are those of the index, with the defaults of its kind. A source model
// other than the default chooses a metric of its own, which is then unknown.
func (i Index) options() map[string]string {
	var d struct {
		Options map[string]any `json:"options"`
	}
	_ = json.Unmarshal(i.Definition, &d) // what is no object was refused by target
	all := map[string]string{}
	for name, value := range defaults(i.Kind) {
		all[name] = fmt.Sprint(value)
	}
	for name, value := range d.Options {
		if value != nil {
			all[name] = strings.ToLower(fmt.Sprint(value))
		}
	}
	if _, given := d.Options["metric"]; !given && all["sourceModel"] != "" && all["sourceModel"] != "other" {
		delete(all, "metric")
	}
	return all
}

// sameOptions says whether two indexes of one kind have the same options, as
// far as both are known.
func (i Index) sameOptions(other Index) bool {
	have, want := i.options(), other.options()
	for name, value := range want {
		if is, known := have[name]; known && is != value {
			return false
		}
	}
	return true
}

// String shows what an index is.
func (i Index) String() string {
	target, _ := i.target()
	options := i.options()
	var list []string
	for _, name := range slices.Sorted(maps.Keys(options)) {
		list = append(list, name+" "+options[name])
	}
	return fmt.Sprintf("%s index on %s with %s", i.Kind, target, strings.Join(list, ", "))
}

// same says whether two indexes are the same but for their names.
func (i Index) same(other Index) bool {
	is, _ := i.target()
	wanted, _ := other.target()
	return i.Kind == other.Kind && is == wanted && i.sameOptions(other)
}

// PrimaryKey is the partition key and the clustering columns in their order.
type PrimaryKey struct {
	PartitionBy []string
	Sort        []string // "name 1" or "name -1"
}

// Columns are all columns of the key, in order.
func (k PrimaryKey) Columns() []string {
	columns := slices.Clone(k.PartitionBy)
	for _, sort := range k.Sort {
		name, _, _ := strings.Cut(sort, " ")
		columns = append(columns, name)
	}
	return columns
}

func (k PrimaryKey) equal(other PrimaryKey) bool {
	return slices.Equal(k.PartitionBy, other.PartitionBy) && slices.Equal(k.Sort, other.Sort)
}

// String shows the key in words.
func (k PrimaryKey) String() string {
	text := "partition by " + strings.Join(k.PartitionBy, ", ")
	if len(k.Sort) > 0 {
		text += "; sort by " + strings.Join(k.Sort, ", ")
	}
	return text
}

func parseKey(text json.RawMessage) (PrimaryKey, error) {
	var single string
	if json.Unmarshal(text, &single) == nil && single != "" {
		return PrimaryKey{PartitionBy: []string{single}}, nil
	}
	var long struct {
		PartitionBy   []string `json:"partitionBy"`
		PartitionSort pairs    `json:"partitionSort"`
	}
	if err := json.Unmarshal(text, &long); err != nil || len(long.PartitionBy) == 0 {
		return PrimaryKey{}, fmt.Errorf("its primaryKey must be a column's name, or an object with partitionBy and partitionSort")
	}
	return PrimaryKey{PartitionBy: long.PartitionBy, Sort: long.PartitionSort}, nil
}

// Type is a column's type in a canonical form that can be compared.
type Type string

// described are the members of a type that make it what it is; others, such as
// apiSupport, describe the server.
var described = [...]string{"type", "keyType", "valueType", "dimension", "udtName"}

func parseType(text json.RawMessage) (Type, error) {
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return "", err
	}
	canonical, err := canonicalType(v)
	return Type(canonical), err
}

// serviceOf is who embeds texts for a column; nil for the short form of a type
// and for a column without.
func serviceOf(text json.RawMessage) json.RawMessage {
	var long struct {
		Service json.RawMessage `json:"service"`
	}
	if json.Unmarshal(text, &long) != nil || string(long.Service) == "null" {
		return nil
	}
	return long.Service
}

// canonicalType writes a type as "name" or "name(member=...)", the same for its
// short and its long form.
func canonicalType(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case map[string]any:
		name, ok := v["type"].(string)
		if !ok {
			return "", fmt.Errorf("its type must have a member `type`")
		}
		var members []string
		for _, member := range described[1:] {
			if inner, ok := v[member]; ok && inner != nil {
				text, err := canonicalMember(inner)
				if err != nil {
					return "", err
				}
				members = append(members, member+"="+text)
			}
		}
		if len(members) == 0 {
			return name, nil
		}
		return name + "(" + strings.Join(members, ",") + ")", nil
	default:
		return "", fmt.Errorf("its type must be a name or an object, got %v", v)
	}
}

func canonicalMember(v any) (string, error) {
	if n, ok := v.(float64); ok {
		return fmt.Sprint(n), nil
	}
	return canonicalType(v)
}
