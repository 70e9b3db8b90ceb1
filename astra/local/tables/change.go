package tables

import (
	"bytes"

	"github.com/killrvideo/killrvideo-go/astra/local/documents"
	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
)

func (c *call) refuseSort(code string) error {
	o, err := c.sortField()
	if err == nil && o.Len() > 0 {
		err = fault.New(code, "The command '%s' asks for a sort, which tables do not support in it: rows are found by "+
			"their primary key only.\n\n"+
			"Resend the command without the sort clause.", c.name)
	}
	return err
}

// keyFilter reads the filter of a command that changes rows.
func (c *call) keyFilter() (*node, error) {
	o, err := c.filterField()
	if err != nil {
		return nil, err
	}
	return c.parseFilter(o)
}

// keyIssues refuses filters that do not identify what to change. One is for
// commands that change a single row.
func (c *call) keyIssues(f *node, one bool) error {
	comparisons := f.comparisons()
	if len(comparisons) == 0 && one {
		return fault.New("MISSING_FILTER_FOR_UPDATE_DELETE", "The command '%s' needs a filter on the primary key of the table.\n\n"+
			"It must identify one row; deleteMany without a filter removes all rows.\n\nThe table %s defines the primary key: %s.\n\n"+
			"Resend the command with a filter.", c.name, c.full(), c.primaryKey())
	}
	var others, notEqual, missing []string
	seen := map[string]bool{}
	for _, n := range comparisons {
		seen[n.col.Name] = true
		switch {
		case !c.table.IsKey(n.col.Name):
			others = append(others, n.col.Name)
		case n.op != "$eq":
			notEqual = append(notEqual, n.col.Name)
		}
	}
	if len(others) > 0 {
		return fault.New("UNSUPPORTED_NON_PRIMARY_KEY_FILTER_FOR_UPDATE_DELETE", "The command '%s' filters by columns that are not part "+
			"of the primary key.\n\n"+
			"The table %s defines the primary key: %s.\nThe filter uses the other columns: %s.\n\nResend the command with a filter "+
			"on the primary key only.",
			c.name, c.full(), c.primaryKey(), list(typed(c.table, others...)))
	}
	if !one {
		return nil
	}
	for _, k := range c.table.PrimaryKey() {
		if !seen[k] {
			missing = append(missing, k)
		}
	}
	if len(notEqual) > 0 {
		return fault.New("UNSUPPORTED_FILTER_FOR_UPDATE_ONE_DELETE_ONE", "Filters other than $eq can select more than one row, but '%s' "+
			"changes one row only.\n\n"+
			"The filter compares these columns otherwise: %s.\n\nResend the command with $eq filters only.", c.name, list(notEqual))
	}
	if len(missing) > 0 {
		return fault.New("MISSING_FULL_PRIMARY_KEY_FOR_UPDATE_DELETE", "The command '%s' needs a filter on the whole primary key.\n\n"+
			"The table %s defines the primary key: %s.\nThe filter lacks the columns: %s.\n\nResend the command with a filter "+
			"that identifies one row.",
			c.name, c.full(), c.primaryKey(), list(typed(c.table, missing...)))
	}
	return nil
}

// rowKey is the key of the one row that a filter identifies.
func (c *call) rowKey() (rowstore.Row, error) {
	f, err := c.keyFilter()
	if err != nil {
		return nil, err
	}
	if err := c.keyIssues(f, true); err != nil {
		return nil, err
	}
	conjuncts := f.conjuncts()
	if len(conjuncts) < len(f.comparisons()) {
		return nil, c.refused("a change of one row cannot use $or")
	}
	key := rowstore.Row{}
	for _, n := range conjuncts {
		if _, twice := key[n.col.Name]; twice {
			return nil, c.refused("column '%s' is restricted by more than one relation", n.col.Name)
		}
		key[n.col.Name] = n.args[0]
	}
	return key, c.checkKey(key)
}

func (c *call) deleteOne() (*reply, error) {
	if err := c.refuseSort("UNSUPPORTED_SORT_FOR_TABLE_DELETE_COMMAND"); err != nil {
		return nil, err
	}
	key, err := c.rowKey()
	if err != nil {
		return nil, err
	}
	prefix := rowstore.Key(c.table, key)
	return c.deleteSpans([]rowstore.Span{{Lo: prefix, Hi: rowstore.After(prefix)}})
}

