// Package datatypes holds the column types that Go and JSON have no type for.
package datatypes

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"

	jsonv1 "github.com/go-json-experiment/json/v1"
)

// Vector is the value of a vector column. On the wire it is sent as
// {"$binary": base64 of big-endian float32}, a third of the size of an array
// of decimals; both forms are read.
type Vector []float32

// MarshalJSON implements [json.Marshaler] with the binary form.
func (v Vector) MarshalJSON() ([]byte, error) {
	if v == nil {
		return []byte("null"), nil
	}
	raw := make([]byte, 0, 4*len(v))
	for _, f := range v {
		raw = binary.BigEndian.AppendUint32(raw, math.Float32bits(f))
	}
	return Blob(raw).MarshalJSON()
}

// UnmarshalJSON implements [json.Unmarshaler] for an array of numbers, the
// binary form and null.
func (v *Vector) UnmarshalJSON(data []byte) error {
	if data = bytes.TrimSpace(data); len(data) == 0 || data[0] != '{' {
		return jsonv1.Unmarshal(data, (*[]float32)(v))
	}
	var raw Blob
	if err := raw.UnmarshalJSON(data); err != nil {
		return fmt.Errorf("read vector: %w", err)
	}
	if len(raw)%4 != 0 {
		return fmt.Errorf("read vector: %d bytes are not a whole number of float32", len(raw))
	}
	out := make(Vector, 0, len(raw)/4)
	for ; len(raw) > 0; raw = raw[4:] {
		out = append(out, math.Float32frombits(binary.BigEndian.Uint32(raw)))
	}
	*v = out
	return nil
}

// Blob is the value of a blob column, {"$binary": base64} on the wire.
type Blob []byte

// MarshalJSON implements [json.Marshaler].
func (b Blob) MarshalJSON() ([]byte, error) {
	if b == nil {
		return []byte("null"), nil
	}
	out := append(make([]byte, 0, 16+base64.StdEncoding.EncodedLen(len(b))), `{"$binary":"`...)
	return append(base64.StdEncoding.AppendEncode(out, b), `"}`...), nil
}

// UnmarshalJSON implements [json.Unmarshaler].
func (b *Blob) UnmarshalJSON(data []byte) error {
	var wire *struct {
		Binary *[]byte `json:"$binary"`
	}
	if err := jsonv1.Unmarshal(data, &wire); err != nil {
		return fmt.Errorf("read binary value: %w", err)
	}
	switch {
	case wire == nil:
		*b = nil
	case wire.Binary == nil:
		return fmt.Errorf("read binary value: no $binary member")
	default:
		*b = *wire.Binary
	}
	return nil
}
