package tables

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/documents"
	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// maxSorted is how many rows an in-memory sort reads at most.
const maxSorted = 10_000

type sortKey struct {
	name       string
	kind       value.Kind
	descending bool
}

// sortClause is a sort by columns, by similarity to a vector, or by how well a
// text has terms.
type sortClause struct {
	keys     []sortKey
	column   string
	lexical  *schema.Index
	terms    []string
	vector   []float32
	metric   string
	inMemory bool
	count    int
}

// sortField reads the sort clause of a command.
func (c *call) sortField() (*jsonv.Object, error) {
	in, _ := c.body.Get("sort")
	o, ok := in.(*jsonv.Object)
	if in != nil && !ok {
		return nil, documents.InvalidSort("it must be a JSON object, not %s", value.JSONKind(in))
	}
	return o, nil
}

// regularSort advises on a sort by a column's order.
const regularSort = "\n\nA sort by a column's order is 1 for ascending or -1 for descending."

// vectorSortHelp advises on a sort by similarity.
const vectorSortHelp = "\n\nA sort by a vector column has an array of numbers, {\"$binary\": base64}, or a text where the column " +
	"has a vectorize definition."

func (c *call) parseSort(o *jsonv.Object) (sortClause, error) {
	var s sortClause
	if o.Len() == 0 {
		return s, nil
	}
	var unknown, special, plain []string
	for _, name := range o.Keys {
		col, ok := c.table.Column(name)
		_, isText := o.Value(name).(string)
		switch {
		case !ok:
			unknown = append(unknown, name)
		case col.Type.Kind == value.Vector, isText && textual(col.Type.Kind):
			special = append(special, name)
		default:
			plain = append(plain, name)
		}
	}
	switch {
	case len(unknown) > 0:
		return s, c.bad("SORT", "CANNOT_SORT_UNKNOWN_COLUMNS", "The sort uses columns that the table does not have.",
			"The command sorted by the unknown columns: "+list(unknown)+".", "Resend the command with columns of the table only.")
	case len(special) > 0 && o.Len() > 1:
		return s, fault.New("CANNOT_SORT_ON_SPECIAL_WITH_OTHERS", "A sort by a vector or a text stands alone.\n\n"+
			"The command sorted so by the columns: %s.\nThe command sorted by the order of the columns: %s.\n\nResend the command with one of "+
			"them only.", list(special), list(plain))
	case len(special) > 0:
		col, _ := c.table.Column(special[0])
		if col.Type.Kind == value.Vector {
			return c.vectorSort(col, o.Value(special[0]))
		}
		return c.lexicalSort(col, o.Value(special[0]).(string))
	}
	for _, name := range o.Keys {
		key, err := c.sortKey(name, o.Value(name))
		if err != nil {
			return s, err
		}
		s.keys = append(s.keys, key)
	}
	return s, nil
}

func textual(k value.Kind) bool { return k == value.Text || k == value.ASCII }

// sortKey reads one column of a sort by order.
func (c *call) sortKey(name string, in any) (sortKey, error) {
	col, _ := c.table.Column(name)
	switch v := in.(type) {
	case json.Number:
		if v == "1" || v == "-1" {
			return sortKey{name, col.Type.Kind, v == "-1"}, nil
		}
	case []any:
		return sortKey{}, fault.New("CANNOT_VECTOR_SORT_NON_VECTOR_COLUMNS", "The sort compares a vector with a column that holds none.%s\n\n"+
			"The table %s defines the vector columns: %s.\nThe command sorted by the other columns: %s.\n\nResend the command "+
			"with vector columns only.",
			vectorSortHelp, c.full(), c.vectors(false), name)
	case string:
		return sortKey{}, fault.New("CANNOT_VECTORIZE_SORT_NON_VECTOR_COLUMN", "The sort compares a text's vector with a "+
			"column that holds none.%s\n\n"+
			"The table %s defines the vector columns: %s.\nThe command sorted by the other columns: %s.\n\nResend the command with vector columns "+
			"that have a vectorize definition.",
			vectorSortHelp, c.full(), c.vectors(false), name)
	}
	return sortKey{}, fault.New("INVALID_REGULAR_SORT_EXPRESSION", "The sort uses the JSON value %s (%s), which is not "+
		"supported for column '%s'.%s\n\n"+
		"Resend the command with valid sort expressions only.", jsonText(in), value.JSONKind(in), name, regularSort)
}

