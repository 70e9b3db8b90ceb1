package tables

import (
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/documents"
	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
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
	c       *call
	count   int
	unknown []string
}

// filterField reads the filter of a command.
func (c *call) filterField() (*jsonv.Object, error) {
	in, _ := c.body.Get("filter")
	o, ok := in.(*jsonv.Object)
	if in != nil && !ok {
		return nil, fault.New("FILTER_UNSUPPORTED_DATA_TYPE", "The data type of the filter is not supported: it must be a "+
			"JSON object, not %s.\n\n"+
			"Resend the command with a filter that is an object.", value.JSONKind(in))
	}
	return o, nil
}

// parseFilter reads a filter; an absent one is an empty $and.
func (c *call) parseFilter(o *jsonv.Object) (*node, error) {
	p := &filterParser{c: c}
	if o == nil {
		return &node{op: "$and"}, nil
	}
	if err := p.tally(o, 0); err != nil {
		return nil, err
	}
	n, err := p.object(o, false)
	if err == nil && len(p.unknown) > 0 {
		err = c.bad("FILTER", "UNKNOWN_TABLE_COLUMNS", "The filter uses columns that the table does not have.",
			"The filter used the unknown columns: "+list(p.unknown)+".", "Resend the command with columns of the table only.")
	}
	return n, err
}

// tally counts comparisons before any is read, so that a large filter costs no
// more than its parsing.
func (p *filterParser) tally(o *jsonv.Object, depth int) error {
	for _, k := range o.Keys {
		switch v := o.Value(k).(type) {
		case []any:
			for _, e := range v {
				if inner, ok := e.(*jsonv.Object); ok && (k == "$and" || k == "$or") {
					if err := p.tally(inner, depth+1); err != nil {
						return err
					}
				}
			}
			if k == "$and" || k == "$or" {
				continue
			}
		case *jsonv.Object:
			if k == "$not" {
				if err := p.tally(v, depth+1); err != nil {
					return err
				}
				continue
			}
		}
		if p.count++; p.count > documents.MaxComparisons {
			return fault.New("FILTER_FIELDS_LIMIT_VIOLATION", "The filter has more than %d comparisons, the maximum.\n\n"+
				"Resend the command with a filter of fewer comparisons.", documents.MaxComparisons)
		}
	}
	return nil
}

// badCollectionFilter refuses a filter on a map, set or list.
func badCollectionFilter(format string, args ...any) error {
	return fault.New("INVALID_MAP_SET_LIST_FILTER", "The filter on a map, set or list is not valid: "+format+".\n\n"+
		"The supported operators for them are $in, $nin and $all, each with an array: of values for lists and sets, of [key, value] "+
		"for the entries of maps.\n"+
		"The keys or values of a map are compared by {\"m\": {\"$keys\": {\"$in\": [\"k1\"]}}} or {\"m\": {\"$values\": "+
		"{\"$in\": [\"v1\"]}}}.\n\n"+
		"Resend the command with a valid filter.", args...)
}

func (p *filterParser) object(o *jsonv.Object, negate bool) (*node, error) {
	out := &node{op: documents.Flip("$and", negate)}
	for _, key := range o.Keys {
		kid, err := p.member(key, o.Value(key), negate)
		if err != nil {
			return nil, err
		}
		if kid != nil {
			out.kids = append(out.kids, kid)
		}
	}
	return out, nil
}

func (p *filterParser) member(key string, in any, negate bool) (*node, error) {
	switch v := in.(type) {
	case *jsonv.Object:
		if key == "$not" {
			return p.object(v, !negate)
		}
	case []any:
		if key == "$and" || key == "$or" {
			return p.list(key, v, negate)
		}
		return nil, documents.InvalidFilter("column '%s' cannot be compared with an array", key)
	}
	col, ok := p.c.table.Column(key)
	if !ok {
		if strings.HasPrefix(key, "$") {
			return nil, documents.InvalidFilter("'%s' is neither a column nor a logical operator with an operand of the right type", key)
		}
		p.unknown = append(p.unknown, key)
		o, _ := in.(*jsonv.Object)
		if o != nil {
			_, err := comparesValue(key, o)
			return nil, err
		}
		return nil, nil
	}
	return p.column(col, in, negate)
}

