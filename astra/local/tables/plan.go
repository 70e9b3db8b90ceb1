package tables

import (
	"bytes"
	"maps"
	"slices"

	"github.com/killrvideo/killrvideo-go/astra/local/documents"
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// maxSpans bounds the partitions that one filter addresses directly.
const maxSpans = 1000

// plan says where the rows that can match are: key spans in order, or an
// equality on an indexed column.
type plan struct {
	spans     []rowstore.Span
	exact     bool // every partition column is fixed to one value
	backwards bool
	index     *schema.Index
	prefix    []byte
	terms     []string // of a text index, instead of the prefix
}

// fixed returns the values a column may have: $eq or $in.
func fixed(list []*node, column string) []any {
	for _, n := range list {
		if n.col.Name == column && (n.op == "$eq" || n.op == "$in") && n.part == "" && !n.col.Type.Kind.Collection() {
			return n.args
		}
	}
	return nil
}

func makePlan(t *schema.Table, f *node) plan {
	list := f.conjuncts()
	keys := []rowstore.Row{{}}
	for _, name := range t.PartitionBy {
		vs := fixed(list, name)
		if vs == nil || len(keys)*len(vs) > maxSpans {
			return indexPlan(t, list)
		}
		keys = spread(keys, name, vs)
	}
	p := plan{exact: len(keys) == 1}
	for _, key := range keys {
		p.spans = append(p.spans, clusteringSpans(t, list, rowstore.PartitionKey(t, key), 0)...)
	}
	p.spans = ordered(p.spans)
	return p
}

func spread(keys []rowstore.Row, name string, vs []any) []rowstore.Row {
	var out []rowstore.Row
	for _, k := range keys {
		for _, v := range vs {
			next := rowstore.Row{name: v}
			maps.Copy(next, k)
			out = append(out, next)
		}
	}
	return out
}

// ordered sorts the spans and drops repeats of a value listed twice.
func ordered(spans []rowstore.Span) []rowstore.Span {
	slices.SortFunc(spans, func(a, b rowstore.Span) int { return bytes.Compare(a.Lo, b.Lo) })
	return slices.CompactFunc(spans, func(a, b rowstore.Span) bool { return bytes.Equal(a.Lo, b.Lo) })
}

// clusteringSpans narrows a partition by equalities on a prefix of the
// clustering columns and a range on the next.
func clusteringSpans(t *schema.Table, list []*node, prefix []byte, at int) []rowstore.Span {
	if at == len(t.Sort) {
		return []rowstore.Span{{Lo: prefix, Hi: rowstore.After(prefix)}}
	}
	vs := fixed(list, t.Sort[at].Name)
	if vs == nil {
		return []rowstore.Span{rangeSpan(t, list, prefix, at)}
	}
	var out []rowstore.Span
	for _, v := range vs {
		next := rowstore.AppendClustering(append([]byte{}, prefix...), t, at, v)
		out = append(out, clusteringSpans(t, list, next, at+1)...)
	}
	return out
}

// rangeSpan is exact: it has the keys that pass the range and no others.
func rangeSpan(t *schema.Table, list []*node, prefix []byte, at int) rowstore.Span {
	span := rowstore.Span{Lo: prefix, Hi: rowstore.After(prefix)}
	for _, n := range list {
		if n.col.Name != t.Sort[at].Name || !documents.IsRange(n.op) {
			continue
		}
		bound := rowstore.AppendClustering(append([]byte{}, prefix...), t, at, n.args[0])
		upper := (n.op == "$lt" || n.op == "$lte") != t.Sort[at].Descending
		// A bound that is left out as a lower one begins behind it, one that is
		// included as an upper one ends there.
		if included := n.op == "$gte" || n.op == "$lte"; included == upper {
			bound = rowstore.After(bound)
		}
		switch {
		case upper && bound != nil && (span.Hi == nil || bytes.Compare(bound, span.Hi) < 0):
			span.Hi = bound
		case !upper && bound != nil && bytes.Compare(bound, span.Lo) > 0:
			span.Lo = bound
		}
	}
	return span
}

func indexPlan(t *schema.Table, list []*node) plan {
	for _, n := range list {
		i, ok := t.IndexOn(n.col.Name, schema.Regular)
		one := len(n.args) == 1 && (n.op == "$eq" || n.op == "$in" || n.op == "$all")
		kind := n.col.Type.Kind
		if !ok || !one || i.Function != n.part || kind == value.Map {
			continue
		}
		arg := n.args[0]
		if kind.Collection() {
			kind = n.col.Type.Elem
		}
		return plan{index: &i, prefix: value.AppendKey(nil, kind, arg, false)}
	}
	for _, n := range list {
		if n.op == "$match" && len(n.terms) > 0 {
			return plan{index: n.index, terms: n.terms}
		}
	}
	return plan{spans: []rowstore.Span{{}}}
}

// visit is called with a row and reports whether the scan continues.
type visit func(key []byte, row rowstore.Row) (more bool, err error)

// scan visits the plan's rows after a key, in the plan's order. Columns limits
// what is decoded; nil means all.
func (c *call) scan(p plan, after []byte, columns map[string]bool, see visit) error {
	return c.scanStored(p, after, func(key []byte, stored rowstore.Stored) (bool, error) {
		row, err := stored.Row(columns)
		if err != nil {
			return false, err
		}
		return see(key, row)
	})
}

// scanStored is scan without decoding.
func (c *call) scanStored(p plan, after []byte, visit rowstore.VisitStored) error {
	if p.index != nil {
		return c.scanIndex(p, after, visit)
	}
	for i := range p.spans {
		s := p.spans[i]
		if p.backwards {
			s = p.spans[len(p.spans)-1-i]
		}
		if s = resume(s, after, p.backwards); s.Hi != nil && bytes.Compare(s.Lo, s.Hi) >= 0 {
			continue
		}
		if more, err := c.h.Store.Scan(c.ctx, c.table, s, p.backwards, visit); !more || err != nil {
			return err
		}
	}
	return nil
}

func resume(s rowstore.Span, after []byte, backwards bool) rowstore.Span {
	if after == nil {
		return s
	}
	if backwards {
		if s.Hi == nil || bytes.Compare(after, s.Hi) < 0 {
			s.Hi = after
		}
		return s
	}
	if next := append(append([]byte{}, after...), 0); bytes.Compare(next, s.Lo) > 0 {
		s.Lo = next
	}
	return s
}

// indexBatch is how many keys an index gives at a time.
const indexBatch = 200

func (c *call) scanIndex(p plan, after []byte, visit rowstore.VisitStored) (err error) {
	if p.terms != nil {
		if p.prefix, err = c.h.Store.Rarest(c.ctx, *p.index, p.terms); err != nil {
			return err
		}
	}
	for {
		keys, err := c.h.Store.IndexKeys(c.ctx, *p.index, p.prefix, after, indexBatch)
		if err != nil {
			return err
		}
		if more, err := c.visitKeys(keys, visit); !more || err != nil {
			return err
		}
		if len(keys) < indexBatch {
			return nil
		}
		after = keys[len(keys)-1]
	}
}

// visitKeys visits the rows of keys in their order, without those deleted since.
func (c *call) visitKeys(keys [][]byte, visit rowstore.VisitStored) (more bool, err error) {
	for _, key := range keys {
		row, found, err := c.h.Store.Get(c.ctx, c.table, key)
		if err != nil {
			return false, err
		}
		if !found {
			continue
		}
		if more, err := visit(key, row); !more || err != nil {
			return false, err
		}
	}
	return true, nil
}
