package value

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math"
	"math/big"
	"net/netip"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
)

// Render turns a value into what encoding/json writes as the Data API does.
func Render(t Type, v any) any {
	switch t.Kind {
	case List, Set:
		return renderList(t.ElemType(), v.([]any))
	case Map:
		return renderMap(t, v.([]Entry))
	case Vector:
		return Floats(v.([]float32))
	case UserDefined:
		return renderRecord(t.User, v.(Record))
	}
	return RenderScalar(t.Kind, v)
}

// Empty reports whether reads omit the value: null and collections of nothing.
func Empty(v any) bool {
	switch x := v.(type) {
	case nil:
		return true
	case []any:
		return len(x) == 0
	case []Entry:
		return len(x) == 0
	case Record:
		return !slices.ContainsFunc(x, func(v any) bool { return v != nil })
	}
	return false
}

func renderList(t Type, vs []any) any {
	out := make([]any, len(vs))
	for i, v := range vs {
		out[i] = Render(t, v)
	}
	return out
}

func renderMap(t Type, es []Entry) any {
	if t.Key == Text || t.Key == ASCII {
		o := jsonv.NewObject()
		for _, e := range es {
			o.Set(e.Key.(string), Render(t.ElemType(), e.Value))
		}
		return o
	}
	out := make([]any, len(es))
	for i, e := range es {
		out[i] = []any{RenderScalar(t.Key, e.Key), Render(t.ElemType(), e.Value)}
	}
	return out
}

// RenderScalar is Render for the scalar kinds.
func RenderScalar(k Kind, v any) any {
	switch k {
	case Timestamp:
		return renderTimestamp(v.(int64))
	case Date:
		return renderDate(v.(int64))
	case Time:
		return renderTime(v.(int64))
	case Float, Double:
		return renderFloat(k, v.(float64))
	}
	switch x := v.(type) {
	case uuid.UUID:
		return x.String()
	case *big.Int:
		return json.Number(x.String())
	case Dec:
		return json.Number(x.String())
	case Dur:
		return x.String()
	case netip.Addr:
		return renderInet(x)
	case []byte:
		return map[string]string{"$binary": base64.StdEncoding.EncodeToString(x)}
	}
	return v
}

func renderFloat(k Kind, f float64) any {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	bits := 64
	if k == Float {
		bits = 32
	}
	return json.Number(appendFloat(nil, f, bits))
}

// appendFloat writes a number so that it is read as a fraction: 1.0, not 1.
func appendFloat(dst []byte, f float64, bits int) []byte {
	format := byte('g')
	if a := math.Abs(f); a == 0 || a >= 1e-3 && a < 1e7 {
		format = 'f'
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, format, -1, bits)
	if format == 'f' && bytes.IndexByte(dst[start:], '.') < 0 {
		dst = append(dst, ".0"...)
	}
	return dst
}

// Floats writes a vector with a fraction in every number.
type Floats []float32

// MarshalJSON implements json.Marshaler.
func (v Floats) MarshalJSON() ([]byte, error) {
	out := make([]byte, 0, 12*len(v)+2)
	out = append(out, '[')
	for i, f := range v {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendFloat(out, float64(f), 32)
	}
	return append(out, ']'), nil
}
