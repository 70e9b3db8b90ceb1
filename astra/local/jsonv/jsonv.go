// Package jsonv reads request bodies strictly: it keeps the order of object
// members (sort clauses and column definitions depend on it), refuses duplicate
// keys, over-long numbers and runaway nesting, and keeps numbers as text so
// that no digit is lost. It knows nothing of commands or tables.
package jsonv

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Limits that the Data API places on any body.
const (
	MaxNumberLength = 100
	MaxDepth        = 1000
)

// Object is a JSON object that remembers the order of its members.
type Object struct {
	Keys   []string
	Values map[string]any
}

// NewObject returns an object without members.
func NewObject() *Object { return &Object{Values: map[string]any{}} }

// Set adds a member or replaces its value in place.
func (o *Object) Set(key string, v any) {
	if _, ok := o.Values[key]; !ok {
		o.Keys = append(o.Keys, key)
	}
	o.Values[key] = v
}

// Get returns the member's value; a nil object has no members.
func (o *Object) Get(key string) (any, bool) {
	if o == nil {
		return nil, false
	}
	v, ok := o.Values[key]
	return v, ok
}

// Len is the number of members; zero for a nil object.
func (o *Object) Len() int {
	if o == nil {
		return 0
	}
	return len(o.Keys)
}

// MarshalJSON writes the members in their order.
func (o *Object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, k := range o.Keys {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := writeMember(&b, k, o.Values[k]); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func writeMember(b *bytes.Buffer, key string, v any) error {
	k, err := json.Marshal(key)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	b.Write(k)
	b.WriteByte(':')
	b.Write(raw)
	return nil
}

// Decode reads exactly one JSON value. Objects become *Object, arrays []any,
// numbers json.Number, and the rest string, bool or nil.
func Decode(data []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	v, err := decode(dec, 0)
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("unexpected text after the value")
	}
	return v, nil
}

func decode(dec *json.Decoder, depth int) (any, error) {
	tok, err := dec.Token()
	if errors.Is(err, io.EOF) {
		return nil, io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, err
	}
	if depth > MaxDepth {
		return nil, fmt.Errorf("nesting is deeper than %d", MaxDepth)
	}
	switch t := tok.(type) {
	case json.Delim:
		if t == '{' {
			return decodeObject(dec, depth)
		}
		return decodeArray(dec, depth)
	case json.Number:
		if len(t) > MaxNumberLength {
			return nil, fmt.Errorf("number of %d characters exceeds the maximum of %d", len(t), MaxNumberLength)
		}
	}
	return tok, nil
}

func decodeObject(dec *json.Decoder, depth int) (any, error) {
	o := NewObject()
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return nil, err
		}
		key, ok := tok.(string)
		if !ok {
			return nil, fmt.Errorf("object key expected, got %v", tok)
		}
		if _, dup := o.Values[key]; dup {
			return nil, fmt.Errorf("duplicate field %q", key)
		}
		v, err := decode(dec, depth+1)
		if err != nil {
			return nil, err
		}
		o.Set(key, v)
	}
	_, err := dec.Token()
	return o, err
}

func decodeArray(dec *json.Decoder, depth int) (any, error) {
	list := []any{}
	for dec.More() {
		v, err := decode(dec, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := dec.Token()
	return list, err
}
