package rowstore

import (
	"encoding/hex"
	"encoding/json"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// tokens are the ones that a driver of Cassandra computes for the keys: bytes
// above 127 show where Cassandra's hash differs from the published one.
var tokens = []struct {
	name string
	kind value.Kind
	in   any
	key  string
	want int64
}{
	{"a text", value.Text, "hello", "68656c6c6f", -3758069500696749310},
	{"letters above 127", value.Text, "Grüße, 日本", "4772c3bcc39f652c20e697a5e69cac", -619889461986107887},
	{"a long text", value.ASCII, "The quick brown fox jumps over the lazy dog.",
		"54686520717569636b2062726f776e20666f78206a756d7073206f76657220746865206c617a7920646f672e", -3631792323850337591},
	{"an int", value.Int, json.Number("-42"), "ffffffd6", 5439832891683778906},
	{"a bigint", value.BigInt, json.Number("1099511627776"), "0000010000000000", -8779846503135273481},
	{"a uuid", value.UUID, "a0000000-0000-4000-8000-0000000000ff", "a00000000000400080000000000000ff", 5710866994393205513},
	{"a date", value.Date, "2026-01-02", "80004fe7", -322025224646161374},
	{"a decimal", value.Decimal, json.Number("1.50"), "000000010f", 5696596651944691944},
	{"a negative varint", value.VarInt, json.Number("-129"), "ff7f", 7965412786603682042},
	{"a varint", value.VarInt, json.Number("128"), "0080", -5553052187789492088},
}

func TestTokens(t *testing.T) {
	t.Parallel()
	for _, test := range tokens {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			v, err := value.ParseScalar(test.kind, test.in)
			if err != nil {
				t.Fatal(err)
			}
			table := &schema.Table{PartitionBy: []string{"k"}, Columns: []schema.Column{{Name: "k", Type: value.Type{Kind: test.kind}}}}
			key := partitionBytes(table, Row{"k": v})
			if hex.EncodeToString(key) != test.key || token(key) != test.want {
				t.Errorf("key %x, token %d", key, token(key))
			}
		})
	}
	above := make([]byte, 32)
	for i := range above {
		above[i] = byte(128 + i)
	}
	if got := token(above); got != -61479015959055060 {
		t.Errorf("the token of bytes above 127 is %d", got)
	}
}

// TestTokensOfDocuments: the key of a document is a tuple<tinyint, text>.
func TestTokensOfDocuments(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{"sa": "00000001010000000161", "n7": "00000001020000000137", "btrue": "00000001030000000474727565",
		"z": "0000000104000000046e756c6c", "d5": "00000001050000000135"} {
		if got := hex.EncodeToString(documentBytes(key)); got != want {
			t.Errorf("%s is hashed as %s, want %s", key, got, want)
		}
	}
}

func TestTokenOfSeveralColumns(t *testing.T) {
	t.Parallel()
	table := &schema.Table{PartitionBy: []string{"a", "b"}, Columns: []schema.Column{
		{Name: "a", Type: value.Type{Kind: value.Text}}, {Name: "b", Type: value.Type{Kind: value.Int}}}}
	key := partitionBytes(table, Row{"a": "a", "b": int64(7)})
	if hex.EncodeToString(key) != "0001610000040000000700" || token(key) != -2133588921541103912 {
		t.Errorf("key %x, token %d", key, token(key))
	}
}
