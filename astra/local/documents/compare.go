package documents

import (
	"encoding/json"
	"math/big"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// Equal tells whether two JSON values are the same: numbers by their value,
// objects whatever the order of their members.
func Equal(a, b any) bool {
	switch x := a.(type) {
	case json.Number:
		y, ok := b.(json.Number)
		return ok && compareNumbers(x, y) == 0
	case *jsonv.Object:
		y, ok := b.(*jsonv.Object)
		if !ok || x.Len() != y.Len() {
			return false
		}
		for _, k := range x.Keys {
			if v, ok := y.Get(k); !ok || !Equal(x.Value(k), v) {
				return false
			}
		}
		return true
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !Equal(x[i], y[i]) {
				return false
			}
		}
		return true
	}
	switch b.(type) {
	case *jsonv.Object, []any:
		return false
	}
	return a == b
}

func compareNumbers(a, b json.Number) int {
	if len(a)+len(b) < 30 && !strings.ContainsAny(string(a)+string(b), ".eE") {
		x, _ := a.Int64()
		y, _ := b.Int64()
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	}
	x, errX := value.ParseDec(string(a))
	y, errY := value.ParseDec(string(b))
	if errX != nil || errY != nil {
		fx, _, _ := big.ParseFloat(string(a), 10, 128, big.ToNearestEven)
		fy, _, _ := big.ParseFloat(string(b), 10, 128, big.ToNearestEven)
		if fx == nil || fy == nil {
			return strings.Compare(string(a), string(b))
		}
		return fx.Cmp(fy)
	}
	return x.Cmp(y)
}

// rank orders values of different types in a sort: missing and null first.
func rank(v any) int {
	switch x := v.(type) {
	case nil:
		return 0
	case json.Number:
		return 1
	case string:
		return 2
	case *jsonv.Object:
		if _, ok := date(x); ok {
			return 6
		}
		return 3
	case []any:
		return 4
	}
	return 5
}

func date(v any) (json.Number, bool) {
	in, ok := value.Wrapped(v, "$date")
	n, isNumber := in.(json.Number)
	return n, ok && isNumber
}

// Order compares two values for a sort.
func Order(a, b any) int {
	if d := rank(a) - rank(b); d != 0 {
		return d
	}
	switch x := a.(type) {
	case json.Number:
		return compareNumbers(x, b.(json.Number))
	case string:
		return strings.Compare(x, b.(string))
	case bool:
		if x == b.(bool) {
			return 0
		} else if x {
			return 1
		}
		return -1
	}
	if x, ok := date(a); ok {
		y, _ := date(b)
		return compareNumbers(x, y)
	}
	return 0
}

// ordered compares values that a range operator takes: of one type, and of a
// type that has an order. False is for the others.
func ordered(a, b any) (int, bool) {
	if rank(a) != rank(b) {
		return 0, false
	}
	switch a.(type) {
	case json.Number, string, bool:
		return Order(a, b), true
	}
	if _, ok := date(a); ok {
		return Order(a, b), true
	}
	for _, k := range []string{"$uuid", "$objectId"} {
		x, okX := value.Wrapped(a, k)
		y, okY := value.Wrapped(b, k)
		if okX && okY {
			return strings.Compare(x.(string), y.(string)), true
		}
	}
	return 0, false
}
