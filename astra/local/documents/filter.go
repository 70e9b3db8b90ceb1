package documents

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// Limits of one filter, of documents or of rows.
const (
	MaxComparisons = 64
	MaxIn          = 100
)

// Filter tells which documents a command is for.
type Filter struct {
	op   string
	kids []*Filter
	path []string
	arg  any
	// matches is for $match, and comes from the collection.
	matches func(text, wanted string) bool
}

// InvalidFilter refuses an expression or a path of a filter.
func InvalidFilter(format string, args ...any) error {
	return fault.New("FILTER_INVALID_EXPRESSION", "The filter clause is not supported: "+format+
		".\n\nResend the command with supported filter expressions and paths only.", args...)
}

// ParseFilter reads a filter; nil stands for none.
func ParseFilter(o *jsonv.Object) (*Filter, error) {
	p := &parser{}
	f, err := p.object(o, false)
	if err != nil {
		return nil, err
	}
	if p.count > MaxComparisons {
		return nil, fault.New("FILTER_FIELDS_LIMIT_VIOLATION", "The filter has %d fields, more than the maximum of %d.\n\n"+
			"Resend the command with a filter of fewer fields.", p.count, MaxComparisons)
	}
	if p.ids > 1 {
		return nil, fault.New("FILTER_MULTIPLE_ID_FILTER", "The filter compares '_id' for equality more than once: use $in instead.\n\nResend "+
			"the command with a supported filter.")
	}
	return f, nil
}

type parser struct{ count, ids int }

// object reads comparisons that must all hold. A $not above them is resolved
// here: operators become their opposites, as the Data API does it, so that a
// range below $not finds no document without the field.
func (p *parser) object(o *jsonv.Object, negate bool) (*Filter, error) {
	out := &Filter{op: Flip("$and", negate)}
	if o == nil {
		return out, nil
	}
	for _, key := range o.Keys {
		kid, err := p.member(key, o.Value(key), negate)
		if err != nil {
			return nil, err
		}
		out.kids = append(out.kids, kid)
	}
	return out, nil
}

// Flip is the opposite of an operator below $not, the operator itself elsewhere.
func Flip(op string, negate bool) string {
	if !negate {
		return op
	}
	pairs := []string{"$and", "$or", "$eq", "$ne", "$gt", "$lte", "$lt", "$gte", "$in", "$nin", "$all", "$notAll", "$size", "$notSize"}
	if at := slices.Index(pairs, op); at >= 0 {
		return pairs[at^1]
	}
	return op
}

func (p *parser) member(key string, in any, negate bool) (*Filter, error) {
	switch v := in.(type) {
	case *jsonv.Object:
		if key == "$not" {
			return p.object(v, !negate)
		}
		return p.comparisons(key, v, negate)
	case []any:
		if key == "$and" || key == "$or" {
			return p.list(key, v, negate)
		}
		return nil, InvalidFilter("cannot filter on '%s' by array type", key)
	}
	path, err := checkPath(key)
	if err != nil {
		return nil, err
	}
	if path[0] == Vector || path[0] == Vectorize {
		return nil, InvalidFilter("cannot filter on '%s' field using operator '$eq': only '$exists' is supported", key)
	}
	return p.compare(path, "$eq", in, negate)
}

func (p *parser) list(op string, list []any, negate bool) (*Filter, error) {
	out := &Filter{op: Flip(op, negate)}
	for _, e := range list {
		o, ok := e.(*jsonv.Object)
		if !ok {
			return nil, fault.New("FILTER_UNSUPPORTED_DATA_TYPE",
				"The data type of an operand of %s is not supported: it must be an object, not %s.\n\n"+
					"Resend the command with supported data types.", op, value.JSONKind(e))
		}
		kid, err := p.object(o, negate)
		if err != nil {
			return nil, err
		}
		out.kids = append(out.kids, kid)
	}
	return out, nil
}

func checkPath(key string) ([]string, error) {
	if key == "" {
		return nil, InvalidFilter("filter expression path cannot be empty String")
	}
	if key[0] == '$' && key != Vector && key != Vectorize && key != Lexical {
		return nil, InvalidFilter("filter expression path ('%s') cannot start with '$'", key)
	}
	path, err := Split(key)
	if err != nil {
		return nil, InvalidFilter("filter expression path ('%s') is not valid: %v", key, err)
	}
	return path, nil
}

// IsOperator reports whether filters have the comparison.
func IsOperator(op string) bool {
	return IsRange(op) || slices.Contains([]string{"$eq", "$ne", "$in", "$nin", "$exists", "$all", "$size", "$match"}, op)
}

// IsRange reports whether the comparison needs values that have an order.
func IsRange(op string) bool { return op == "$gt" || op == "$gte" || op == "$lt" || op == "$lte" }

// IsWrapped tells a value that is written as an object with one $ member.
func IsWrapped(v any) bool {
	for _, k := range []string{"$date", "$uuid", "$objectId", "$binary"} {
		if _, ok := value.Wrapped(v, k); ok {
			return true
		}
	}
	return false
}

func (p *parser) comparisons(key string, o *jsonv.Object, negate bool) (*Filter, error) {
	out := &Filter{op: Flip("$and", negate)}
	if o.Len() == 0 || IsWrapped(o) || !strings.HasPrefix(o.Keys[0], "$") {
		path, err := checkPath(key)
		if op := nestedOperator(o); op != "" && err == nil {
			err = InvalidFilter("invalid use of '%s' operator", op)
		}
		if err != nil {
			return nil, err
		}
		return p.compare(path, "$eq", o, negate)
	}
	for _, op := range o.Keys {
		if !IsOperator(op) {
			return nil, fault.New("FILTER_UNSUPPORTED_OPERATOR", "The filter operator '%s' is not supported.\n\nResend the command with "+
				"supported operators only.", op)
		}
		path, err := checkPath(key)
		if err != nil {
			return nil, err
		}
		kid, err := p.compare(path, op, o.Value(op), negate)
		if err != nil {
			return nil, err
		}
		out.kids = append(out.kids, kid)
	}
	return out, nil
}

