package jsonv_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
)

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nothing": "", "two values": "1 2", "a key twice": `{"a":1,"a":2}`, "a key twice, escaped": `{"a":1,"\u0061":2}`,
		"half an object": `{"a":`, "half an array": `[1`, "a comma too many": `[1,]`, "no key": `{1:2}`,
		"a long number":    strings.Repeat("9", jsonv.MaxNumberLength+1),
		"runaway nesting":  strings.Repeat("[", jsonv.MaxDepth+2) + strings.Repeat("]", jsonv.MaxDepth+2),
		"a stray brace":    "}",
		"text behind it":   `{} x`,
		"a bare word":      "yes",
		"a number like 01": "01",
	} {
		if v, err := jsonv.Decode([]byte(text)); err == nil {
			t.Errorf("%s is %v", name, v)
		}
	}
}

func TestTheOrderOfMembersIsKept(t *testing.T) {
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

// FuzzDecode: what is accepted is JSON, and means the same after a round trip.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[]`, `null`, `{"find":{"filter":{"a":{"$in":[1,-2.5e3,"x"]}},"sort":{"b":-1,"a":1}}}`, `{"a":1,"a":2}`, `"\ud800"`, "\"\xff\"", `[[[[[]]]]]`, `{"a":{"a":{}}}`,
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
