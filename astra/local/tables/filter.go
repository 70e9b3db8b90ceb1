package tables

import (
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// Limits of one filter.
const (
	maxComparisons = 64
	maxIn          = 100
)

// node is a filter: a comparison, or an operator over others.
type node struct {
	op   string // "$and", "$or" or a comparison operator
	kids []*node
	col  schema.Column
	part string // "", "$keys", "$values" or "$entries" of a collection
	args []any
	// index is one that does not compare texts as they are; terms are what
	// $match looks for.
	index *schema.Index
	terms []string
}

type filterParser struct {
	t     *schema.Table
	count int
}

// parseFilter reads a filter; an absent one is an empty $and.
func parseFilter(t *schema.Table, o *jsonv.Object) (*node, error) {
	p := &filterParser{t: t}
	if o == nil {
		return &node{op: "$and"}, nil
	}
	n, err := p.object(o, false)
	if err == nil && p.count > maxComparisons {
		err = fault.New("FILTER_FIELDS_LIMIT_VIOLATION", "The filter has %d comparisons; the maximum is %d.", p.count, maxComparisons)
	}
	return n, err
}

func (p *filterParser) object(o *jsonv.Object, negate bool) (*node, error) {
	out := &node{op: flip("$and", negate)}
	for _, key := range o.Keys {
		var kid *node
		var err error
		switch key {
		case "$and", "$or":
			kid, err = p.list(key, o.Value(key), negate)
		case "$not":
			inner, ok := o.Value(key).(*jsonv.Object)
			if !ok {
				return nil, fault.New("FILTER_INVALID_EXPRESSION", "The operand of $not must be an object.")
			}
			kid, err = p.object(inner, !negate)
		default:
			kid, err = p.column(key, o.Value(key), negate)
		}
		if err != nil {
			return nil, err
		}
		out.kids = append(out.kids, kid)
	}
	return out, nil
}

func (p *filterParser) list(op string, in any, negate bool) (*node, error) {
	list, ok := in.([]any)
	if !ok {
		return nil, fault.New("FILTER_INVALID_EXPRESSION", "The operand of %s must be an array.", op)
	}
	out := &node{op: flip(op, negate)}
	for _, e := range list {
		o, ok := e.(*jsonv.Object)
		if !ok {
			return nil, fault.New("FILTER_INVALID_EXPRESSION", "The elements of %s must be objects.", op)
		}
		kid, err := p.object(o, negate)
		if err != nil {
			return nil, err
		}
		out.kids = append(out.kids, kid)
	}
	return out, nil
}

// flip gives the opposite operator when negate is set.
func flip(op string, negate bool) string {
	if !negate {
		return op
	}
	pairs := []string{"$and", "$or", "$eq", "$ne", "$gt", "$lte", "$lt", "$gte", "$in", "$nin"}
	for i, p := range pairs {
		if p == op {
			return pairs[i^1]
		}
	}
	return op
}

func (p *filterParser) column(name string, in any, negate bool) (*node, error) {
	if strings.HasPrefix(name, "$") {
		return nil, fault.New("FILTER_UNSUPPORTED_OPERATOR", "The filter operator '%s' is not supported.", name)
	}
	col, ok := p.t.Column(name)
	if !ok {
		return nil, fault.In("FILTER", "UNKNOWN_TABLE_COLUMNS", "The table '%s' has no column '%s'.", p.t.Name, name)
	}
	if col.Type.Kind == value.Vector {
		return nil, fault.New("FILTER_UNSUPPORTED_DATA_TYPE", "Column '%s' is a vector, which cannot be filtered.", name)
	}
	o, isObject := in.(*jsonv.Object)
	if !isObject || plainValue(col, o) {
		return p.compare(col, "", "$eq", in, negate)
	}
	return p.operators(col, "", o, negate)
}

// plainValue tells {"$binary"} and {"$date"} from objects of operators.
func plainValue(col schema.Column, o *jsonv.Object) bool {
	_, bin := value.Wrapped(o, "$binary")
	_, date := value.Wrapped(o, "$date")
	return bin && col.Type.Kind == value.Blob || date && col.Type.Kind == value.Timestamp
}

func (p *filterParser) operators(col schema.Column, part string, o *jsonv.Object, negate bool) (*node, error) {
	if o.Len() == 0 {
		return nil, fault.New("FILTER_UNSUPPORTED_DATA_TYPE", "The filter on column '%s' is an empty object.", col.Name)
	}
	out := &node{op: flip("$and", negate)}
	for _, op := range o.Keys {
		var kid *node
		var err error
		switch {
		case !strings.HasPrefix(op, "$"):
			return nil, fault.New("FILTER_UNSUPPORTED_DATA_TYPE", "The filter on column '%s' compares with an object.", col.Name)
		case (op == "$keys" || op == "$values") && col.Type.Kind == value.Map && part == "":
			inner, ok := o.Value(op).(*jsonv.Object)
			if !ok {
				return nil, fault.New("FILTER_INVALID_EXPRESSION", "The operand of %s must be an object.", op)
			}
			kid, err = p.operators(col, op, inner, negate)
		case op == "$not":
			inner, ok := o.Value(op).(*jsonv.Object)
			if !ok {
				return nil, fault.New("FILTER_INVALID_EXPRESSION", "The operand of $not must be an object.")
			}
			kid, err = p.operators(col, part, inner, !negate)
		default:
			kid, err = p.compare(col, part, op, o.Value(op), negate)
		}
		if err != nil {
			return nil, err
		}
		out.kids = append(out.kids, kid)
	}
	return out, nil
}

func supported(k value.Kind, op string) bool {
	if k.Collection() {
		return contains([]string{"$in", "$nin", "$all"}, op)
	}
	return contains([]string{"$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin"}, op)
}

func (p *filterParser) compare(col schema.Column, part, op string, in any, negate bool) (*node, error) {
	k := col.Type.Kind
	p.count++
	if op == "$match" && part == "" {
		return p.matching(col, in, negate)
	}
	list, isList := in.([]any)
	multi := op == "$in" || op == "$nin" || op == "$all"
	switch {
	case k.Collection() && op == "$eq" && !multi:
		return nil, fault.New("FILTER_INVALID_EXPRESSION", "Column '%s' of type %s is filtered with $in, $nin or $all.", col.Name, k)
	case !supported(k, op):
		return nil, fault.New("FILTER_UNSUPPORTED_OPERATOR", "The operator '%s' is not supported for column '%s' of type %s.", op, col.Name, k)
	case multi != isList:
		return nil, fault.New("FILTER_INVALID_EXPRESSION", "The operand of %s on column '%s' is of the wrong shape: arrays belong to $in, $nin and $all only.", op, col.Name)
	case len(list) > maxIn:
		return nil, fault.New("FILTER_INVALID_EXPRESSION", "The operand of %s on column '%s' has more than %d values.", op, col.Name, maxIn)
	case k == value.Duration && contains([]string{"$gt", "$gte", "$lt", "$lte"}, op):
		return nil, fault.New("UNSUPPORTED_COMPARISON_FILTER_AGAINST_DURATION", "Column '%s' is a duration, which has no order.", col.Name)
	}
	if !multi {
		list = []any{in}
	}
	n := &node{op: flip(op, negate), col: col, part: part, index: p.analyzed(col)}
	if op == "$all" && negate {
		n.op = "$notall"
	}
	for _, e := range list {
		v, err := n.operand(e)
		if err != nil {
			return nil, fault.New("INVALID_FILTER_COLUMN_VALUES", "The filter value for column '%s' does not fit type %s: %v.", col.Name, k, err)
		}
		n.args = append(n.args, v)
	}
	return n, nil
}

func (n *node) operand(in any) (any, error) {
	t := n.col.Type
	var v any
	var err error
	switch {
	case t.Kind == value.Map && n.part == "$keys":
		v, err = value.ParseScalar(t.Key, nonNull(in))
	case t.Kind == value.Map && n.part == "":
		var es any
		if es, err = value.Parse(t, []any{in}); err == nil {
			v = es.([]value.Entry)[0]
		}
	case t.Kind.Collection():
		v, err = value.ParseScalar(t.Elem, nonNull(in))
	default:
		v, err = value.ParseScalar(t.Kind, nonNull(in))
	}
	return n.analyze(v), err
}

// analyzed is the index of a text column that compares texts in a form of its
// own; a key is always compared as it is.
func (p *filterParser) analyzed(col schema.Column) *schema.Index {
	i, ok := p.t.IndexOn(col.Name, schema.Regular)
	if !ok || i.Plain() || p.t.IsKey(col.Name) {
		return nil
	}
	return &i
}

func (n *node) analyze(v any) any {
	text, ok := v.(string)
	if n.index == nil || !ok || !contains([]string{"$eq", "$ne", "$in", "$nin"}, n.op) {
		return v
	}
	return n.index.Analyze(text)
}

// nonNull makes a null a value that no type takes.
func nonNull(in any) any {
	if in == nil {
		return struct{}{}
	}
	return in
}

// match tells whether a row passes. A null never passes a comparison.
func (n *node) match(row rowstore.Row) bool {
	switch n.op {
	case "$and":
		for _, k := range n.kids {
			if !k.match(row) {
				return false
			}
		}
		return true
	case "$or":
		for _, k := range n.kids {
			if k.match(row) {
				return true
			}
		}
		return len(n.kids) == 0
	}
	v := row[n.col.Name]
	if n.col.Type.Kind.Collection() {
		return n.matchCollection(v)
	}
	if v == nil {
		return false
	}
	return n.matchScalar(v)
}

func (n *node) matchScalar(v any) bool {
	k := n.col.Type.Kind
	if n.op == "$match" {
		return n.hasTerms(v.(string))
	}
	v = n.analyze(v)
	switch n.op {
	case "$in", "$nin":
		for _, a := range n.args {
			if value.Compare(k, v, a) == 0 {
				return n.op == "$in"
			}
		}
		return n.op == "$nin"
	}
	c := value.Compare(k, v, n.args[0])
	switch n.op {
	case "$eq":
		return c == 0
	case "$ne":
		return c != 0
	case "$gt":
		return c > 0
	case "$gte":
		return c >= 0
	case "$lt":
		return c < 0
	}
	return c <= 0
}

func (n *node) matchCollection(v any) bool {
	found := 0
	for _, a := range n.args {
		if n.holds(v, a) {
			found++
		}
	}
	switch n.op {
	case "$in":
		return found > 0
	case "$nin":
		return found == 0
	case "$all":
		return found == len(n.args)
	}
	return found < len(n.args)
}

func (n *node) holds(v, a any) bool {
	t := n.col.Type
	if list, ok := v.([]any); ok {
		for _, e := range list {
			if value.Compare(t.Elem, e, a) == 0 {
				return true
			}
		}
	}
	es, _ := v.([]value.Entry)
	for _, e := range es {
		pair, isPair := a.(value.Entry)
		switch {
		case isPair && value.Compare(t.Key, e.Key, pair.Key) == 0 && value.Compare(t.Elem, e.Value, pair.Value) == 0,
			!isPair && n.part == "$keys" && value.Compare(t.Key, e.Key, a) == 0,
			!isPair && n.part == "$values" && value.Compare(t.Elem, e.Value, a) == 0:
			return true
		}
	}
	return false
}

// walk visits every comparison.
func (n *node) walk(visit func(*node)) {
	if n.op != "$and" && n.op != "$or" {
		visit(n)
	}
	for _, k := range n.kids {
		k.walk(visit)
	}
}

// conjuncts lists the comparisons that every matching row passes.
func (n *node) conjuncts() []*node {
	switch {
	case n.op == "$and" || n.op == "$or" && len(n.kids) == 1:
		var out []*node
		for _, k := range n.kids {
			out = append(out, k.conjuncts()...)
		}
		return out
	case n.op == "$or":
		return nil
	}
	return []*node{n}
}
