package provider

import (
	"encoding/base64"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/infra/provider/ddl"
)

// absentRow is a full primary key that no row of a table has. Deleting that row
// needs the right to write and changes nothing. It needs a table with a key
// column whose value cannot be guessed; ok is false if there is none.
func absentRow(tables []ddl.Table) (table string, key map[string]any, ok bool) {
	for _, t := range tables {
		key, unique, known := map[string]any{}, false, true
		for _, column := range t.Key.Columns() {
			value, random := valueOf(t.Columns[column])
			key[column], unique, known = value, unique || random, known && value != nil
		}
		if unique && known {
			return t.Name, key, true
		}
	}
	return "", nil, false
}

// valueOf is a value of a type of key columns, nil for a type that is not known
// here, and whether it is random.
func valueOf(typ ddl.Type) (value any, random bool) {
	switch typ {
	case "text", "ascii":
		return "killrvideo-proof-" + randomHex(), true
	case "uuid":
		return uuid.NewString(), true
	case "blob":
		return map[string]string{"$binary": base64.StdEncoding.EncodeToString([]byte(randomHex()))}, true
	case "int", "bigint", "smallint", "tinyint", "varint", "float", "double", "decimal":
		return 0, false
	case "boolean":
		return false, false
	case "timestamp":
		return "2000-01-01T00:00:00Z", false
	case "date":
		return "2000-01-01", false
	case "time":
		return "00:00:00", false
	case "inet":
		return "127.0.0.1", false
	}
	return nil, false
}