// sortVector reads the vector of a sort; text is what is to be vectorized.
func (c *call) sortVector(col schema.Column, in any) (vector []float32, text string, err error) {
	switch v := in.(type) {
	case string:
		return nil, v, nil
	case []any, *jsonv.Object:
		vector, err = value.ParseVector(v)
		if err != nil {
			err = fault.New("SORT_CLAUSE_VALUE_INVALID", "The value of the sort by '%s' is not valid: %v.\n\nResend the command with a "+
				"valid value.", col.Name, err)
		}
		return vector, "", err
	}
	return nil, "", fault.New("INVALID_VECTOR_SORT_EXPRESSION", "The sort by a vector uses a JSON type that is not supported: %s.%s\n\n"+
		"Resend the command with a valid sort by a vector.", value.JSONKind(in), vectorSortHelp)
}

func (c *call) vectorSort(col schema.Column, in any) (sortClause, error) {
	vector, text, err := c.sortVector(col, in)
	if err != nil {
		return sortClause{}, err
	}
	if err := c.vectorSortOptions(col); err != nil {
		return sortClause{}, err
	}
	i, ok := c.table.IndexOn(col.Name, schema.Vector)
	if !ok {
		return sortClause{}, fault.New("CANNOT_VECTOR_SORT_NON_INDEXED_VECTOR_COLUMNS",
			"The sort uses a vector column without a vector index.%s\n\n"+
				"The table %s defines the vector columns: %s.\nIt has indexes on the vector columns: %s.\nThe command sorted by the "+
				"vector columns: %s.\n\n"+
				"Resend the command with vector columns that have an index.", vectorSortHelp, c.full(), c.vectors(false),
			c.indexed(schema.Vector), col.Name)
	}
	metric := i.Metric()
	if vector == nil {
		if col.Type.Service == nil {
			return sortClause{}, fault.New("CANNOT_VECTORIZE_SORT_WHEN_MISSING_VECTORIZE_DEFINITION", "A sort by a text needs a vector column "+
				"with a vectorize definition.\n\n"+
				"The definition is given when the table is created, or by alterTable.\n\nThe table %s defines the vector columns with it: %s.\n"+
				"The command used the vector columns without it: %s.\n\nResend the command with vector columns that have the definition.", c.full(),
				c.vectors(true), col.Name)
		}
		if strings.TrimSpace(text) == "" {
			return sortClause{}, fault.New("SORT_CLAUSE_VALUE_INVALID", "The value of the sort by '%s' is not valid: a text to be vectorized must "+
				"not be blank.\n\nResend the command with a valid value.", col.Name)
		}
		vector, err = c.embed(col, text)
		return sortClause{column: col.Name, vector: vector, metric: metric}, err
	}
	if len(vector) != col.Type.Dimension {
		return sortClause{}, fault.New("CANNOT_VECTOR_SORT_ON_MISMATCHED_VECTOR_DIMENSIONS",
			"The vector of the sort has another dimension than the column.\n"+
				"The column '%s' has the dimension %d, the vector %d.%s\n\nThe table %s defines the vector columns: %s.\n\n"+
				"Resend the command with a vector of the column's dimension.", col.Name, col.Type.Dimension, len(vector), vectorSortHelp,
			c.full(), c.vectors(false))
	}
	return sortClause{column: col.Name, vector: vector, metric: metric}, c.checkDirection(metric, vector)
}

// vectorSortOptions refuses options that a sort by a vector does not take.
func (c *call) vectorSortOptions(col schema.Column) error {
	limit, _, err := c.options().number("limit", 1)
	if err != nil {
		return err
	}
	if limit > maxVectorLimit {
		return fault.New("CANNOT_VECTOR_SORT_WITH_LIMIT_EXCEEDS_MAX", "The limit is more than a sort by a vector allows.\n\n"+
			"The maximum is %d rows.\n"+
			"The command sorted by the vector column %s with the limit %d.\n\nResend the command with a limit of at most %d.", maxVectorLimit,
			col.Name, limit, maxVectorLimit)
	}
	if _, given, err := c.options().number("skip", 0); err != nil || given {
		if err == nil {
			err = fault.New("CANNOT_VECTOR_SORT_WITH_SKIP_OPTION", "A sort by a vector cannot skip rows.%s\n\nResend the command without the "+
				"option skip.", vectorSortHelp)
		}
		return err
	}
	return nil
}

