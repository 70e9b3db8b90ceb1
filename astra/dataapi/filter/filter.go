// Package filter builds the filters of Data API commands on tables. It only
// composes values; what a column accepts is for the service to say.
package filter

import "reflect"

// F is a filter as it appears in JSON: columns, or $and and $or, to values or
// operators. An empty F matches every row.
type F map[string]any

// A is a list inside a filter, as under $and, $or and $in.
type A []any

// Eq matches rows whose column equals v. Primary keys of updateOne and
// deleteOne accept only this operator.
func Eq(column string, v any) F { return F{column: v} }

// Ne matches rows whose column differs from v.
func Ne(column string, v any) F { return operator(column, "$ne", v) }

// Gt matches rows whose column is greater than v.
func Gt(column string, v any) F { return operator(column, "$gt", v) }

// Gte matches rows whose column is at least v.
func Gte(column string, v any) F { return operator(column, "$gte", v) }

// Lt matches rows whose column is less than v.
func Lt(column string, v any) F { return operator(column, "$lt", v) }

// Lte matches rows whose column is at most v.
func Lte(column string, v any) F { return operator(column, "$lte", v) }

// In matches rows whose column is one of the values, at most 100. A single
// slice stands for its elements. On a list or set column it matches rows that
// hold any of them.
func In(column string, values ...any) F { return operator(column, "$in", spread(values)) }

// Nin matches rows whose column is none of the values.
func Nin(column string, values ...any) F { return operator(column, "$nin", spread(values)) }

// All matches rows whose list or set column holds all of the values.
func All(column string, values ...any) F { return operator(column, "$all", spread(values)) }

// And matches rows that every filter matches.
func And(filters ...F) F { return F{"$and": list(filters)} }

// Or matches rows that at least one filter matches.
func Or(filters ...F) F { return F{"$or": list(filters)} }

func operator(column, op string, v any) F { return F{column: F{op: v}} }

func list(filters []F) A {
	out := make(A, len(filters))
	for i, f := range filters {
		out[i] = f
	}
	return out
}

// spread turns In(column, ids) into In(column, ids...), whatever ids' element
// type; a slice of bytes stays one blob.
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