// deleteMany takes {} (all rows), or all partition columns and the clustering
// columns without a gap; the last of them may be a range.
func (c *call) deleteMany() (*reply, error) {
	if err := c.refuseSort("UNSUPPORTED_SORT_FOR_TABLE_DELETE_COMMAND"); err != nil {
		return nil, err
	}
	in, given := c.body.Get("filter")
	if !given || in == nil {
		return nil, invalidField("filter", nil, "must not be null")
	}
	f, err := c.keyFilter()
	if err != nil {
		return nil, err
	}
	if len(f.comparisons()) == 0 {
		// Only {} itself empties a table: an empty filter in another form is a
		// mistake that must not.
		if object, plain := in.(*jsonv.Object); !plain || object.Len() > 0 {
			return nil, fault.New("MISSING_FILTER_FOR_UPDATE_DELETE", "The filter compares no column; {} deletes all rows.\n\nResend "+
				"the command with a filter.")
		}
		return c.deleteSpans([]rowstore.Span{{}})
	}
	if err := c.keyIssues(f, false); err != nil {
		return nil, err
	}
	if err := c.primaryKeyInOrder(f); err != nil {
		return nil, err
	}
	if err := c.deletable(f); err != nil {
		return nil, err
	}
	return c.deleteSpans(makePlan(c.table, f).spans)
}

// primaryKeyInOrder refuses a filter that lacks partition columns or skips
// clustering columns.
func (c *call) primaryKeyInOrder(f *node) error {
	missing, gaps := keyGaps(c.table, f)
	if len(missing)+len(gaps) == 0 {
		return nil
	}
	return fault.New("INVALID_PRIMARY_KEY_FILTER", "The command needs a filter on all partition columns and on the partition sort "+
		"columns in their order.\n\n"+
		"Where a partition sort column is left out, all that follow must be left out too.\n\nThe table %s defines the primary key: %s.\n\n"+
		"The filter has these issues:\n  - missing partition columns: %s.\n  - partition sort columns out of order: %s.\n\n"+
		"Resend the command with a filter on all partition columns, and on partition sort columns in their order.",
		c.full(), c.primaryKey(), list(typed(c.table, missing...)), list(typed(c.table, gaps...)))
}

// deletable refuses what the database refuses in a DELETE: partition columns
// take = and IN, clustering columns = and IN, then one range.
func (c *call) deletable(f *node) error {
	conjuncts := f.conjuncts()
	if len(conjuncts) < len(f.comparisons()) {
		return c.refused("a DELETE cannot use OR")
	}
	ops := map[string][]string{}
	for _, n := range conjuncts {
		ops[n.col.Name] = append(ops[n.col.Name], n.op)
		for _, v := range n.args {
			if err := c.checkKeyValue(n.col, v); err != nil {
				return err
			}
		}
	}
	ranged := ""
	for i, name := range c.table.PrimaryKey() {
		for _, op := range ops[name] {
			equal := op == "$eq" || op == "$in"
			switch {
			case equal && len(ops[name]) > 1:
				return c.refused("column '%s' is restricted by more than one relation", name)
			case i < len(c.table.PartitionBy) && !equal, !equal && !documents.IsRange(op):
				return c.refused("a DELETE cannot use %s on column '%s'", op, name)
			case ranged != "" && ranged != name:
				return c.refused("column '%s' cannot be restricted behind the range on column '%s'", name, ranged)
			case !equal:
				ranged = name
			}
		}
	}
	return nil
}

func (c *call) deleteSpans(spans []rowstore.Span) (*reply, error) {
	err := c.h.Store.Write(func(tx *rowstore.Tx) error {
		for _, s := range spans {
			if s.Hi != nil && bytes.Compare(s.Lo, s.Hi) >= 0 {
				continue
			}
			if err := tx.DeleteSpan(c.table, s); err != nil {
				return err
			}
		}
		return nil
	})
	return deleted(-1), err
}

// deleted counts rows or documents; -1 is for a number that is not known.
func deleted(n int) *reply { return &reply{Status: map[string]any{"deletedCount": n}} }
