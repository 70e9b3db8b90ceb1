package documents

import (
	"cmp"
	"encoding/json"
	"math/big"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// Equal reports whether two JSON values are the same: numbers by their value,
// objects with their members in the same order.
func Equal(a, b any) bool {
	return equal(a, b, func(x, y json.Number) bool { return compareNumbers(x, y) == 0 })
}

// Identical reports whether writing b over a changes nothing. It is stricter
// than Equal: an integer is no decimal number, so 100.0 over 100 is a change.
func Identical(a, b any) bool {
	return equal(a, b, func(x, y json.Number) bool {
		return value.Fractional(string(x)) == value.Fractional(string(y)) && compareNumbers(x, y) == 0
	})
}

func equal(a, b any, numbers func(x, y json.Number) bool) bool {
	switch x := a.(type) {
	case json.Number:
		y, ok := b.(json.Number)
		return ok && numbers(x, y)
	case *jsonv.Object:
		y, ok := b.(*jsonv.Object)
		if !ok || x.Len() != y.Len() {
			return false
		}
		for i, k := range x.Keys {
			if y.Keys[i] != k || !equal(x.Value(k), y.Value(k), numbers) {
				return false
			}
		}
		return true
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, func(v, w any) bool { return equal(v, w, numbers) })
	}
	switch b.(type) {
	case *jsonv.Object, []any:
		return false
	}
	return a == b
}

func compareNumbers(a, b json.Number) int {
	if len(a)+len(b) < 30 && !value.Fractional(string(a)) && !value.Fractional(string(b)) {
		x, _ := a.Int64()
		y, _ := b.Int64()
		return cmp.Compare(x, y)
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

// Number is a number as a collection keeps it: one with a fraction or an
// exponent loses the zeros at its end, so that 1.0 is 1 and 100.0 is 1E+2. A
// number with an extreme exponent stays as it is.
func Number(n json.Number) json.Number {
	if !value.Fractional(string(n)) {
		return n
	}
	d, err := value.ParseDec(string(n))
	if err != nil {
		return n
	}
	return json.Number(d.Strip().String())
}

// Normal is the value of a field as a collection keeps it: see [Number]. A
// vector keeps its form.
func Normal(field string, v any) any { return eachNumber(field, v, Number) }

// distinct is [Number], but a whole number that is written with a fraction stays
// different from an integer, as it is for an update that compares them.
func distinct(n json.Number) json.Number {
	if kept := Number(n); value.Fractional(string(kept)) {
		return kept
	}
	return n
}

func eachNumber(field string, v any, change func(json.Number) json.Number) any {
	switch x := v.(type) {
	case json.Number:
		return change(x)
	case []any:
		if field == Vector {
			return x
		}
		for i, e := range x {
			x[i] = eachNumber("", e, change)
		}
	case *jsonv.Object:
		for _, k := range x.Keys {
			x.Set(k, eachNumber(k, x.Value(k), change))
		}
	}
	return v
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
		if _, ok := identifier(x); ok {
			return 2
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

// identifier is the text of a $uuid or $objectId, which is stored as one.
func identifier(v any) (string, bool) {
	for _, k := range []string{"$uuid", "$objectId"} {
		if in, ok := value.Wrapped(v, k); ok {
			text, isText := in.(string)
			return text, isText
		}
	}
	text, ok := v.(string)
	return text, ok
}

// Order compares two values for a sort, $min and $max.
func Order(a, b any) int {
	if d := rank(a) - rank(b); d != 0 {
		return d
	}
	if x, ok := identifier(a); ok {
		y, _ := identifier(b)
		return strings.Compare(x, y)
	}
	if x, ok := date(a); ok {
		y, _ := date(b)
		return compareNumbers(x, y)
	}
	switch x := a.(type) {
	case json.Number:
		return compareNumbers(x, b.(json.Number))
	case bool:
		if x == b.(bool) {
			return 0
		} else if x {
			return 1
		}
		return -1
	case []any:
		return slices.CompareFunc(x, b.([]any), Order)
	case *jsonv.Object:
		y := b.(*jsonv.Object)
		for i, k := range x.Keys[:min(x.Len(), y.Len())] {
			if d := cmp.Or(strings.Compare(k, y.Keys[i]), Order(x.Value(k), y.Value(y.Keys[i]))); d != 0 {
				return d
			}
		}
		return x.Len() - y.Len()
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
	case json.Number, bool:
		return Order(a, b), true
	}
	_, isDate := date(a)
	_, isText := identifier(a)
	return Order(a, b), isDate || isText
}
