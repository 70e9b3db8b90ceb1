package ddl

import (
	"bytes"
	"encoding/json"
	"slices"
)

// limitedTo returns the wanted table without the columns, services and indexes
// that the existing one lacks or has in another form. If nothing lacks, its definition is the very same text.
func (t Table) limitedTo(have Table) Table {
	limited := t
	limited.Indexes = slices.DeleteFunc(slices.Clone(t.Indexes), func(wanted Index) bool {
		return !slices.ContainsFunc(have.Indexes, func(i Index) bool { return i.Name == wanted.Name && i.same(wanted) })
	})
	missing, plain := t.columnsNotIn(have), t.servicesNotIn(have)
	if len(missing)+len(plain) == 0 {
		return limited
	}
	limited.Columns, limited.Services = map[string]Type{}, map[string]json.RawMessage{}
	var d struct {
		Columns    map[string]json.RawMessage `json:"columns"`
		PrimaryKey json.RawMessage            `json:"primaryKey"`
	}
	_ = json.Unmarshal(t.Definition, &d) // parsed once already, by Parse
	for column := range missing {
		delete(d.Columns, column)
	}
	for column, text := range d.Columns {
		limited.Columns[column] = t.Columns[column]
		if plain[column] != nil {
			d.Columns[column] = withoutService(text)
		} else if t.Services[column] != nil {
			limited.Services[column] = t.Services[column]
		}
	}
	var text bytes.Buffer
	_ = json.NewEncoder(&text).Encode(d) // cannot fail on raw messages that were decoded
	limited.Definition = bytes.TrimSpace(text.Bytes())
	return limited
}

// withoutService is the long form of a type, which was parsed once already.
func withoutService(text json.RawMessage) json.RawMessage {
	var members map[string]json.RawMessage
	_ = json.Unmarshal(text, &members)
	delete(members, "service")
	plain, _ := json.Marshal(members)
	return plain
}
