package jsonv_test

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
)

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nothing": "", "two values": "1 2", "a key twice": `{"a":1,"a":2}`, "a key twice, escaped": `{"a":1,"\u0061":2}`,
		"half an object": `{"a":`, "half an array": `[1`, "a comma too many": `[1,]`, "no key": `{1:2}`,
		"a long number":         strings.Repeat("9", jsonv.MaxNumberLength+1),
		"a long fraction":       "0." + strings.Repeat("9", jsonv.MaxNumberLength),
		"an exponent too large": "1e2147483648", "an exponent too small": "1.0e-2147483647", "digits without a point": "1.", "a plus": "+1",
		"not a number": "[NaN]", "infinity": "[-Infinity]", "a comment": "[1/*one*/]", "a line comment": "[1 //one\n]", "single quotes": "['a']",
		"half a surrogate pair": `"\ud800"`, "halves in the wrong order": `"\udc00\ud800"`, "half a pair and text": `"\ud83da"`,
		"half a pair at the end": `"\\\ud83d"`, "a tab in a string": "\"\t\"", "an unknown escape": `"\x41"`, "no UTF-8": "\"\xff\"",
		"a byte order mark": "\ufeff{}",
		"runaway nesting":   strings.Repeat("[", jsonv.MaxDepth+2) + strings.Repeat("]", jsonv.MaxDepth+2),
		"a stray brace":     "}",
		"text behind it":    `{} x`,
		"a bare word":       "yes",
		"a number like 01":  "01",
	} {
		if v, err := jsonv.Decode([]byte(text)); err == nil {
			t.Errorf("%s is %v", name, v)
		}
	}
}

func TestMemberOrderIsPreserved(t *testing.T) {
	t.Parallel()
	const text = `{"z":1,"a":{"y":[1.10,null,true],"b":""},"m":9007199254740993}`
	v, err := jsonv.Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := json.Marshal(v); err != nil || string(got) != text {
		t.Errorf("got %s, %v", got, err)
	}
}

// TestBodies: a body is taken as Jackson takes it.
func TestBodies(t *testing.T) {
	t.Parallel()
	const want = `{"a":["ü😀",1]}`
	wide := func(order binary.AppendByteOrder, text string) (out []byte) {
		for _, r := range text {
			out = order.AppendUint32(out, uint32(r))
		}
		return out
	}
	narrow := func(order binary.AppendByteOrder, text string) (out []byte) {
		for _, unit := range utf16.Encode([]rune(text)) {
			out = order.AppendUint16(out, unit)
		}
		return out
	}
	for name, text := range map[string][]byte{
		"plain": []byte(want), "escaped": []byte(`{"a":["\u00fc\ud83d\uDE00",1]}`), "with a mark": []byte("\ufeff" + want),
		"text behind it": []byte(want + " and more"), "a brace behind it": []byte(want + "}"), "no UTF-8 behind it": []byte(want + "\xff"),
		"UTF-16": narrow(binary.BigEndian, want), "UTF-16, little": narrow(binary.LittleEndian, want),
		"UTF-16 with a mark": narrow(binary.BigEndian, "\ufeff"+want), "UTF-16 with a mark, little": narrow(binary.LittleEndian, "\ufeff"+want),
		"UTF-32": wide(binary.BigEndian, want), "UTF-32, little": wide(binary.LittleEndian, want),
		"UTF-32 with a mark": wide(binary.BigEndian, "\ufeff"+want), "UTF-32 with a mark, little": wide(binary.LittleEndian, "\ufeff"+want),
	} {
		v, err := jsonv.DecodeBody(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, err := jsonv.Marshal(v); err != nil || string(got) != want {
			t.Errorf("%s is %s, %v", name, got, err)
		}
	}
	for name, text := range map[string]string{"half a unit": "\x00{\x00", "beyond Unicode": "\x00\x00\xfe\xff\x00\x11\x00\x00",
		"no UTF-8 inside": "[\"\xff\"]", "a key twice": `{"a":1,"a":2} x`} {
		if v, err := jsonv.DecodeBody([]byte(text)); err == nil {
			t.Errorf("%s is %v", name, v)
		}
	}
	for _, text := range []string{" \t\r\n", "\ufeff", ""} {
		if _, err := jsonv.DecodeBody([]byte(text)); !errors.Is(err, jsonv.ErrEmpty) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestNumberLength: only digits count.
func TestNumberLength(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"-" + strings.Repeat("9", jsonv.MaxNumberLength), "-0." + strings.Repeat("9", 97) + "E-01"} {
		if _, err := jsonv.Decode([]byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// FuzzBody: a body is what its first value is.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a":1} x`, "\ufeff[1]", "\x00{\x00}", "{\x00}\x00",
		"\x00\x00\x00{\x00\x00\x00}", "\xff\xfe", "\xd8\x00", `"\ud83d\ude00"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		strict, refused := jsonv.Decode(text)
		v, err := jsonv.DecodeBody(text)
		if refused == nil && (err != nil || !reflect.DeepEqual(v, strict)) {
			t.Fatalf("%q is %v, as a body %v: %v", text, strict, v, err)
		}
		if err != nil {
			return
		}
		again, err := json.Marshal(v)
		if err != nil {
			t.Fatalf("%q cannot be written: %v", text, err)
		}
		if back, err := jsonv.Decode(again); err != nil || !reflect.DeepEqual(v, back) {
			t.Fatalf("%q became %q: %v", text, again, err)
		}
	})
}

// FuzzDecode: what is accepted is JSON, and means the same after a round trip.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[]`, `null`, `{"find":{"filter":{"a":{"$in":[1,-2.5e3,"x"]}},"sort":{"b":-1,"a":1}}}`, `{"a":1,"a":2}`, `"\ud800"`, "\"\xff\"",
		`[[[[[]]]]]`, `{"a":{"a":{}}}`,
		`1e999999`, ` [1 , 2]`, `{"":0}`, "\ufeff{}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := jsonv.Decode(text)
		if err != nil {
			return
		}
		if !json.Valid(text) {
			t.Fatalf("%q is accepted and no JSON", text)
		}
		again, err := json.Marshal(v)
		if err != nil {
			t.Fatalf("%q cannot be written: %v", text, err)
		}
		back, err := jsonv.Decode(again)
		if err != nil || !reflect.DeepEqual(v, back) {
			t.Fatalf("%q became %q: %v", text, again, err)
		}
	})
}
