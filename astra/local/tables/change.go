package tables

import (
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
)

func (c *call) refuseSort(code string) error {
	o, err := c.object("sort")
	if err == nil && o.Len() > 0 {
		err = fault.New(code, "The command '%s' cannot sort.", c.name)
	}
	return err
}

// keyFilter reads a filter that may only fix primary key columns by $eq.
func (c *call) keyFilter(full bool) (rowstore.Row, error) {
	o, err := c.object("filter")
	if err != nil {
		return nil, err
	}
	if o.Len() == 0 && full {
		return nil, fault.New("MISSING_FILTER_FOR_UPDATE_DELETE", "The command '%s' needs a filter on the full primary key.", c.name)
	}
	f, err := parseFilter(c.table, o)
	if err != nil {
		return nil, err
	}
	key := rowstore.Row{}
	var bad error
	f.walk(func(n *node) {
		switch {
		case !c.table.IsKey(n.col.Name):
			bad = fault.New("UNSUPPORTED_NON_PRIMARY_KEY_FILTER_FOR_UPDATE_DELETE", "Column '%s' is not part of the primary key.", n.col.Name)
		case n.op != "$eq" && bad == nil:
			bad = fault.New("UNSUPPORTED_FILTER_FOR_UPDATE_ONE_DELETE_ONE", "Column '%s' must be compared with $eq.", n.col.Name)
		case n.op == "$eq":
			key[n.col.Name] = n.args[0]
		}
	})
	if bad == nil && len(f.conjuncts()) < countComparisons(f) {
		bad = fault.New("UNSUPPORTED_FILTER_FOR_UPDATE_ONE_DELETE_ONE", "The filter must not use $or.")
	}
	if bad != nil {
		return nil, bad
	}
	if full {
		return key, c.checkFullKey(key)
	}
	return key, nil
}

func countComparisons(f *node) int {
	n := 0
	f.walk(func(*node) { n++ })
	return n
}

func (c *call) checkFullKey(key rowstore.Row) error {
	var missing []string
	for _, k := range c.table.PrimaryKey() {
		if _, ok := key[k]; !ok {
			missing = append(missing, k)
		}
	}
	if len(missing) > 0 {
		return fault.New("MISSING_FULL_PRIMARY_KEY_FOR_UPDATE_DELETE", "The filter lacks the primary key columns %s.", strings.Join(missing, ", "))
	}
	return nil
}

func (c *call) deleteOne() (*reply, error) {
	if err := c.refuseSort("UNSUPPORTED_SORT_FOR_TABLE_DELETE_COMMAND"); err != nil {
		return nil, err
	}
	key, err := c.keyFilter(true)
	if err != nil {
		return nil, err
	}
	return c.deletePrefix(rowstore.Key(c.table, key))
}

// deleteMany takes {} (all rows), or all partition columns and a gapless
// prefix of the clustering columns.
func (c *call) deleteMany() (*reply, error) {
	if err := c.refuseSort("UNSUPPORTED_SORT_FOR_TABLE_DELETE_COMMAND"); err != nil {
		return nil, err
	}
	in, given := c.body.Get("filter")
	if !given || in == nil {
		return nil, fault.New("COMMAND_FIELD_VALUE_INVALID", "The field 'filter' must not be null.")
	}
	key, err := c.keyFilter(false)
	if err != nil {
		return nil, err
	}
	if len(key) == 0 {
		// Only {} itself empties a table: an empty filter in another form is a
		// mistake that must not.
		if object, plain := in.(*jsonv.Object); !plain || object.Len() > 0 {
			return nil, fault.New("MISSING_FILTER_FOR_UPDATE_DELETE", "The filter has no column; {} deletes all rows.")
		}
		return c.deletePrefix(nil)
	}
	for _, k := range c.table.PartitionBy {
		if _, ok := key[k]; !ok {
			return nil, fault.New("INVALID_PRIMARY_KEY_FILTER", "The filter lacks the partition column '%s'.", k)
		}
	}
	prefix := rowstore.PartitionKey(c.table, key)
	used := len(c.table.PartitionBy)
	for i, o := range c.table.Sort {
		v, ok := key[o.Name]
		if !ok {
			break
		}
		prefix = rowstore.AppendClustering(prefix, c.table, i, v)
		used++
	}
	if used < len(key) {
		return nil, fault.New("INVALID_PRIMARY_KEY_FILTER", "The filter skips a partition sort column.")
	}
	return c.deletePrefix(prefix)
}

func (c *call) deletePrefix(prefix []byte) (*reply, error) {
	span := rowstore.Span{Lo: prefix}
	if prefix != nil {
		span.Hi = rowstore.After(prefix)
	}
	err := c.h.Store.Write(func(tx *rowstore.Tx) error { return tx.DeleteSpan(c.table, span) })
	return &reply{Status: map[string]any{"deletedCount": -1}}, err
}
