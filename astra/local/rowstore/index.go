package rowstore

import (
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// index adds or removes every index entry of a row.
func (tx *Tx) index(t *schema.Table, key []byte, row Row, add bool) error {
	for _, i := range t.Indexes {
		switch i.Kind {
		case schema.Vector:
			vector := row[i.Column]
			if !add {
				vector = nil
			}
			tx.vectorChanged(i, key, vector)
		case schema.Text:
			if err := tx.indexText(i, key, row, add); err != nil {
				return err
			}
		default:
			statement := "DELETE FROM " + indexTable(i) + " WHERE k = ?"
			if add {
				statement = "INSERT OR REPLACE INTO " + indexTable(i) + " (k) VALUES (?)"
			}
			for _, p := range entries(t, i, row) {
				if err := tx.exec(statement, append(p, key...)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// entries returns the prefixes of a row in a regular index.
func entries(t *schema.Table, i schema.Index, row Row) [][]byte {
	c, _ := t.Column(i.Column)
	v := row[i.Column]
	if v == nil {
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
