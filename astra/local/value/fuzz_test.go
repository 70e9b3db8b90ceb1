package value_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// types has each scalar type, and some of each kind of collection.
func types() []value.Type {
	var all []value.Type
	for _, k := range []value.Kind{
		value.ASCII, value.BigInt, value.Blob, value.Boolean, value.Date, value.Decimal, value.Double, value.Duration, value.Float, value.Inet,
		value.Int, value.SmallInt, value.Text, value.Time, value.Timestamp, value.TinyInt, value.UUID, value.VarInt,
	} {
		all = append(all, value.Type{Kind: k})
	}
	return append(all,
		value.Type{Kind: value.List, Elem: value.Int}, value.Type{Kind: value.Set, Elem: value.Text},
		value.Type{Kind: value.Set, Elem: value.Decimal},
		value.Type{Kind: value.Map, Key: value.Text, Elem: value.Double}, value.Type{Kind: value.Map, Key: value.UUID, Elem: value.Timestamp},
		value.Type{Kind: value.Vector, Dimension: 3})
}

func seeds() []string {
	return []string{
		`null`, `true`, `0`, `-1`, `1.50`, `1e3`, `1e-400`, `-9223372036854775808`, `9223372036854775808`,
		`123456789012345678901234567890`, `"NaN"`, `"-Infinity"`,
		`""`, `"ü"`, `"a\u0000b"`, `"2026-02-29"`, `"2024-02-29"`, `"9999-12-31"`, `"10:20"`, `"10:20:30.5"`, `"2026-01-02T03:04:05.678Z"`,
		`"2026-01-02T03:04:05+02:00"`,
		`{"$date":0}`, `{"$date":-62135596800001}`, `{"$date":9223372036854775807}`, `"P1Y2M3DT4H5M6.7S"`, `"1h30m"`,
		`"-9223372036854775807ns"`, `"-5us"`,
		`"127.0.0.1"`, `"::ffff:1.2.3.4"`, `"fe80::1%eth0"`, `{"$binary":"AQI="}`, `{"$binary":"PczMzT5MzM0+mZma"}`, `[1,2,3]`,
		`["b","a","b"]`, `[1,1.0,10e-1]`, `{"k":1,"a":"NaN"}`,
		`[["a0000000-0000-4000-8000-000000000001",{"$date":1}]]`, `"13814000-1dd2-11b2-8080-808080808080"`, `[0.1,1e39,3]`,
	}
}

// FuzzParse: what is accepted is the same after it was stored, and after it
// was read by a client and sent again.
func FuzzParse(f *testing.F) {
	for i := range types() {
		for _, seed := range seeds() {
			f.Add(byte(i), []byte(seed))
		}
	}
	all := types()
	f.Fuzz(func(t *testing.T, i byte, text []byte) {
		typ := all[int(i)%len(all)]
		in, err := jsonv.Decode(text)
		if err != nil {
			return
		}
		v, err := value.Parse(typ, in)
		if err != nil || v == nil {
			return
		}
		stored := value.Append(nil, v)
		read, err := value.Read(typ, stored)
		if err != nil || !bytes.Equal(value.Append(nil, read), stored) {
			t.Fatalf("%s %s is %v when stored: %v", typ.Kind, text, read, err)
		}
		if sent := resend(t, typ, v); !bytes.Equal(value.Append(nil, sent), stored) {
			t.Fatalf("%s %s is %v, read and sent again %v", typ.Kind, text, v, sent)
		}
	})
}

// resend is a value after a client has read it and written it again.
func resend(t *testing.T, typ value.Type, v any) any {
	t.Helper()
	shown, err := json.Marshal(value.Render(typ, v))
	if err != nil {
		t.Fatalf("%s %v cannot be shown: %v", typ.Kind, v, err)
	}
	in, err := jsonv.Decode(shown)
	if err != nil {
		t.Fatalf("%s %s: %v", typ.Kind, shown, err)
	}
	sent, err := value.Parse(typ, in)
	if err != nil {
		t.Fatalf("%s %s is refused: %v", typ.Kind, shown, err)
	}
	return sent
}

// FuzzCompare: the bytes of keys order as their values do, in both directions,
// and no key begins with another.
func FuzzCompare(f *testing.F) {
	scalars := types()[:20]
	list := seeds()
	for i := range scalars {
		for n := range list {
			f.Add(byte(i), []byte(list[n]), []byte(list[(n+1)%len(list)]))
		}
	}
	f.Fuzz(func(t *testing.T, i byte, first, second []byte) {
		kind := scalars[int(i)%len(scalars)].Kind
		a, b := scalar(kind, first), scalar(kind, second)
		if a == nil || b == nil {
			return
		}
		want := value.Compare(kind, a, b)
		if back := value.Compare(kind, b, a); back != -want {
			t.Fatalf("%s: %v to %v is %d, and %d the other way", kind, a, b, want, back)
		}
		for _, descending := range []bool{false, true} {
			x, y := value.AppendKey(nil, kind, a, descending), value.AppendKey(nil, kind, b, descending)
			ordered := want
			if descending {
				ordered = -want
			}
			if got := bytes.Compare(x, y); got != ordered {
				t.Fatalf("%s: %v to %v is %d, their keys (descending %v) %d", kind, a, b, want, descending, got)
			}
			if want != 0 && (bytes.HasPrefix(x, y) || bytes.HasPrefix(y, x)) {
				t.Fatalf("%s: of %v and %v, one key begins with the other", kind, a, b)
			}
		}
	})
}

func scalar(kind value.Kind, text []byte) any {
	in, err := jsonv.Decode(text)
	if err != nil || in == nil {
		return nil
	}
	v, err := value.ParseScalar(kind, in)
	if err != nil {
		return nil
	}
	return v
}

// FuzzRead: bytes that are no stored value are refused, never a crash.
func FuzzRead(f *testing.F) {
	for i, typ := range types() {
		for _, seed := range seeds() {
			if v := scalar(typ.Kind, []byte(seed)); v != nil {
				f.Add(byte(i), value.Append(nil, v))
			}
		}
		f.Add(byte(i), []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	}
	all := types()
	f.Fuzz(func(_ *testing.T, i byte, stored []byte) {
		_, _ = value.Read(all[int(i)%len(all)], stored)
	})
}
