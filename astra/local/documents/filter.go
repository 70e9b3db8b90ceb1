package documents

import (
	"encoding/json"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// Limits of one filter.
const (
	maxComparisons = 64
	maxIn          = 100
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

func invalid(format string, args ...any) error {
	return fault.New("FILTER_INVALID_EXPRESSION", "The filter clause is not supported: "+format+
		".\n\nResend the command with supported filter expressions and paths only.", args...)
}

// ParseFilter reads a filter; nil stands for none.
func ParseFilter(o *jsonv.Object) (*Filter, error) {
	p := &parser{}
	f, err := p.object(o)
	if err != nil {
		return nil, err
	}
	if p.count > maxComparisons {
		return nil, fault.New("FILTER_FIELDS_LIMIT_VIOLATION", "The filter has %d fields, more than the maximum of %d.\n\n"+
			"Resend the command with a filter of fewer fields.", p.count, maxComparisons)
	}
	if p.ids > 1 {
		return nil, fault.New("FILTER_MULTIPLE_ID_FILTER", "The filter compares '_id' for equality more than once: use $in instead.\n\nResend the command with a supported filter.")
	}
	return f, nil
}

type parser struct{ count, ids int }

func (p *parser) object(o *jsonv.Object) (*Filter, error) {
	out := &Filter{op: "$and"}
	if o == nil {
		return out, nil
	}
	for _, key := range o.Keys {
		kid, err := p.member(key, o.Value(key))
		if err != nil {
			return nil, err
		}
		out.kids = append(out.kids, kid)
	}
	return out, nil
}

func (p *parser) member(key string, in any) (*Filter, error) {
	switch v := in.(type) {
	case *jsonv.Object:
		if key == "$not" {
			inner, err := p.object(v)
			if err == nil && inner.Lexical(nil) {
				return nil, invalid("cannot use '$not' to invert '$match' operator")
			}
			return &Filter{op: "$not", kids: []*Filter{inner}}, err
		}
		return p.comparisons(key, v)
	case []any:
		if key == "$and" || key == "$or" {
			return p.list(key, v)
		}
		return nil, invalid("cannot filter on '%s' by array type", key)
	}
	path, err := checkPath(key)
	if err != nil {
		return nil, err
	}
	if path[0] == Vector || path[0] == Vectorize {
		return nil, invalid("cannot filter on '%s' field using operator '$eq': only '$exists' is supported", key)
	}
	return p.compare(path, "$eq", in)
}

func (p *parser) list(op string, list []any) (*Filter, error) {
	out := &Filter{op: op}
	for _, e := range list {
		o, ok := e.(*jsonv.Object)
		if !ok {
			return nil, fault.New("FILTER_UNSUPPORTED_DATA_TYPE", "The data type of an operand of %s is not supported: it must be an object, not %s.\n\n"+
				"Resend the command with supported data types.", op, value.JSONKind(e))
		}
		kid, err := p.object(o)
		if err != nil {
			return nil, err
		}
		out.kids = append(out.kids, kid)
	}
	return out, nil
}

func checkPath(key string) ([]string, error) {
	if key == "" {
		return nil, invalid("filter expression path cannot be empty String")
	}
	if key[0] == '$' && key != Vector && key != Vectorize && key != Lexical {
		return nil, invalid("filter expression path ('%s') cannot start with '$'", key)
	}
	path, err := Split(key)
	if err != nil {
		return nil, invalid("filter expression path ('%s') is not valid: %v", key, err)
	}
	return path, nil
}

func known(op string) bool {
	return strings.Contains(" $eq $ne $gt $gte $lt $lte $in $nin $exists $all $size $match ", " "+op+" ")
}

// IsWrapped tells a value that is written as an object with one $ member.
func IsWrapped(v any) bool {
	for _, k := range []string{"$date", "$uuid", "$objectId", "$binary"} {
		if _, ok := value.Wrapped(v, k); ok {
			return true
		}
	}
	return false
}

func (p *parser) comparisons(key string, o *jsonv.Object) (*Filter, error) {
	out := &Filter{op: "$and"}
	if o.Len() == 0 || IsWrapped(o) || !strings.HasPrefix(o.Keys[0], "$") {
		path, err := checkPath(key)
		if err != nil {
			return nil, err
		}
		return p.compare(path, "$eq", o)
	}
	for _, op := range o.Keys {
		if !known(op) {
			return nil, fault.New("FILTER_UNSUPPORTED_OPERATOR", "The filter operator '%s' is not supported.\n\nResend the command with supported operators only.", op)
		}
		path, err := checkPath(key)
		if err != nil {
			return nil, err
		}
		kid, err := p.compare(path, op, o.Value(op))
		if err != nil {
			return nil, err
		}
		out.kids = append(out.kids, kid)
	}
	return out, nil
}

func (p *parser) compare(path []string, op string, in any) (*Filter, error) {
	p.count++
	if path[0] == ID && len(path) == 1 && op == "$eq" {
		p.ids++
	}
	list, isList := in.([]any)
	switch lexical := path[0] == Lexical; {
	case lexical && op != "$match":
		return nil, invalid("cannot filter on '%s' field using operator '%s': only '$match' is supported", Lexical, op)
	case !lexical && op == "$match":
		return nil, invalid("'$match' operator can only be used with the '%s' field, not '%s'", Lexical, strings.Join(path, "."))
	}
	switch op {
	case "$in", "$nin":
		if !isList {
			return nil, invalid("'%s' operator must have `Array`", op)
		}
		if len(list) > maxIn {
			return nil, invalid("'%s' operator must have at most %d values", op, maxIn)
		}
	case "$all":
		if !isList {
			return nil, invalid("'$all' operator must have `Array` value")
		}
		if len(list) == 0 {
			return nil, invalid("'$all' operator must have at least one value")
		}
	case "$exists":
		if _, ok := in.(bool); !ok {
			return nil, invalid("'$exists' operator must have `Boolean`")
		}
	case "$size":
		n, ok := in.(json.Number)
		i, err := n.Int64()
		if !ok || err != nil || i < 0 {
			return nil, invalid("'$size' operator must have integer value >= 0")
		}
	case "$gt", "$gte", "$lt", "$lte":
		if _, ok := ordered(in, in); !ok {
			return nil, invalid("'%s' operator must have `Date` or `Number` or `String` or `Boolean` value", op)
		}
	case "$match":
		if _, ok := in.(string); !ok {
			return nil, invalid("'$match' operator must have `String` value, was `%s`", value.JSONKind(in))
		}
	}
	return &Filter{op: op, path: path, arg: in}, nil
}

// Match tells whether a document passes.
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
	case "$not":
		return !f.kids[0].Match(doc)
	}
	v, exists := Get(doc, f.path)
	if f.op == "$match" {
		text, ok := v.(string)
		return ok && f.matches != nil && f.matches(text, f.arg.(string))
	}
	return f.passes(v, exists)
}

