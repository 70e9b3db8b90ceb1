package rowstore

import (
	"encoding/binary"

	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// Row holds a row's values by column name; absent means null.
type Row map[string]any

// PartitionKey returns the first bytes of every key of a partition: its token, by
// which Astra orders partitions, then the columns.
func PartitionKey(t *schema.Table, row Row) []byte {
	key := binary.BigEndian.AppendUint64(nil, uint64(token(partitionBytes(t, row)))^1<<63)
	for _, name := range t.PartitionBy {
		c, _ := t.Column(name)
		key = value.AppendKey(key, c.Type.Kind, row[name], false)
	}
	return key
}

// AppendClustering appends the i-th clustering column to a key.
func AppendClustering(key []byte, t *schema.Table, i int, v any) []byte {
	c, _ := t.Column(t.Sort[i].Name)
	return value.AppendKey(key, c.Type.Kind, v, t.Sort[i].Descending)
}

// Key returns the full key of a row that has all its key columns.
func Key(t *schema.Table, row Row) []byte {
	k := PartitionKey(t, row)
	for i, o := range t.Sort {
		k = AppendClustering(k, t, i, row[o.Name])
	}
	return k
}

// After returns the smallest key that is larger than all keys with the prefix;
// nil means that none exists.
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
