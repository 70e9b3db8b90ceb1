package table

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// UnmarshalJSON implements [json.Unmarshaler], keeping the order.
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
		*p = append(*p, Clustering{fmt.Sprint(name), order})
	}
	return nil
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

// Descriptor is one table as listTables explains it.
type Descriptor struct {
	Name       string     `json:"name"`
	Definition Definition `json:"definition"`
}

// IndexDescriptor is one index as listIndexes explains it.
type IndexDescriptor struct {
	Name       string          `json:"name"`
	Definition IndexDefinition `json:"definition"`
	// Type is regular, vector or text.
	Type string `json:"indexType"`
}

// IndexDefinition is what an index covers. Column is a name, or for a map an
// object such as {"column": "$keys"}.
type IndexDefinition struct {
	Column  any            `json:"column"`
	Options map[string]any `json:"options,omitempty"`
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