// pushDown reports whether the order is the partition's own, and turns the plan
// around where it is the reverse of it.
func (c *call) pushDown(q *query) (bool, error) {
	t, keys := c.table, q.sort.keys
	prefix := len(keys) <= len(t.Sort)
	clustering := true
	reversed := 0
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.name
		clustering = clustering && t.IsKey(k.name) && !slices.Contains(t.PartitionBy, k.name)
		prefix = prefix && t.Sort[i].Name == k.name
		if prefix && t.Sort[i].Descending != k.descending {
			reversed++
		}
	}
	has := "The table " + c.full() + " has the partition sort columns: " + c.partitionSort() + ".\n"
	const cost = "\n\nThe rows were sorted in memory, not read in the order of the partition sort. That may be slow on large tables; see " +
		"the documentation on sorting."
	switch {
	case q.skip > 0:
		c.warn("IN_MEMORY_SORTING_DUE_SKIP_OPTIONS", "The sort has the option skip, so the rows were sorted in memory.")
	case !clustering:
		c.warn("IN_MEMORY_SORTING_DUE_TO_NON_PARTITION_SORTING", "The sort uses columns that are not part of the partition sort.\n\n%sThe "+
			"command sorted by the columns: %s.%s", has, list(names), cost)
	case !prefix:
		c.warn("IN_MEMORY_SORTING_DUE_TO_OUT_OF_ORDER_PARTITION_SORTING", "The sort uses the partition sort columns in another order than the "+
			"table.\n\n%sThe command sorted by the columns (in order): %s.%s", has, inOrder(names), cost)
	case !q.plan.exact:
		c.warn("IN_MEMORY_SORTING_DUE_TO_PARTITION_KEY_NOT_RESTRICTED", "The sort uses partition sort columns, but the filter does not "+
			"restrict every partition column by $eq.\n\n"+
			"The table %s has the partition columns: %s.\n%sThe command sorted by the columns (in order): %s.%s", c.full(),
			inOrder(c.table.PartitionBy), has, inOrder(names), cost)
	case reversed != 0 && reversed != len(keys):
		return false, c.refused("the sort must have the directions of the partition sort, or all of them reversed")
	default:
		q.plan.backwards = reversed > 0
		return true, nil
	}
	return false, nil
}

func (c *call) memoryRows(q *query, size int) ([]any, error) {
	if q.state != nil && q.state != "" {
		return nil, fault.New("UNSUPPORTED_PAGINATION_WITH_IN_MEMORY_SORTING", "Rows that are sorted in memory come in one page only.\n\n"+
			"The table %s has the partition sort columns: %s.\nThe command sorted by others, or otherwise.\n\nResend the command without a page "+
			"state.", c.full(), c.partitionSort())
	}
	var rows []rowstore.Row
	err := c.scan(q.plan, nil, q.needed, func(_ []byte, row rowstore.Row) (bool, error) {
		if q.filter.match(row) {
			rows = append(rows, row)
		}
		return len(rows) <= maxSorted, nil
	})
	if err != nil {
		return nil, err
	}
	if len(rows) > maxSorted {
		return nil, fault.New("OVERLOADED_SORT_ROW_LIMIT", "The command sorts in memory, which has a limit of %d rows.\n\n"+
			"The warnings of the answer tell how the sort could be faster.\n\nResend the command with a filter that selects fewer rows.", maxSorted)
	}
	slices.SortStableFunc(rows, q.sort.compare)
	q.sort.inMemory, q.sort.count = true, len(rows)
	docs := []any{}
	rows = rows[min(q.skip, len(rows)):]
	for _, row := range rows[:min(size, cmp.Or(q.limit, size), len(rows))] {
		docs = append(docs, c.render(q, row))
	}
	return docs, nil
}

// compare sorts nulls first in ascending order.
func (s sortClause) compare(a, b rowstore.Row) int {
	for _, k := range s.keys {
		n := value.Compare(k.kind, a[k.name], b[k.name])
		if k.descending {
			n = -n
		}
		if n != 0 {
			return n
		}
	}
	return 0
}
