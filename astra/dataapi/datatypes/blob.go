package datatypes

import (
	"encoding/base64"
	"fmt"

	jsonv1 "github.com/go-json-experiment/json/v1"
)

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
