package rowstore

import (
	"fmt"

	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// The statements that keep an index.
const (
	addEntry    = "INSERT OR REPLACE INTO %s (k) VALUES (?)"
	removeEntry = "DELETE FROM %s WHERE k = ?"
)

// index applies a statement to every index entry of a row.
func (tx *Tx) index(t *schema.Table, key []byte, row Row, statement string) error {
	for _, i := range t.Indexes {
		if i.Kind == schema.Vector {
			vector := row[i.Column]
			if statement == removeEntry {
				vector = nil
			}
			tx.vectorChanged(i, key, vector)
			continue
		}
		for _, p := range entries(t, i, row) {
			if err := tx.exec(fmt.Sprintf(statement, indexTable(i)), append(p, key...)); err != nil {
				return err
			}
		}
	}
	return nil
}

// entries gives the index's prefixes for a row. Text indexes keep none: they are
// served by reading the rows.
func entries(t *schema.Table, i schema.Index, row Row) [][]byte {
	c, _ := t.Column(i.Column)
	v := row[i.Column]
	if v == nil || i.Kind != schema.Regular {
		return nil
	}
	var out [][]byte
	switch x := v.(type) {
	case []any:
		for _, e := range x {
			out = append(out, value.AppendKey(nil, c.Type.Elem, analyzed(i, e), false))
		}
	case []value.Entry:
		for _, e := range x {
			out = append(out, entryPrefix(c.Type, i, e))
		}
	case string:
		out = append(out, value.AppendKey(nil, c.Type.Kind, i.Analyze(x), false))
	default:
		out = append(out, value.AppendKey(nil, c.Type.Kind, v, false))
	}
	return out
}

func entryPrefix(t value.Type, i schema.Index, e value.Entry) []byte {
	var p []byte
	if i.Function != schema.Values {
		p = value.AppendKey(p, t.Key, analyzed(i, e.Key), false)
	}
	if i.Function != schema.Keys {
		p = value.AppendKey(p, t.Elem, analyzed(i, e.Value), false)
	}
	return p
}

func analyzed(i schema.Index, v any) any {
	if text, ok := v.(string); ok {
		return i.Analyze(text)
	}
	return v
}
