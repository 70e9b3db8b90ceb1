// Package table describes tables: their columns, keys and indexes, in the form
// in which createTable takes them and listTables gives them. It knows no HTTP.
package table

import (
	"encoding/json"
	"fmt"
)

// Definition is a table's columns and primary key.
type Definition struct {
	Columns    Columns    `json:"columns"`
	PrimaryKey PrimaryKey `json:"primaryKey"`
}

// Columns are a table's columns, in the order in which they are documented;
// the service keeps no order.
type Columns []NamedColumn

// NamedColumn is one column with its name.
type NamedColumn struct {
	Name   string
	Column Column
}

// Get returns the column of that name.
func (c Columns) Get(name string) (Column, bool) {
	for _, named := range c {
		if named.Name == name {
			return named.Column, true
		}
	}
	return Column{}, false
}

// MarshalJSON implements [json.Marshaler] with an object.
func (c Columns) MarshalJSON() ([]byte, error) {
	object := make(map[string]Column, len(c))
	for _, named := range c {
		if _, twice := object[named.Name]; twice {
			return nil, fmt.Errorf("column %s is defined twice", named.Name)
		}
		object[named.Name] = named.Column
	}
	return json.Marshal(object)
}

// UnmarshalJSON implements [json.Unmarshaler]; columns come sorted by name.
func (c *Columns) UnmarshalJSON(data []byte) error {
	var object map[string]Column
	if err := json.Unmarshal(data, &object); err != nil {
		return fmt.Errorf("read columns: %w", err)
	}
	*c = (*c)[:0]
	for _, name := range sortedKeys(object) {
		*c = append(*c, NamedColumn{name, object[name]})
	}
	return nil
}

// PrimaryKey says how rows are spread and ordered.
type PrimaryKey struct {
	// PartitionBy are the columns that choose the partition.
	PartitionBy []string `json:"partitionBy"`
	// PartitionSort are the clustering columns, the first deciding first.
	PartitionSort PartitionSort `json:"partitionSort"`
}

// PartitionSort is an ordered list of clustering columns.
type PartitionSort []Clustering

// Clustering is one clustering column: Order is 1 or -1.
type Clustering struct {
	Name  string
	Order int
}

// Asc and Desc make a clustering column.
func Asc(name string) Clustering { return Clustering{name, 1} }

// Desc makes a clustering column, largest first.
func Desc(name string) Clustering { return Clustering{name, -1} }

// MarshalJSON implements [json.Marshaler] with an object in the given order,
// because the order is part of the key.
func (p PartitionSort) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, c := range p {
		if i > 0 {
			out = append(out, ',')
		}
		name, err := json.Marshal(c.Name)
		if err != nil {
			return nil, err
		}
		out = append(append(out, name...), ':')
		out = fmt.Appendf(out, "%d", c.Order)
	}
	return append(out, '}'), nil
}
