// Package schema holds table definitions: columns, primary keys and indexes,
// how createTable and its siblings spell them, and what the Data API refuses
// in them. It stores nothing and reads no rows.
package schema

import (
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

// What an index of a collection is on. Those of lists and sets are on values.
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
	// Tokens tells that the keys of the rows begin with the partition's token.
	Tokens bool
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

// IsKey tells whether the column is part of the primary key.
func (t *Table) IsKey(name string) bool {
	for _, k := range t.PrimaryKey() {
		if k == name {
			return true
		}
	}
	return false
}

// IndexOn finds an index of one of the kinds on the column.
func (t *Table) IndexOn(column string, kinds ...string) (Index, bool) {
	for _, i := range t.Indexes {
		for _, k := range kinds {
			if i.Column == column && i.Kind == k {
				return i, true
			}
		}
	}
	return Index{}, false
}

// Clone copies the definition for a change.
func (t *Table) Clone() *Table {
	c := *t
	c.Columns = append([]Column{}, t.Columns...)
	c.Indexes = append([]Index{}, t.Indexes...)
	return &c
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
