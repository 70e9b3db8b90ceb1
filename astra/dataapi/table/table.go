// Package table describes tables: columns, keys, indexes and changes, in the
// form in which commands take them and lists return them. It knows no HTTP.
package table

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Definition is a table's columns and primary key.
type Definition struct {
	Columns    Columns    `json:"columns"`
	PrimaryKey PrimaryKey `json:"primaryKey"`
}

// Columns are columns in the order in which they are documented. The Data API
// keeps no order; decoded ones are sorted by name.
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

// UnmarshalJSON implements [json.Unmarshaler].
func (c *Columns) UnmarshalJSON(data []byte) error {
	var object map[string]Column
	if err := json.Unmarshal(data, &object); err != nil {
		return fmt.Errorf("read columns: %w", err)
	}
	*c = nil
	for _, name := range slices.Sorted(maps.Keys(object)) {
		*c = append(*c, NamedColumn{name, object[name]})
	}
	return nil
}

// PrimaryKey says how rows are distributed and ordered.
type PrimaryKey struct {
	// PartitionBy are the columns of the partition key.
	PartitionBy []string `json:"partitionBy"`
	// PartitionSort are the clustering columns, the first deciding first.
	PartitionSort PartitionSort `json:"partitionSort"`
}

// UnmarshalJSON implements [json.Unmarshaler] for the object and for the bare
// name of a single partition column.
func (k *PrimaryKey) UnmarshalJSON(data []byte) error {
	var name string
	if json.Unmarshal(data, &name) == nil {
		*k = PrimaryKey{PartitionBy: []string{name}}
		return nil
	}
	type plain PrimaryKey
	return json.Unmarshal(data, (*plain)(k))
}

// Sort orders of a clustering column.
const (
	SortAscending  = 1
	SortDescending = -1
)

// PartitionSort is an ordered list of clustering columns.
type PartitionSort []NamedSort

// NamedSort is one clustering column: Order is [SortAscending] or
// [SortDescending].
type NamedSort struct {
	Name  string
	Order int
}

// Get returns the order of that column.
func (p PartitionSort) Get(name string) (int, bool) {
	for _, c := range p {
		if c.Name == name {
			return c.Order, true
		}
	}
	return 0, false
}

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
		out = fmt.Appendf(append(append(out, name...), ':'), "%d", c.Order)
	}
	return append(out, '}'), nil
}

// UnmarshalJSON implements [json.Unmarshaler] in the order of the JSON.
func (p *PartitionSort) UnmarshalJSON(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	if _, err := decoder.Token(); err != nil {
		return fmt.Errorf("read clustering columns: %w", err)
	}
	*p = nil
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return fmt.Errorf("read clustering columns: %w", err)
		}
		var order int
		if err := decoder.Decode(&order); err != nil {
			return fmt.Errorf("read the order of clustering column %v: %w", name, err)
		}
		*p = append(*p, NamedSort{fmt.Sprint(name), order})
	}
	return nil
}
