package documents

import (
	"encoding/json"
	"slices"

	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
)

// Match reports whether a document passes.
func (f *Filter) Match(doc *jsonv.Object) bool {
	switch f.op {
	case "$and":
		for _, k := range f.kids {
			if !k.Match(doc) {
				return false
			}
		}
		return true
	case "$or":
		for _, k := range f.kids {
			if k.Match(doc) {
				return true
			}
		}
		return len(f.kids) == 0
	}
	v, exists := Get(doc, f.path)
	if f.op == "$match" {
		text, ok := v.(string)
		return ok && f.matches != nil && f.matches(text, f.arg.(string))
	}
	return f.passes(v, exists)
}

func (f *Filter) passes(v any, exists bool) bool {
	arg := f.arg
	if len(f.path) == 1 && f.path[0] == ID {
		v, arg = plain(v), plain(arg)
	}
	list, _ := v.([]any)
	switch f.op {
	case "$exists":
		return exists == arg.(bool)
	case "$eq":
		return exists && has(v, arg)
	case "$ne":
		return !exists || !has(v, arg)
	case "$in":
		return exists && hasAny(v, arg.([]any))
	case "$nin":
		return !exists || !hasAny(v, arg.([]any))
	case "$all", "$notAll":
		lacks := slices.ContainsFunc(arg.([]any), func(a any) bool { return !has(v, a) })
		return (exists && !lacks) == (f.op == "$all")
	case "$size", "$notSize":
		n, _ := arg.(json.Number).Int64()
		_, isList := v.([]any)
		return (isList && int64(len(list)) == n) == (f.op == "$size")
	}
	c, ok := ordered(v, arg)
	switch f.op {
	case "$gt":
		return ok && c > 0
	case "$gte":
		return ok && c >= 0
	case "$lt":
		return ok && c < 0
	}
	return ok && c <= 0
}

// plain is an '_id', or a list of them, as it is stored: a UUID or an ObjectId as
// the text that it wraps.
func plain(v any) any {
	if list, ok := v.([]any); ok {
		out := make([]any, len(list))
		for i, e := range list {
			out[i] = plain(e)
		}
		return out
	}
	if text, ok := identifier(v); ok {
		return text
	}
	return v
}

// has reports whether a value equals another, or is an array that holds it.
func has(v, a any) bool {
	if Equal(v, a) {
		return true
	}
	list, _ := v.([]any)
	return slices.ContainsFunc(list, func(e any) bool { return Equal(e, a) })
}

func hasAny(v any, list []any) bool {
	return slices.ContainsFunc(list, func(a any) bool { return has(v, a) })
}
