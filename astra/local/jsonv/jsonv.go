// Package jsonv reads request bodies as the Data API's own reader does: it keeps
// the order of object members (sort clauses and column definitions depend on it),
// refuses duplicate keys, keeps numbers as text so that no digit is lost, and
// bounds depth, nodes and the length of names and numbers while it parses. It
// knows nothing of commands or tables.
package jsonv

import (
	"bytes"
	"encoding/json"
)

// Object is a JSON object that remembers the order of its members.
type Object struct {
	Keys   []string
	values []any
	// index finds members of an object with many of them.
	index map[string]int
}

// indexed is the number of members from which on an object has an index.
const indexed = 9

// NewObject returns an object without members.
func NewObject() *Object { return &Object{} }

func (o *Object) at(key string) int {
	if o.index != nil {
		if i, ok := o.index[key]; ok {
			return i
		}
		return -1
	}
	for i, k := range o.Keys {
		if k == key {
			return i
		}
	}
	return -1
}

// Set adds a member or replaces its value in place.
func (o *Object) Set(key string, v any) {
	if i := o.at(key); i >= 0 {
		o.values[i] = v
		return
	}
	o.Keys, o.values = append(o.Keys, key), append(o.values, v)
	switch {
	case o.index != nil:
		o.index[key] = len(o.Keys) - 1
	case len(o.Keys) == indexed:
		o.index = make(map[string]int, 2*indexed)
		for i, k := range o.Keys {
			o.index[k] = i
		}
	}
}

// Delete removes a member; one that is absent changes nothing.
func (o *Object) Delete(key string) {
	i := o.at(key)
	if i < 0 {
		return
	}
	keys, values := o.Keys, o.values
	*o = Object{}
	for j, k := range keys {
		if j != i {
			o.Set(k, values[j])
		}
	}
}

// Get returns the member's value; a nil object has no members.
func (o *Object) Get(key string) (any, bool) {
	if o == nil {
		return nil, false
	}
	if i := o.at(key); i >= 0 {
		return o.values[i], true
	}
	return nil, false
}

// Value is the member's value; nil for an absent one.
func (o *Object) Value(key string) any {
	v, _ := o.Get(key)
	return v
}

// Has reports whether the object has the member.
func (o *Object) Has(key string) bool {
	_, ok := o.Get(key)
	return ok
}

// Len is the number of members; zero for a nil object.
func (o *Object) Len() int {
	if o == nil {
		return 0
	}
	return len(o.Keys)
}

// Clone copies the object; the members' values are shared.
func (o *Object) Clone() *Object {
	out := NewObject()
	for i, k := range o.Keys {
		out.Set(k, o.values[i])
	}
	return out
}

// MarshalJSON writes the members in their order.
func (o *Object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, k := range o.Keys {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := writeMember(&b, k, o.values[i]); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func writeMember(b *bytes.Buffer, key string, v any) error {
	k, err := Marshal(key)
	if err != nil {
		return err
	}
	raw, err := Marshal(v)
	if err != nil {
		return err
	}
	b.Write(k)
	b.WriteByte(':')
	b.Write(raw)
	return nil
}

// Marshal is json.Marshal without the escapes that only HTML needs.
func Marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}
