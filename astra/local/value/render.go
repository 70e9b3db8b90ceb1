package value

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"net/netip"
	"strconv"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
)

// Render turns a value into what encoding/json writes as the Data API does.
func Render(t Type, v any) any {
	switch t.Kind {
	case List, Set:
		return renderList(t.Elem, v.([]any))
	case Map:
		return renderMap(t, v.([]Entry))
	case Vector:
		return v
	}
	return RenderScalar(t.Kind, v)
}

// Empty tells whether reads omit the value: null and collections of nothing.
func Empty(v any) bool {
	switch x := v.(type) {
	case nil:
		return true
	case []any:
		return len(x) == 0
	case []Entry:
		return len(x) == 0
	}
	return false
}

func renderList(k Kind, vs []any) any {
	out := make([]any, len(vs))
	for i, v := range vs {
		out[i] = RenderScalar(k, v)
	}
	return out
}

func renderMap(t Type, es []Entry) any {
	if t.Key == Text || t.Key == ASCII {
		o := jsonv.NewObject()
		for _, e := range es {
			o.Set(e.Key.(string), RenderScalar(t.Elem, e.Value))
		}
		return o
	}
	out := make([]any, len(es))
	for i, e := range es {
		out[i] = []any{RenderScalar(t.Key, e.Key), RenderScalar(t.Elem, e.Value)}
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
		return x.String()
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
	s := strconv.FormatFloat(f, 'g', -1, bits)
	if f == math.Trunc(f) && math.Abs(f) < 1e6 {
		s = fmt.Sprintf("%.1f", f)
	}
	return json.Number(s)
}
