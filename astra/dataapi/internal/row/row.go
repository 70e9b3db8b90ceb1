// Package row decodes rows. The Data API leaves out nulls and empty
// collections and says in a projection schema what was selected; a map is
// given them back, a struct has its zero values.
package row

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Schema is the projectionSchema of an answer: columns to their types.
type Schema map[string]Column

// Column is the type of one selected column.
type Column struct {
	Type string `json:"type"`
}

// Decode writes a row into v. Numbers in a map stay json.Number, so that a
// bigint keeps all its digits.
func Decode(document json.RawMessage, schema Schema, v any) error {
	target, isMap := v.(*map[string]any)
	if !isMap {
		if err := json.Unmarshal(document, v); err != nil {
			return fmt.Errorf("decode a row into %T: %w", v, err)
		}
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	values := map[string]any{}
	if err := decoder.Decode(&values); err != nil {
		return fmt.Errorf("decode a row: %w", err)
	}
	if values == nil {
		return errors.New("decode a row: it is null")
	}
	for name, column := range schema {
		if _, there := values[name]; !there {
			values[name] = column.empty()
		}
	}
	*target = values
	return nil
}

func (c Column) empty() any {
	switch c.Type {
	case "list", "set":
		return []any{}
	case "map":
		return map[string]any{}
	default:
		return nil
	}
}
