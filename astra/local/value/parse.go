package value

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
)

// Entry is one pair of a map column.
type Entry struct{ Key, Value any }

// Parse turns decoded JSON (see package jsonv) into a value of the type.
// In memory the integer kinds, timestamp (epoch milliseconds), date (epoch
// days) and time (nanoseconds) are int64; varint is *big.Int; decimal is
// Dec; float and double are float64; blob is []byte; vector is []float32;
// list and set are []any; map is []Entry; a user-defined type is Record. A nil
// input is nil.
func Parse(t Type, in any) (any, error) {
	if in == nil {
		return nil, nil
	}
	switch t.Kind {
	case List, Set:
		return parseElements(t, in)
	case Map:
		return parseEntries(t, in)
	case Vector:
		return parseVector(t, in)
	case UserDefined:
		return parseRecord(t, in)
	}
	return ParseScalar(t.Kind, in)
}

// ParseScalar is Parse for the scalar kinds.
func ParseScalar(k Kind, in any) (any, error) {
	switch k {
	case TinyInt:
		return parseInt(in, 8)
	case SmallInt:
		return parseInt(in, 16)
	case Int:
		return parseInt(in, 32)
	case BigInt:
		return parseInt(in, 64)
	case VarInt, Decimal:
		return parseBig(k, in)
	case Float, Double:
		return parseFloat(k, in)
	case Boolean:
		if b, ok := in.(bool); ok {
			return b, nil
		}
		return nil, mismatch(k, "true or false", in)
	case Blob:
		return parseBlob(in)
	case Timestamp:
		return parseTimestamp(in)
	}
	s, ok := in.(string)
	if !ok {
		return nil, mismatch(k, "a string", in)
	}
	return parseString(k, s)
}

func parseString(k Kind, s string) (any, error) {
	switch k {
	case Text:
		return s, nil
	case ASCII:
		return parseASCII(s)
	case UUID:
		return uuidOf(s)
	case Date:
		return parseDate(s)
	case Time:
		return parseTime(s)
	case Duration:
		return ParseDuration(s)
	case Inet:
		return parseInet(s)
	}
	return nil, fmt.Errorf("type %s is not supported", k)
}

func mismatch(k Kind, want string, in any) error {
	return fmt.Errorf("a value of type %s must be %s, not %s", k, want, JSONKind(in))
}

// JSONKind names the JSON type of a decoded value, for messages.
func JSONKind(in any) string {
	switch in.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case string:
		return "a string"
	case json.Number:
		return "a number"
	case []any:
		return "an array"
	}
	return "an object"
}

func parseASCII(s string) (any, error) {
	for i := range len(s) {
		if s[i] > 127 {
			return nil, errors.New("a value of type ascii holds 7-bit characters only")
		}
	}
	return s, nil
}

func parseInt(in any, bits int) (any, error) {
	n, ok := in.(json.Number)
	if !ok {
		return nil, fmt.Errorf("a whole number was expected, not %s", JSONKind(in))
	}
	d, err := ParseDec(string(n))
	if err != nil {
		return nil, err
	}
	i, ok := d.Int()
	if !ok || !i.IsInt64() {
		return nil, fmt.Errorf("a whole number of at most %d bits was expected", bits)
	}
	v := i.Int64()
	if bits < 64 && (v >= 1<<(bits-1) || v < -(1<<(bits-1))) {
		return nil, fmt.Errorf("a whole number of at most %d bits was expected", bits)
	}
	return v, nil
}

func parseBig(k Kind, in any) (any, error) {
	n, ok := in.(json.Number)
	if !ok {
		return nil, mismatch(k, "a number", in)
	}
	d, err := ParseDec(string(n))
	if err != nil {
		return nil, err
	}
	if Fractional(string(n)) {
		d = d.Strip()
	}
	if k == Decimal {
		return d, nil
	}
	i, ok := d.Int()
	if !ok {
		return nil, errors.New("a value of type varint must be a whole number")
	}
	return i, nil
}

func parseFloat(k Kind, in any) (any, error) {
	if s, ok := in.(string); ok {
		return specialFloat(k, s)
	}
	n, ok := in.(json.Number)
	if !ok {
		return nil, mismatch(k, "a number", in)
	}
	bits := 64
	if k == Float {
		bits = 32
	}
	// A number that is too large becomes infinite, as it does in Java.
	f, err := strconv.ParseFloat(string(n), bits)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return nil, mismatch(k, "a number", in)
	}
	// Java's integers and decimals have no negative zero; what is rounded to
	// zero keeps its sign.
	if f == 0 {
		mantissa, _, _ := strings.Cut(strings.ToLower(string(n)), "e")
		if !strings.ContainsAny(mantissa, "123456789") {
			return 0.0, nil
		}
	}
	return f, nil
}

func specialFloat(k Kind, s string) (any, error) {
	switch s {
	case "NaN":
		return math.NaN(), nil
	case "Infinity":
		return math.Inf(1), nil
	case "-Infinity":
		return math.Inf(-1), nil
	}
	return nil, mismatch(k, `a number, "NaN", "Infinity" or "-Infinity"`, s)
}

// Wrapped returns the member of a one-member object such as {"$binary": v}.
func Wrapped(in any, key string) (any, bool) {
	o, ok := in.(*jsonv.Object)
	if !ok || o.Len() != 1 {
		return nil, false
	}
	return o.Get(key)
}

func parseBlob(in any) (any, error) {
	v, ok := Wrapped(in, "$binary")
	s, isString := v.(string)
	if !ok || !isString {
		return nil, mismatch(Blob, `{"$binary": base64}`, in)
	}
	b, err := decodeBase64(s)
	if err != nil {
		return nil, errors.New("$binary must be standard base64")
	}
	return b, nil
}

func decodeBase64(s string) ([]byte, error) {
	return base64.StdEncoding.WithPadding(base64.NoPadding).DecodeString(strings.TrimRight(s, "="))
}

func bigInt(s string) (*big.Int, bool) { return new(big.Int).SetString(s, 10) }