func (p *filterParser) list(op string, list []any, negate bool) (*node, error) {
	out := &node{op: documents.Flip(op, negate)}
	for _, e := range list {
		o, ok := e.(*jsonv.Object)
		if !ok {
			return nil, fault.New("FILTER_UNSUPPORTED_DATA_TYPE", "The data type of an operand of %s is not supported: it must "+
				"be an object, not %s.\n\n"+
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

func (p *filterParser) column(col schema.Column, in any, negate bool) (*node, error) {
	o, isObject := in.(*jsonv.Object)
	if col.Type.Kind.Collection() && isObject {
		return p.collection(col, "", o, negate)
	}
	if err := p.filterable(col); err != nil {
		return nil, err
	}
	if !isObject {
		return p.compare(col, "$eq", in, negate)
	}
	return p.operators(col, o, negate)
}

// filterable refuses columns of types that no operator compares.
func (p *filterParser) filterable(col schema.Column) error {
	k := col.Type.Kind
	if k != value.Vector && k != value.UserDefined && !k.Collection() {
		return nil
	}
	return p.c.bad("FILTER", "UNSUPPORTED_FILTERING_FOR_COLUMN_TYPES", "Only columns of primitive types can be compared so.",
		"The filter used the unsupported columns: "+list(typed(p.c.table, col.Name))+".", "Resend the command with columns of supported types.")
}

// comparesValue reports whether an object that compares a column is a value, such
// as {"$binary":…}, and not operators. It refuses what is neither.
func comparesValue(column string, o *jsonv.Object) (bool, error) {
	if o.Len() == 0 {
		return false, fault.New("FILTER_UNSUPPORTED_DATA_TYPE", "The data type of the filter on column '%s' is not supported: it "+
			"is an empty object.\n\n"+
			"Resend the command with supported data types.", column)
	}
	for _, op := range o.Keys {
		switch {
		case documents.IsOperator(op):
			continue
		case strings.HasPrefix(op, "$") && op != "$binary" && op != "$date" && op != "$uuid" && op != "$objectId":
			return false, fault.New("FILTER_UNSUPPORTED_OPERATOR", "The filter operator '%s' is not supported.\n\nResend the command with "+
				"supported operators only.", op)
		case !documents.IsWrapped(o):
			return false, fault.New("FILTER_UNSUPPORTED_DATA_TYPE", "The data type of the filter on column '%s' is not supported: a column is "+
				"compared with a value, not with an object.\n\n"+
				"Resend the command with supported data types.", column)
		}
		return true, nil
	}
	return false, nil
}

// operators reads an object that compares a column: operators, or a value that
// is written as an object.
func (p *filterParser) operators(col schema.Column, o *jsonv.Object, negate bool) (*node, error) {
	isValue, err := comparesValue(col.Name, o)
	if err != nil {
		return nil, err
	}
	if isValue {
		return p.compare(col, "$eq", o, negate)
	}
	out := &node{op: documents.Flip("$and", negate)}
	for _, op := range o.Keys {
		kid, err := p.compare(col, op, o.Value(op), negate)
		if err != nil {
			return nil, err
		}
		out.kids = append(out.kids, kid)
	}
	return out, nil
}

// collection reads the comparisons of a map, set or list.
func (p *filterParser) collection(col schema.Column, part string, o *jsonv.Object, negate bool) (*node, error) {
	out := &node{op: documents.Flip("$and", negate)}
	for _, op := range o.Keys {
		var kid *node
		var err error
		switch in := o.Value(op); {
		case (op == schema.Keys || op == schema.Values) && col.Type.Kind == value.Map && part == "":
			inner, ok := in.(*jsonv.Object)
			if !ok {
				return nil, badCollectionFilter("the operand of %s on column '%s' must be an object", op, col.Name)
			}
			kid, err = p.collection(col, op, inner, negate)
		case !slices.Contains([]string{"$in", "$nin", "$all"}, op):
			return nil, badCollectionFilter("the operator '%s' on column '%s' is not one of $all, $in and $nin", op, col.Name)
		default:
			kid, err = p.compareCollection(col, part, op, in, negate)
		}
		if err != nil {
			return nil, err
		}
		out.kids = append(out.kids, kid)
	}
	return out, nil
}

func (p *filterParser) compareCollection(col schema.Column, part, op string, in any, negate bool) (*node, error) {
	list, ok := in.([]any)
	if !ok {
		return nil, badCollectionFilter("the operand of %s on column '%s' must be an array", op, col.Name)
	}
	if err := checkMany(op, list); err != nil {
		return nil, err
	}
	if col.Type.Kind == value.Map && part == "" {
		part = schema.Entries
		for _, e := range list {
			if pair, ok := e.([]any); !ok || len(pair) != 2 {
				return nil, badCollectionFilter("the operand of %s on the map column '%s' must be an array of [key, value]", op, col.Name)
			}
		}
	}
	if part == "" {
		part = schema.Values
	}
	n := &node{op: documents.Flip(op, negate), col: col, part: part, index: p.analyzed(col, part)}
	return n, p.operands(n, list)
}

func checkMany(op string, list []any) error {
	switch {
	case op != "$all" && len(list) > documents.MaxIn:
		return documents.InvalidFilter("the operator '%s' must have at most %d values", op, documents.MaxIn)
	case op == "$all" && len(list) == 0:
		return documents.InvalidFilter("the operator '$all' must have at least one value")
	}
	return nil
}
