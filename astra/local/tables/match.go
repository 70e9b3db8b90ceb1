package tables

import (
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// match reports whether a row matches. A null matches no comparison.
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
			if value.Compare(t.Elem, n.analyze(e), a) == 0 {
				return true
			}
		}
	}
	es, _ := v.([]value.Entry)
	for _, e := range es {
		switch n.part {
		case schema.Keys:
			if value.Compare(t.Key, n.analyze(e.Key), a) == 0 {
				return true
			}
		case schema.Values:
			if value.Compare(t.Elem, n.analyze(e.Value), a) == 0 {
				return true
			}
		default:
			pair := a.(value.Entry)
			if value.Compare(t.Key, e.Key, pair.Key) == 0 && value.Compare(t.Elem, e.Value, pair.Value) == 0 {
				return true
			}
		}
	}
	return false
}

// comparisons lists them all, in their order.
func (n *node) comparisons() []*node {
	if n.op != "$and" && n.op != "$or" {
		return []*node{n}
	}
	var out []*node
	for _, k := range n.kids {
		out = append(out, k.comparisons()...)
	}
	return out
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
