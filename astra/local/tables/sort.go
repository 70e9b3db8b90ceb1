package tables

import (
	"encoding/json"
	"errors"
	"sort"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// maxSorted is how many rows an in-memory sort reads before it gives up.
const maxSorted = 10_000

type sortKey struct {
	name       string
	kind       value.Kind
	descending bool
}

// sortClause is a sort by columns, by nearness to a vector, or by how well a
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

func (c *call) parseSort(o *jsonv.Object) (sortClause, error) {
	var s sortClause
	t := c.table
	if o.Len() == 0 {
		return s, nil
	}
	for _, name := range o.Keys {
		col, ok := t.Column(name)
		if !ok {
			return s, fault.New("CANNOT_SORT_UNKNOWN_COLUMNS", "The table '%s' has no column '%s'.", t.Name, name)
		}
		n, isNumber := o.Value(name).(json.Number)
		switch {
		case !isNumber && o.Len() > 1:
			return s, fault.New("CANNOT_SORT_ON_SPECIAL_WITH_OTHERS", "A vector sort stands alone in the sort clause.")
		case !isNumber:
			return c.vectorSort(col, o.Value(name))
		case n != "1" && n != "-1":
			return s, fault.New("SORT_CLAUSE_VALUE_INVALID", "The sort of column '%s' must be 1 or -1.", name)
		case col.Type.Kind == value.Vector || col.Type.Kind.Collection():
			return s, fault.New("SORT_CLAUSE_VALUE_INVALID", "Column '%s' of type %s has no order.", name, col.Type.Kind)
		}
		s.keys = append(s.keys, sortKey{name, col.Type.Kind, n == "-1"})
	}
	return s, nil
}

func (c *call) vectorSort(col schema.Column, in any) (sortClause, error) {
	text, isText := in.(string)
	switch {
	case isText && (col.Type.Kind == value.Text || col.Type.Kind == value.ASCII):
		return c.lexicalSort(col, text)
	case isText && col.Type.Kind != value.Vector:
		return sortClause{}, fault.New("CANNOT_VECTORIZE_SORT_NON_VECTOR_COLUMN", "Column '%s' of type %s is not a vector.", col.Name, col.Type.Kind)
	case col.Type.Kind != value.Vector:
		return sortClause{}, fault.New("CANNOT_VECTOR_SORT_NON_VECTOR_COLUMNS", "Column '%s' of type %s is not a vector.", col.Name, col.Type.Kind)
	case isText && col.Type.Service == nil:
		return sortClause{}, fault.New("CANNOT_VECTORIZE_SORT_WHEN_MISSING_VECTORIZE_DEFINITION", "Column '%s' has no vectorize definition.", col.Name)
	}
	i, ok := c.table.IndexOn(col.Name, schema.Vector)
	if !ok {
		return sortClause{}, fault.New("CANNOT_VECTOR_SORT_NON_INDEXED_VECTOR_COLUMNS", "Column '%s' has no vector index.", col.Name)
	}
	metric, _ := i.Options["metric"].(string)
	if isText && strings.TrimSpace(text) != "" {
		vector, err := c.embed(col, text)
		return sortClause{column: col.Name, vector: vector, metric: metric}, err
	}
	v, err := value.Parse(col.Type, in)
	if errors.Is(err, value.ErrDimension) {
		return sortClause{}, fault.New("CANNOT_VECTOR_SORT_ON_MISMATCHED_VECTOR_DIMENSIONS", "Column '%s': %v.", col.Name, err)
	}
	if err != nil || v == nil {
		return sortClause{}, fault.New("SORT_CLAUSE_VALUE_INVALID", "The sort of column '%s' must be a vector.", col.Name)
	}
	return sortClause{column: col.Name, vector: v.([]float32), metric: metric}, nil
}

// pushDown tells whether the order is the partition's own, and turns the plan
// around where it is the reverse of it.
func (c *call) pushDown(q *query) (bool, error) {
	t, keys := c.table, q.sort.keys
	prefix := len(keys) <= len(t.Sort)
	clustering := true
	reversed := 0
	for i, k := range keys {
		clustering = clustering && t.IsKey(k.name) && !contains(t.PartitionBy, k.name)
		prefix = prefix && t.Sort[i].Name == k.name
		if prefix && t.Sort[i].Descending != k.descending {
			reversed++
		}
	}
	switch {
	case !clustering:
		c.warn("IN_MEMORY_SORTING_DUE_TO_NON_PARTITION_SORTING", "The sort names columns outside the partition sort.")
	case !prefix:
		c.warn("IN_MEMORY_SORTING_DUE_TO_OUT_OF_ORDER_PARTITION_SORTING", "The sort is not a prefix of the partition sort.")
	case !q.plan.exact:
		c.warn("IN_MEMORY_SORTING_DUE_TO_PARTITION_KEY_NOT_RESTRICTED", "The filter does not fix every partition column.")
	case q.skip > 0:
		c.warn("IN_MEMORY_SORTING_DUE_SKIP_OPTIONS", "The option 'skip' needs an in-memory sort.")
	case reversed != 0 && reversed != len(keys):
		return false, fault.New("INVALID_DATABASE_QUERY", "The sort must be in the order of the partition sort, or all reversed.")
	default:
		q.plan.backwards = reversed > 0
		return true, nil
	}
	return false, nil
}

func (c *call) memoryRows(q *query, page int) ([]any, error) {
	if q.state != nil {
		return nil, fault.New("UNSUPPORTED_PAGINATION_WITH_IN_MEMORY_SORTING", "A sort in memory has one page only.")
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
		return nil, fault.New("OVERLOADED_SORT_ROW_LIMIT", "More than %d rows match; a sort in memory stops there.", maxSorted)
	}
	sort.SliceStable(rows, func(i, j int) bool { return q.sort.less(rows[i], rows[j]) })
	q.sort.inMemory, q.sort.count = true, len(rows)
	limit := page
	if q.limit > 0 {
		limit = min(limit, q.limit)
	}
	docs := []any{}
	for i := q.skip; i < len(rows) && len(docs) < limit; i++ {
		docs = append(docs, c.render(q, rows[i]))
	}
	return docs, nil
}

// less puts nulls first ascending.
func (s sortClause) less(a, b rowstore.Row) bool {
	for _, k := range s.keys {
		n := value.Compare(k.kind, a[k.name], b[k.name])
		if n != 0 {
			return n < 0 != k.descending
		}
	}
	return false
}
