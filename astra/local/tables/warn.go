package tables

import (
	"sort"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// warnFilter adds the warnings that a read's filter earns.
func (c *call) warnFilter(q *query) {
	if countComparisons(q.filter) == 0 {
		if q.sort.vector == nil {
			c.warn("ZERO_FILTER_OPERATIONS", "The filter is empty, so every row is read.")
		}
		return
	}
	onlyKeys := true
	q.filter.walk(func(n *node) { onlyKeys = onlyKeys && c.table.IsKey(n.col.Name) })
	if onlyKeys {
		c.warnKeyFilter(q)
		return
	}
	c.warnMissingIndex(q)
	c.warnIndexUse(q)
}

func (c *call) warnMissingIndex(q *query) {
	missing := map[string]bool{}
	q.filter.walk(func(n *node) {
		if _, ok := c.table.IndexOn(n.col.Name, schema.Regular, schema.Text); !ok {
			missing[n.col.Name] = true
		}
	})
	if len(missing) > 0 {
		c.warn("MISSING_INDEX", "The filtered columns %s have no index.", strings.Join(sortedSet(missing), ", "))
	}
}

func sortedSet(set map[string]bool) []string {
	var out []string
	for k := range set {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func (c *call) warnKeyFilter(q *query) {
	filtered := map[string]bool{}
	q.filter.walk(func(n *node) { filtered[n.col.Name] = true })
	gap := false
	for _, name := range c.table.PartitionBy {
		gap = gap || !filtered[name]
	}
	skipped := false
	for _, o := range c.table.Sort {
		gap = gap || skipped && filtered[o.Name]
		skipped = skipped || !filtered[o.Name]
	}
	if gap {
		c.warn("INCOMPLETE_PRIMARY_KEY_FILTER", "The filter lacks a partition column or skips a partition sort column.")
	}
}

// warnIndexUse tells of operators that an index of the column does not serve.
func (c *call) warnIndexUse(q *query) {
	seen := map[string]bool{}
	once := func(code, format string, n *node) {
		if !seen[code] {
			seen[code] = true
			c.warn(code, format, n.col.Name)
		}
	}
	q.filter.walk(func(n *node) {
		if _, ok := c.table.IndexOn(n.col.Name, schema.Regular); !ok {
			return
		}
		k := n.col.Type.Kind
		switch n.op {
		case "$ne":
			if k == value.Text || k == value.ASCII || k == value.Boolean || k == value.Duration || k == value.Blob || k == value.UUID {
				once("NOT_EQUALS_UNSUPPORTED_BY_INDEXING", "The index of column '%s' does not serve $ne.", n)
			}
		case "$gt", "$gte", "$lt", "$lte":
			if textual(k) {
				once("COMPARISON_FILTER_UNSUPPORTED_BY_INDEXING", "The index of column '%s' does not serve ranges.", n)
			}
		case "$nin":
			if textual(k) {
				once("NOT_IN_FILTER_UNSUPPORTED_BY_INDEXING", "The index of column '%s' does not serve $nin.", n)
			}
		}
	})
}

func textual(k value.Kind) bool {
	return k == value.Text || k == value.ASCII || k == value.Boolean || k == value.UUID
}
