package tables

import (
	"slices"

	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// cost ends the warnings of filters that read more rows than they return.
const cost = "\n\nThe command ran without the primary key or an index, which may be slow on large tables; see the " +
	"documentation on filtering."

// warnFilter adds the warnings that a read's filter earns, in Astra's order.
func (c *call) warnFilter(q *query) {
	comparisons := q.filter.comparisons()
	if len(comparisons) == 0 {
		if q.sort.vector == nil {
			c.warn("ZERO_FILTER_OPERATIONS", "The filter is empty, so the command reads all rows of the table.\n\n"+
				"Filters on the primary key or on indexed columns are the fastest.\n\nThe table %s has the primary key: %s.\nIt has "+
				"indexes on the columns: %s.%s",
				c.full(), c.primaryKey(), c.indexed(schema.Regular, schema.Vector, schema.Text), cost)
		}
		return
	}
	onlyKeys := !slices.ContainsFunc(comparisons, func(n *node) bool { return !c.table.IsKey(n.col.Name) })
	if !onlyKeys {
		c.warnMissingIndex(comparisons)
	}
	c.warnIndexUse(comparisons)
	if onlyKeys {
		c.warnKeyFilter(q)
	}
}

func (c *call) warnMissingIndex(comparisons []*node) {
	missing := map[bool][]string{}
	for _, n := range comparisons {
		part := n.col.Type.Kind.Collection()
		if !c.served(n) && !slices.Contains(missing[part], n.col.Name) {
			missing[part] = append(missing[part], n.col.Name)
		}
	}
	for _, part := range []bool{false, true} {
		if len(missing[part]) > 0 {
			c.warn("MISSING_INDEX", "The filter uses columns that have no index for it.\n\nThe table %s has the primary key: %s.\nIt has "+
				"indexes on the columns: %s.\n"+
				"The command filtered the columns without one: %s.\n\nA new index takes a moment to spread; the warning means nothing for a column "+
				"that was indexed just now.%s",
				c.full(), c.primaryKey(), c.indexed(schema.Regular, schema.Text), list(typed(c.table, missing[part]...)), cost)
		}
	}
}

// served reports whether an index of the column can answer the comparison.
func (c *call) served(n *node) bool {
	return slices.ContainsFunc(c.table.Indexes, func(i schema.Index) bool {
		return i.Column == n.col.Name && i.Kind != schema.Vector && (i.Function == n.part || !n.col.Type.Kind.Collection())
	})
}

// keyGaps lists the partition columns that a filter lacks, and the clustering
// columns that it has behind one that it lacks.
func keyGaps(t *schema.Table, f *node) (missing, gaps []string) {
	filtered := map[string]bool{}
	for _, n := range f.comparisons() {
		filtered[n.col.Name] = true
	}
	for _, name := range t.PartitionBy {
		if !filtered[name] {
			missing = append(missing, name)
		}
	}
	skipped := false
	for _, o := range t.Sort {
		if skipped && filtered[o.Name] {
			gaps = append(gaps, o.Name)
		}
		skipped = skipped || !filtered[o.Name]
	}
	return missing, gaps
}

func (c *call) warnKeyFilter(q *query) {
	missing, gaps := keyGaps(c.table, q.filter)
	if len(missing)+len(gaps) > 0 {
		c.warn("INCOMPLETE_PRIMARY_KEY_FILTER", "The filter uses columns of the primary key only, but not the whole of it.\n\nThe table %s "+
			"defines the primary key: %s.\n"+
			"The filter has these issues:\n  - missing partition columns: %s.\n  - partition sort columns out of order: %s.\n\n"+
			"Filter on all partition columns, and on partition sort columns in their order.%s",
			c.full(), c.primaryKey(), list(typed(c.table, missing...)), list(typed(c.table, gaps...)), cost)
	}
}

// slowOnIndex are comparisons that an index does not make fast.
var slowOnIndex = []struct {
	code, what string
	ops        []string
	kinds      []value.Kind
}{
	{"NOT_EQUALS_UNSUPPORTED_BY_INDEXING", "$ne", []string{"$ne"},
		[]value.Kind{value.ASCII, value.Blob, value.Boolean, value.Duration, value.Text, value.UUID}},
	{"COMPARISON_FILTER_UNSUPPORTED_BY_INDEXING", "$lt, $gt, $lte, $gte", []string{"$lt", "$gt", "$lte", "$gte"},
		[]value.Kind{value.ASCII, value.Boolean, value.Text, value.UUID}},
	{"NOT_IN_FILTER_UNSUPPORTED_BY_INDEXING", "$nin", []string{"$nin"},
		[]value.Kind{value.ASCII, value.Boolean, value.Text, value.UUID}},
}

// warnIndexUse warns of operators that the index of a column does not serve.
func (c *call) warnIndexUse(comparisons []*node) {
	for _, slow := range slowOnIndex {
		var used, kinds, all []string
		for _, n := range comparisons {
			_, indexed := c.table.IndexOn(n.col.Name, schema.Regular)
			if indexed && slices.Contains(slow.ops, n.op) && slices.Contains(slow.kinds, n.col.Type.Kind) && !slices.Contains(used, n.col.Name) {
				used = append(used, n.col.Name)
			}
		}
		if len(used) == 0 {
			continue
		}
		for _, k := range slow.kinds {
			kinds = append(kinds, string(k))
		}
		for _, col := range c.table.Columns {
			if slices.Contains(slow.kinds, col.Type.Kind) {
				all = append(all, col.Name)
			}
		}
		c.warn(slow.code, "The filter uses %s on columns where it is slow, although they have an index.\n\nThat is so for the types: %s.\n\n"+
			"The table %s has columns of these types: %s.\nThe command used %s on the columns: %s.%s",
			slow.what, list(kinds), c.full(), list(typed(c.table, all...)), slow.what, list(typed(c.table, used...)), cost)
	}
}
