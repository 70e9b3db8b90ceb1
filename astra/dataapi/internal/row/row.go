// Package row decodes rows. The Data API leaves out nulls and empty collections
// and lists the selected columns in a projection schema; they are added to a
// map, while a struct has its zero values.
package row

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/internal/codec"
)

// Schema is the projectionSchema of an answer, as it came: an object of columns
// and their types. Only a row that is decoded into a map needs it.
type Schema = jsontext.Value

// column is the type of one selected column.
type column struct {
	Type string `json:"type"`
}

// DecodeDocument writes a document of a collection into v, see [Decode].
func DecodeDocument(document jsontext.Value, v any) error {
	if _, isMap := v.(*map[string]any); isMap {
		return Decode(document, nil, v)
	}
	if err := codec.DecodeDocument(document, v); err != nil {
		return fmt.Errorf("decode a document into %T: %w", v, err)
	}
	return nil
}

// Decode writes a row into v. Numbers in a map stay json.Number, so that a
// bigint keeps all its digits.
func Decode(document jsontext.Value, schema Schema, v any) error {
	target, isMap := v.(*map[string]any)
	if !isMap {
		if err := codec.DecodeRow(document, v); err != nil {
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
	columns := map[string]column{}
	if len(schema) > 0 {
		if err := jsonv1.Unmarshal(schema, &columns); err != nil {
			return fmt.Errorf("decode a projection schema: %w", err)
		}
	}
	for name, c := range columns {
		if _, there := values[name]; !there {
			values[name] = c.empty()
		}
	}
	*target = values
	return nil
}

func (c column) empty() any {
	switch c.Type {
	case "list", "set":
		return []any{}
	case "map":
		return map[string]any{}
	default:
		return nil
	}
}
