package value

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
)

var errNullElement = errors.New("null values are not allowed inside collections")

func parseElements(t Type, in any) (any, error) {
	list, ok := in.([]any)
	if !ok {
		return nil, mismatch(t.Kind, "an array", in)
	}
	out := make([]any, 0, len(list))
	for _, e := range list {
		if e == nil {
			return nil, errNullElement
		}
		v, err := Parse(t.ElemType(), e)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	if t.Kind == Set {
		return Unique(t.Elem, out), nil
	}
	return out, nil
}

// Unique sorts the values and drops repeats: what a set holds.
func Unique(k Kind, vs []any) []any {
	keyed := make([]keyedValue, len(vs))
	for i, v := range vs {
		keyed[i] = keyedValue{appendAscending(nil, k, v), v}
	}
	slices.SortStableFunc(keyed, func(a, b keyedValue) int { return bytes.Compare(a.key, b.key) })
	out := make([]any, 0, len(vs))
	for i, e := range keyed {
		if i == 0 || !bytes.Equal(e.key, keyed[i-1].key) {
			out = append(out, e.value)
		}
	}
	return out
}

// keyedValue is a value with its key, which is made once.
type keyedValue struct {
	key   []byte
	value any
}

func parseEntries(t Type, in any) (any, error) {
	var out []Entry
	add := func(k, v any) error {
		if k == nil || v == nil {
			return errNullElement
		}
		key, err := ParseScalar(t.Key, k)
		if err != nil {
			return err
		}
		val, err := Parse(t.ElemType(), v)
		if err != nil {
			return err
		}
		out = append(out, Entry{key, val})
		return nil
	}
	if err := eachPair(t, in, add); err != nil {
		return nil, err
	}
	return Entries(t.Key, out), nil
}

func eachPair(t Type, in any, add func(k, v any) error) error {
	if o, ok := in.(*jsonv.Object); ok {
		for _, k := range o.Keys {
			if err := add(k, o.Value(k)); err != nil {
				return err
			}
		}
		return nil
	}
	list, ok := in.([]any)
	if !ok || len(list) == 0 {
		return mismatch(t.Kind, "an object or an array of [key, value] that is not empty", in)
	}
	for _, e := range list {
		pair, ok := e.([]any)
		if !ok || len(pair) != 2 {
			return errors.New("a map entry must be an array of key and value")
		}
		if err := add(pair[0], pair[1]); err != nil {
			return err
		}
	}
	return nil
}

// Entries puts entries in the order of their keys; of a repeated key the last
// one counts.
func Entries(k Kind, es []Entry) []Entry {
	keyed := make([]keyedValue, len(es))
	for i, e := range es {
		keyed[i] = keyedValue{appendAscending(nil, k, e.Key), e}
	}
	slices.SortStableFunc(keyed, func(a, b keyedValue) int { return bytes.Compare(a.key, b.key) })
	out := make([]Entry, 0, len(es))
	for i, e := range keyed {
		if i > 0 && bytes.Equal(e.key, keyed[i-1].key) {
			out[len(out)-1] = e.value.(Entry)
			continue
		}
		out = append(out, e.value.(Entry))
	}
	return out
}

func parseVector(t Type, in any) (any, error) {
	v, err := ParseVector(in)
	if err != nil {
		return nil, err
	}
	if len(v) != t.Dimension {
		return nil, fmt.Errorf("the vector's length is not the column's dimension: %d instead of %d", len(v), t.Dimension)
	}
	return v, nil
}

// ParseVector reads a vector of any length.
func ParseVector(in any) ([]float32, error) {
	if b, ok := Wrapped(in, "$binary"); ok {
		s, _ := b.(string)
		raw, err := decodeBase64(s)
		if err != nil || len(raw) == 0 || len(raw)%4 != 0 {
			return nil, errors.New("a binary vector must be base64 of big-endian 32-bit floats")
		}
		return floatsOf(raw), nil
	}
	list, ok := in.([]any)
	if !ok {
		return nil, mismatch(Vector, `an array of numbers or {"$binary": base64}`, in)
	}
	out := make([]float32, len(list))
	for i, e := range list {
		n, ok := e.(json.Number)
		if !ok {
			return nil, errors.New("a vector holds numbers only")
		}
		f, err := strconv.ParseFloat(string(n), 32)
		if err != nil {
			return nil, errors.New("a vector's number is out of the range of float")
		}
		out[i] = float32(f)
	}
	return out, nil
}

func floatsOf(raw []byte) []float32 { return AppendFloats(make([]float32, 0, len(raw)/4), raw) }

// AppendFloats appends the numbers of a stored vector.
func AppendFloats(to []float32, raw []byte) []float32 {
	for ; len(raw) >= 4; raw = raw[4:] {
		to = append(to, math.Float32frombits(binary.BigEndian.Uint32(raw)))
	}
	return to
}
