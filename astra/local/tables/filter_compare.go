package tables

import (
	"github.com/killrvideo/killrvideo-go/astra/local/documents"
	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// compare reads one comparison of a scalar column.
func (p *filterParser) compare(col schema.Column, op string, in any, negate bool) (*node, error) {
	list, isList := in.([]any)
	_, isObject := in.(*jsonv.Object)
	ranged := documents.IsRange(op)
	switch {
	case op == "$match":
		return p.matching(col, in, negate)
	case op == "$exists" || op == "$size" || op == "$all":
		return nil, fault.New("FILTER_UNSUPPORTED_OPERATOR", "The operator '%s' is not supported for column '%s' of type %s.\n\nResend the "+
			"command with supported operators only.",
			op, col.Name, col.Type.Kind)
	case (op == "$in" || op == "$nin") && !isList:
		return nil, documents.InvalidFilter("the operator '%s' must have an array", op)
	case ranged && (in == nil || isList || isObject && !documents.IsWrapped(in)):
		return nil, documents.InvalidFilter("the operator '%s' must have a date, number, text or boolean", op)
	case op != "$in" && op != "$nin" && isList:
		return nil, documents.InvalidFilter("the operator '%s' on column '%s' cannot have an array", op, col.Name)
	case ranged && col.Type.Kind == value.Duration:
		return nil, p.c.bad("FILTER", "UNSUPPORTED_COMPARISON_FILTER_AGAINST_DURATION", "Durations have no order, so $lt, $gt, $lte and "+
			"$gte are not supported.",
			"The filter compared the duration columns: "+col.Name+".", "Resend the command with operators that durations support.")
	}
	n := &node{op: documents.Flip(op, negate), col: col, index: p.analyzed(col, "")}
	if !isList {
		list = []any{in}
	}
	if isList {
		if err := checkMany(op, list); err != nil {
			return nil, err
		}
	}
	return n, p.operands(n, list)
}

func (p *filterParser) operands(n *node, list []any) error {
	for _, e := range list {
		v, err := n.operand(e)
		if err != nil {
			return p.c.bad("FILTER", "INVALID_FILTER_COLUMN_VALUES", "The filter compares a column with a value that does not fit its type.",
				"The command included the column "+n.col.Name+" of type "+string(n.col.Type.Kind)+": "+err.Error()+".",
				"Resend the command with values of the columns' types.")
		}
		n.args = append(n.args, v)
	}
	return nil
}

func (n *node) operand(in any) (any, error) {
	t := n.col.Type
	var v any
	var err error
	switch n.part {
	case schema.Keys:
		v, err = value.ParseScalar(t.Key, nonNull(in))
	case schema.Entries:
		var es any
		if es, err = value.Parse(t, []any{in}); err == nil {
			v = es.([]value.Entry)[0]
		}
	case schema.Values:
		v, err = value.Parse(t.ElemType(), nonNull(in))
	default:
		v, err = value.ParseScalar(t.Kind, nonNull(in))
	}
	if err != nil {
		return nil, err
	}
	return n.analyze(v), nil
}

// analyzed is the index that compares the texts of a column, or of a part of a
// collection, in a form of its own; a key is always compared as it is.
func (p *filterParser) analyzed(col schema.Column, part string) *schema.Index {
	for _, i := range p.c.table.Indexes {
		if i.Column == col.Name && i.Kind == schema.Regular && i.Function == part && !i.Plain() && !p.c.table.IsKey(col.Name) {
			return &i
		}
	}
	return nil
}

func (n *node) analyze(v any) any {
	text, ok := v.(string)
	if n.index == nil || !ok || documents.IsRange(n.op) {
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
