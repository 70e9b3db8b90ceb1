// Package schema holds table definitions: columns, primary keys and indexes,
// their form in commands, and what the Data API refuses in them. It stores nothing
// and reads no rows.
package schema

import (
	"maps"
	"regexp"
	"slices"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// Column is one column; its id is never used again for another column of the
// table, so stored rows cannot be misread after a drop and an add.
type Column struct {
	ID   int
	Name string
	Type value.Type
}

// Order is one clustering column with its direction.
type Order struct {
	Name       string
	Descending bool
}

// Index kinds as listIndexes names them.
const (
	Regular = "regular"
	Vector  = "vector"
	Text    = "text"
)

// The part of a collection column that an index covers; of lists and sets always
// the values.
const (
	Keys    = "$keys"
	Values  = "$values"
	Entries = "$entries"
)

// Index is a secondary index; Function is empty for scalars.
type Index struct {
	ID       int
	Name     string
	Column   string
	Function string
	Kind     string
	Options  map[string]any
}

// Metric is how a vector index compares.
func (i Index) Metric() string {
	metric, _ := i.Options["metric"].(string)
	return metric
}

// Table is one table's definition. Treat it as immutable: changes make a copy.
type Table struct {
	ID          int
	Keyspace    string
	Name        string
	Columns     []Column
	PartitionBy []string
	Sort        []Order
	Indexes     []Index
	NextColumn  int
	// Dropped holds the types of dropped columns in CQL. The database keeps them,
	// so that a column of the same name cannot read old values as something else.
	Dropped map[string]string `json:",omitempty"`
	// Collection is set for a collection of documents; nil for a table.
	Collection *Collection `json:",omitempty"`
}

// Column finds a column by its exact name.
func (t *Table) Column(name string) (Column, bool) {
	for _, c := range t.Columns {
		if c.Name == name {
			return c, true
		}
	}
	return Column{}, false
}

// Names lists the columns in their order.
func (t *Table) Names() []string {
	out := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		out[i] = c.Name
	}
	return out
}

func (t *Table) sortedNames() []string { return slices.Sorted(slices.Values(t.Names())) }

// PrimaryKey lists partition and clustering columns in key order.
func (t *Table) PrimaryKey() []string {
	out := append([]string{}, t.PartitionBy...)
	for _, o := range t.Sort {
		out = append(out, o.Name)
	}
	return out
}

// IsKey reports whether the column is part of the primary key.
func (t *Table) IsKey(name string) bool {
	return slices.Contains(t.PrimaryKey(), name)
}

// IndexOn finds an index of one of the kinds on the column.
func (t *Table) IndexOn(column string, kinds ...string) (Index, bool) {
	for _, i := range t.Indexes {
		if i.Column == column && slices.Contains(kinds, i.Kind) {
			return i, true
		}
	}
	return Index{}, false
}

// Clone copies the definition for a change.
func (t *Table) Clone() *Table {
	c := *t
	c.Columns = append([]Column{}, t.Columns...)
	c.Indexes = append([]Index{}, t.Indexes...)
	c.Dropped = maps.Clone(t.Dropped)
	return &c
}

// Drop removes columns and keeps their types.
func (t *Table) Drop(names []string) {
	if t.Dropped == nil {
		t.Dropped = map[string]string{}
	}
	t.Columns = slices.DeleteFunc(t.Columns, func(c Column) bool {
		if !slices.Contains(names, c.Name) {
			return false
		}
		t.Dropped[c.Name] = c.Type.Expanded().CQL()
		return true
	})
}

// Readd reports whether the database takes a new column where one of the name
// was dropped: its type must read the values of the dropped one.
func (t *Table) Readd(c Column) bool {
	dropped, found := t.Dropped[c.Name]
	reads := map[value.Kind][]string{value.Text: {"ascii"}, value.BigInt: {"timestamp"}, value.Timestamp: {"bigint"},
		value.VarInt: {"int", "bigint"}, value.Date: {"int"}, value.Time: {"bigint"}}
	return !found || c.Type.Kind == value.Blob || c.Type.CQL() == dropped || slices.Contains(reads[c.Type.Kind], dropped)
}

var word = regexp.MustCompile(`^[0-9A-Za-z_]+$`)

// Longest names that the Data API takes.
const (
	MaxName      = 48
	MaxIndexName = 100
)

// CheckName refuses names that Astra refuses for a schema object.
func CheckName(what, name string, longest int) error {
	if name == "" || len(name) > longest || !word.MatchString(name) {
		return fault.New("UNSUPPORTED_SCHEMA_NAME", "The command names a %s in a way that is not supported.\n\n"+
			"A %s name must not be empty, have more than %d characters, or have others than letters, digits and underscores.\n"+
			"The command used the name: '%s'.\n\nResend the command with a supported name.", what, what, longest, name)
	}
	return nil
}
