package rowstore

import (
	"crypto/sha256"

	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// Row holds a row's values by column name; absent means null.
type Row map[string]any

// PartitionKey gives the first bytes of every key of a partition: eight bytes
// of hash, which scatter partitions as Astra does, then the columns.
func PartitionKey(t *schema.Table, row Row) []byte {
	var cols []byte
	for _, name := range t.PartitionBy {
		c, _ := t.Column(name)
		cols = value.AppendKey(cols, c.Type.Kind, row[name], false)
	}
	sum := sha256.Sum256(cols)
	return append(sum[:8:8], cols...)
}

// AppendClustering appends the i-th clustering column to a key.
func AppendClustering(key []byte, t *schema.Table, i int, v any) []byte {
	c, _ := t.Column(t.Sort[i].Name)
	return value.AppendKey(key, c.Type.Kind, v, t.Sort[i].Descending)
}

// Key gives the full key of a row that has all its key columns.
func Key(t *schema.Table, row Row) []byte {
	k := PartitionKey(t, row)
	for i, o := range t.Sort {
		k = AppendClustering(k, t, i, row[o.Name])
	}
	return k
}

// After gives the smallest key that is larger than all keys with the prefix;
// nil means that there is none.
func After(prefix []byte) []byte {
	end := append([]byte{}, prefix...)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i] != 0xFF {
			end[i]++
			return end[:i+1]
		}
	}
	return nil
}
