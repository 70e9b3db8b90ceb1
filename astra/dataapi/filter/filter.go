// Package filter builds the filters of commands on tables and collections. It
// only composes values: the Data API judges them.
package filter

import (
	"encoding/json"
	"fmt"
	"reflect"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Filterable is a filter: [F] or [Filter].
type Filterable interface{ isFilter() }

// F is a filter as it appears in JSON: names, or $and and $or, to values or
// operators. An empty F matches everything.
type F map[string]any

func (F) isFilter() {}

// A is a list inside an F, as under $and, $or and $in.
type A []any

// Operator is the name of an operator.
type Operator string

// Operators.
const (
	OpAnd              Operator = "$and"
	OpOr               Operator = "$or"
	OpNot              Operator = "$not"
	OpGreaterThan      Operator = "$gt"
	OpGreaterThanEqual Operator = "$gte"
	OpLessThan         Operator = "$lt"
	OpLessThanEqual    Operator = "$lte"
	OpEqual            Operator = "$eq"
	OpNotEqual         Operator = "$ne"
	OpIn               Operator = "$in"
	OpNotIn            Operator = "$nin"
	OpExists           Operator = "$exists"
	OpAll              Operator = "$all"
	OpKeys             Operator = "$keys"
	OpValues           Operator = "$values"
	OpSize             Operator = "$size"
	OpLexical          Operator = "$lexical"
	OpMatch            Operator = "$match"
)

// Filter is a filter made by the functions of this package. Its zero value is
// null in JSON, which matches everything.
type Filter struct {
	op       Operator
	field    string
	value    any
	children any
}

func (Filter) isFilter() {}

// MarshalJSON implements [json.Marshaler].
func (f Filter) MarshalJSON() ([]byte, error) {
	object, err := f.object()
	if err != nil {
		return nil, err
	}
	return json.Marshal(object)
}

// MarshalJSONTo writes the values as the command's kind of address needs them.
func (f Filter) MarshalJSONTo(e *jsontext.Encoder) error {
	object, err := f.object()
	if err != nil {
		return err
	}
	return jsonv2.MarshalEncode(e, object)
}

func (f Filter) object() (any, error) {
	switch {
	case f.children != nil:
		return map[Operator]any{f.op: f.children}, nil
	case f.op == "":
		return nil, nil
	case f.op == OpEqual:
		return map[string]any{f.field: f.value}, nil
	case f.op == OpKeys || f.op == OpValues:
		inner, ok := f.value.(Filter)
		if !ok || inner.op != OpIn && inner.op != OpAll && inner.op != OpNotIn {
			return nil, fmt.Errorf("filter %s of column %s must be one of In, All and Nin", f.op, f.field)
		}
		return map[string]any{f.field: map[Operator]any{f.op: map[Operator]any{inner.op: inner.value}}}, nil
	default:
		return map[string]any{f.field: map[Operator]any{f.op: f.value}}, nil
	}
}

// Eq matches what has the value v in the field. Primary keys of updateOne and
// deleteOne of a table accept only this operator.
func Eq(field string, v any) Filter { return Filter{op: OpEqual, field: field, value: v} }

// Ne matches what differs from v.
func Ne(field string, v any) Filter { return Filter{op: OpNotEqual, field: field, value: v} }

// Gt matches what is greater than v.
func Gt(field string, v any) Filter { return Filter{op: OpGreaterThan, field: field, value: v} }

// Gte matches what is at least v.
func Gte(field string, v any) Filter { return Filter{op: OpGreaterThanEqual, field: field, value: v} }

// Lt matches what is less than v.
func Lt(field string, v any) Filter { return Filter{op: OpLessThan, field: field, value: v} }

// Lte matches what is at most v.
func Lte(field string, v any) Filter { return Filter{op: OpLessThanEqual, field: field, value: v} }

// In matches what is one of the values, at most 100. A single slice stands for
// its elements. A list or set column matches if it holds any of them.
func In(field string, values ...any) Filter {
	return Filter{op: OpIn, field: field, value: spread(values)}
}

// Nin matches what differs from all of the values.
func Nin(field string, values ...any) Filter {
	return Filter{op: OpNotIn, field: field, value: spread(values)}
}

// All matches a list or set that holds all of the values.
func All(field string, values ...any) Filter {
	return Filter{op: OpAll, field: field, value: spread(values)}
}

// And matches what every filter matches.
func And(filters ...Filterable) Filter { return Filter{op: OpAnd, children: listed(filters)} }

// Or matches what at least one filter matches.
func Or(filters ...Filterable) Filter { return Filter{op: OpOr, children: listed(filters)} }

// listed is an empty list, not null, for no filters.
func listed(filters []Filterable) []Filterable { return append([]Filterable{}, filters...) }

// TableFilter is the namespace of the filters that only tables know.
type TableFilter struct{}

// Table gives the filters that only tables know.
var Table TableFilter

// Keys applies In, All or Nin to the keys of a map column.
func (TableFilter) Keys(f Filter) Filter { return Filter{op: OpKeys, field: f.field, value: f} }

// Values applies In, All or Nin to the values of a map column.
func (TableFilter) Values(f Filter) Filter { return Filter{op: OpValues, field: f.field, value: f} }

// LexicalMatch matches rows whose text column, which needs a text index,
// contains the words.
func (TableFilter) LexicalMatch(column, words string) Filter {
	return Filter{op: OpMatch, field: column, value: words}
}

// CollFilter is the namespace of the filters that only collections know.
type CollFilter struct{}

// Coll gives the filters that only collections know.
var Coll CollFilter

// Exists matches documents that have the field, also if it is null; false
// matches those that do not.
func (CollFilter) Exists(field string, exists bool) Filter {
	return Filter{op: OpExists, field: field, value: exists}
}

// Size matches arrays of that length.
func (CollFilter) Size(field string, length int) Filter {
	return Filter{op: OpSize, field: field, value: length}
}

// Not matches what the filter does not match.
func (CollFilter) Not(f Filterable) Filter { return Filter{op: OpNot, children: f} }

// LexicalMatch matches documents whose $lexical text contains the words.
func (CollFilter) LexicalMatch(words string) Filter {
	return Filter{op: OpMatch, field: string(OpLexical), value: words}
}

// spread turns In(field, ids) into In(field, ids...) for a slice of any type; a
// slice of bytes stays one blob.
func spread(values []any) A {
	if len(values) != 1 {
		return append(A{}, values...)
	}
	v := reflect.ValueOf(values[0])
	if v.Kind() != reflect.Slice || v.Type().Elem().Kind() == reflect.Uint8 {
		return A{values[0]}
	}
	out := make(A, v.Len())
	for i := range out {
		out[i] = v.Index(i).Interface()
	}
	return out
}
