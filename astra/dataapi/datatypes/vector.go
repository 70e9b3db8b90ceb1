// Package datatypes holds the values that Go and JSON have no type for. It
// converts them to and from the JSON of the Data API.
package datatypes

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"

	jsonv1 "github.com/go-json-experiment/json/v1"
)

// Vector is the value of a vector column or of $vector. It is sent as
// {"$binary": base64 of big-endian float32}, a third of the size of an array of
// decimals; both forms are read. The zero value is null.
type Vector struct {
	floats []float32
	// encoded is the base64 that NewVector was given.
	encoded []byte
}

// NewVector makes a vector of a []float32, of a string with its base64 or of
// another Vector. It panics for any other type.
func NewVector(v any) Vector {
	switch v := v.(type) {
	case []float32:
		return Vector{floats: v}
	case string:
		return Vector{encoded: []byte(v)}
	case Vector:
		return v
	default:
		panic(fmt.Sprintf("datatypes.NewVector: a vector cannot be made of a %T", v))
	}
}

// IsZero reports whether the vector is null.
func (v Vector) IsZero() bool { return v.floats == nil && v.encoded == nil }

// Dimension is the number of elements.
func (v Vector) Dimension() int {
	if v.encoded == nil {
		return len(v.floats)
	}
	return len(bytes.TrimRight(v.encoded, "=")) * 3 / 16
}

// AsFloatArray returns the elements, decoding base64 if necessary; nil for
// null.
func (v Vector) AsFloatArray() ([]float32, error) {
	if v.encoded == nil {
		return v.floats, nil
	}
	raw := make([]byte, base64.StdEncoding.DecodedLen(len(v.encoded)))
	n, err := base64.StdEncoding.Decode(raw, v.encoded)
	if err != nil {
		return nil, fmt.Errorf("read vector: %w", err)
	}
	return floatsOf(raw[:n])
}

func floatsOf(raw []byte) ([]float32, error) {
	if len(raw)%4 != 0 {
		return nil, fmt.Errorf("read vector: %d bytes are not a whole number of float32", len(raw))
	}
	out := make([]float32, len(raw)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.BigEndian.Uint32(raw[4*i:]))
	}
	return out, nil
}

// AsBase64 returns the base64 of the elements as big-endian float32.
func (v Vector) AsBase64() string { return string(v.appendBase64(nil)) }

func (v Vector) appendBase64(out []byte) []byte {
	if v.encoded != nil {
		return append(out, v.encoded...)
	}
	raw := make([]byte, 0, 4*len(v.floats))
	for _, f := range v.floats {
		raw = binary.BigEndian.AppendUint32(raw, math.Float32bits(f))
	}
	return base64.StdEncoding.AppendEncode(out, raw)
}

// MarshalJSON implements [json.Marshaler] with the binary form.
func (v Vector) MarshalJSON() ([]byte, error) {
	if v.IsZero() {
		return []byte("null"), nil
	}
	return append(v.appendBase64([]byte(`{"$binary":"`)), `"}`...), nil
}

// UnmarshalJSON implements [json.Unmarshaler] for an array of numbers, the
// binary form and null.
func (v *Vector) UnmarshalJSON(data []byte) error {
	if data = bytes.TrimSpace(data); len(data) == 0 || data[0] != '{' {
		*v = Vector{}
		return jsonv1.Unmarshal(data, &v.floats)
	}
	var raw Blob
	if err := raw.UnmarshalJSON(data); err != nil {
		return fmt.Errorf("read vector: %w", err)
	}
	floats, err := floatsOf(raw)
	if err == nil {
		*v = Vector{floats: floats}
	}
	return err
}
