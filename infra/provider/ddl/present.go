package ddl

import (
	"bytes"
	"encoding/json"
	"slices"
)

// limitedTo returns the wanted table without the columns and indexes that the
// existing one lacks. If nothing lacks, its definition is the very same text.
func (t Table) limitedTo(have Table) Table {
	limited := t
	limited.Indexes = slices.DeleteFunc(slices.Clone(t.Indexes), func(wanted Index) bool {
		return !slices.ContainsFunc(have.Indexes, func(i Index) bool { return i.Name == wanted.Name })
	})
	missing := t.columnsNotIn(have)
	if len(missing) == 0 {
		return limited
	}
	limited.Columns = map[string]Type{}
	var d struct {
		Columns    map[string]json.RawMessage `json:"columns"`
		PrimaryKey json.RawMessage            `json:"primaryKey"`
	}
	_ = json.Unmarshal(t.Definition, &d) // parsed once already, by Parse
	for column := range missing {
		delete(d.Columns, column)
	}
	for column := range d.Columns {
		limited.Columns[column] = t.Columns[column]
	}
	var text bytes.Buffer
	_ = json.NewEncoder(&text).Encode(d) // cannot fail on raw messages that were decoded
	limited.Definition = bytes.TrimSpace(text.Bytes())
	return limited
}
