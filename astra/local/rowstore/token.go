package rowstore

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// partitionBytes is a partition key as the database hashes it: a single column
// as it is, several with their lengths.
func partitionBytes(t *schema.Table, row Row) []byte {
	if t.Collection != nil {
		key, _ := row[schema.DocumentKey].(string)
		return documentBytes(key)
	}
	var out []byte
	for _, name := range t.PartitionBy {
		c, _ := t.Column(name)
		if len(t.PartitionBy) == 1 {
			return value.AppendCQL(nil, c.Type.Kind, row[name])
		}
		b := value.AppendCQL(nil, c.Type.Kind, row[name])
		out = binary.BigEndian.AppendUint16(out, uint16(len(b)))
		out = append(append(out, b...), 0)
	}
	return out
}

// documentBytes is the key of a document as the database hashes it: a tuple of the
// number of its type and its text.
func documentBytes(key string) []byte {
	types := "snbzd" // text, number, boolean, null, date
	text := key[min(1, len(key)):]
	if text == "" {
		text = "null"
	}
	out := []byte{0, 0, 0, 1, byte(1 + strings.IndexByte(types, (key + "s")[0]))}
	out = binary.BigEndian.AppendUint32(out, uint32(len(text)))
	return append(out, text...)
}

// token is the place of a partition on the ring of Cassandra's
// Murmur3Partitioner.
func token(key []byte) int64 {
	h := murmur3(key)
	if h == math.MinInt64 {
		return math.MaxInt64
	}
	return h
}

const (
	c1 = 0x87c37b91114253d5
	c2 = 0x4cf5ad432745937f
)

// murmur3 is the first half of the 128 bit hash with seed 0. It differs from
// the usual one as Cassandra's does: the bytes of the tail are signed. No
// published Go module exports it.
func murmur3(key []byte) int64 {
	var h1, h2 uint64
	n := len(key)
	for ; len(key) >= 16; key = key[16:] {
		k1, k2 := binary.LittleEndian.Uint64(key), binary.LittleEndian.Uint64(key[8:])
		h1 ^= bits.RotateLeft64(k1*c1, 31) * c2
		h1 = (bits.RotateLeft64(h1, 27)+h2)*5 + 0x52dce729
		h2 ^= bits.RotateLeft64(k2*c2, 33) * c1
		h2 = (bits.RotateLeft64(h2, 31)+h1)*5 + 0x38495ab5
	}
	var k1, k2 uint64
	for i := len(key) - 1; i >= 8; i-- {
		k2 ^= uint64(int64(int8(key[i]))) << (8 * (i - 8))
	}
	for i := min(len(key), 8) - 1; i >= 0; i-- {
		k1 ^= uint64(int64(int8(key[i]))) << (8 * i)
	}
	h2 ^= bits.RotateLeft64(k2*c2, 33) * c1
	h1 ^= bits.RotateLeft64(k1*c1, 31) * c2
	h1 ^= uint64(n)
	h2 ^= uint64(n)
	h1 += h2
	h2 += h1
	h1, h2 = mix(h1), mix(h2)
	return int64(h1 + h2)
}

func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}