func (f *Filter) passes(v any, exists bool) bool {
	list, _ := v.([]any)
	switch f.op {
	case "$exists":
		return exists == f.arg.(bool)
	case "$eq":
		return exists && has(v, f.arg)
	case "$ne":
		return !exists || !has(v, f.arg)
	case "$in":
		return exists && hasAny(v, f.arg.([]any))
	case "$nin":
		return !exists || !hasAny(v, f.arg.([]any))
	case "$all":
		for _, a := range f.arg.([]any) {
			if !has(v, a) {
				return false
			}
		}
		return exists
	case "$size":
		n, _ := f.arg.(json.Number).Int64()
		_, isList := v.([]any)
		return isList && int64(len(list)) == n
	}
	c, ok := ordered(v, f.arg)
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

// has tells whether a value equals another, or is an array that holds it.
func has(v, a any) bool {
	if Equal(v, a) {
		return true
	}
	list, _ := v.([]any)
	for _, e := range list {
		if Equal(e, a) {
			return true
		}
	}
	return false
}

func hasAny(v any, list []any) bool {
	for _, a := range list {
		if has(v, a) {
			return true
		}
	}
	return false
}

// Empty tells whether the filter compares nothing.
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

// Lexical gives the filter what tells whether a text has all terms of another,
// and says whether it needs that.
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

// Walk visits the path and the operator of every comparison.
func (f *Filter) Walk(visit func(path []string, op string)) {
	if f.path != nil {
		visit(f.path, f.op)
	}
	for _, k := range f.kids {
		k.Walk(visit)
	}
}