// nestedOperator finds an operator within an object that is compared as a value.
func nestedOperator(in any) string {
	o, ok := in.(*jsonv.Object)
	if !ok {
		return ""
	}
	for _, k := range o.Keys {
		if IsOperator(k) {
			return k
		}
		if op := nestedOperator(o.Value(k)); op != "" {
			return op
		}
	}
	return ""
}

func (p *parser) compare(path []string, op string, in any, negate bool) (*Filter, error) {
	p.count++
	if path[0] == ID && len(path) == 1 && op == "$eq" {
		p.ids++
	}
	list, isList := in.([]any)
	switch lexical := path[0] == Lexical; {
	case lexical && op != "$match":
		return nil, InvalidFilter("cannot filter on '%s' field using operator '%s': only '$match' is supported", Lexical, op)
	case !lexical && op == "$match":
		return nil, InvalidFilter("'$match' operator can only be used with the '%s' field, not '%s'", Lexical, strings.Join(path, "."))
	}
	switch op {
	case "$in", "$nin":
		if !isList {
			return nil, InvalidFilter("'%s' operator must have `Array`", op)
		}
		if len(list) > MaxIn {
			return nil, InvalidFilter("'%s' operator must have at most %d values", op, MaxIn)
		}
	case "$all":
		if !isList {
			return nil, InvalidFilter("'$all' operator must have `Array` value")
		}
		if len(list) == 0 {
			return nil, InvalidFilter("'$all' operator must have at least one value")
		}
	case "$exists":
		b, ok := in.(bool)
		if !ok {
			return nil, InvalidFilter("'$exists' operator must have `Boolean`")
		}
		in = b != negate
	case "$size":
		n, ok := in.(json.Number)
		i, err := n.Int64()
		if !ok || err != nil || i < 0 {
			return nil, InvalidFilter("'$size' operator must have integer value >= 0")
		}
	case "$gt", "$gte", "$lt", "$lte":
		if _, ok := ordered(in, in); !ok {
			return nil, InvalidFilter("'%s' operator must have `Date` or `Number` or `String` or `Boolean` value", op)
		}
	case "$match":
		if _, ok := in.(string); !ok {
			return nil, InvalidFilter("'$match' operator must have `String` value, was `%s`", value.JSONKind(in))
		}
		if negate {
			return nil, InvalidFilter("cannot use '$not' to invert '$match' operator")
		}
	}
	return &Filter{op: Flip(op, negate), path: path, arg: in}, nil
}

// Empty reports whether the filter compares nothing.
func (f *Filter) Empty() bool {
	if f.op != "$and" {
		return false
	}
	for _, k := range f.kids {
		if !k.Empty() {
			return false
		}
	}
	return true
}

// IDs are the values that '_id' is limited to; false is for no limit.
func (f *Filter) IDs() ([]any, bool) {
	switch {
	case f.op == "$and":
		for _, k := range f.kids {
			if ids, ok := k.IDs(); ok {
				return ids, true
			}
		}
	case len(f.path) == 1 && f.path[0] == ID && f.op == "$eq":
		return []any{f.arg}, true
	case len(f.path) == 1 && f.path[0] == ID && f.op == "$in":
		return f.arg.([]any), true
	}
	return nil, false
}

// Equalities visits the values that a document must have to match: what an
// upsert begins with.
func (f *Filter) Equalities(visit func(path []string, v any)) {
	if f.op == "$and" {
		for _, k := range f.kids {
			k.Equalities(visit)
		}
	}
	if f.op == "$eq" || f.op == "$match" {
		visit(f.path, f.arg)
	}
}

// Lexical sets the function that compares the terms of two texts, and reports
// whether the filter needs it.
func (f *Filter) Lexical(matches func(text, wanted string) bool) bool {
	needs := f.op == "$match"
	if needs {
		f.matches = matches
	}
	for _, k := range f.kids {
		needs = k.Lexical(matches) || needs
	}
	return needs
}

// MatchedText is a text whose terms every document of the filter has; false if
// none exists.
func (f *Filter) MatchedText() (string, bool) {
	if f.op == "$match" {
		text, ok := f.arg.(string)
		return text, ok
	}
	if f.op == "$and" {
		for _, k := range f.kids {
			if text, ok := k.MatchedText(); ok {
				return text, true
			}
		}
	}
	return "", false
}

// Walk visits the path and the operator of every comparison, and the paths of the
// members of objects that are compared as values.
func (f *Filter) Walk(visit func(path []string, op string)) {
	if f.path != nil {
		visit(f.path, f.op)
		walkMembers(f.path, f.arg, func(path []string) { visit(path, f.op) })
	}
	for _, k := range f.kids {
		k.Walk(visit)
	}
}

func walkMembers(path []string, in any, visit func(path []string)) {
	switch v := in.(type) {
	case []any:
		for _, e := range v {
			walkMembers(path, e, visit)
		}
	case *jsonv.Object:
		for _, k := range v.Keys {
			if k == "" || k[0] == '$' {
				continue
			}
			at := append(slices.Clone(path), k)
			visit(at)
			walkMembers(at, v.Value(k), visit)
		}
	}
}
