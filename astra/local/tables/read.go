package tables

import (
	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// query is a find or findOne, read and checked.
type query struct {
	filter     *node
	plan       plan
	projection []string
	sort       sortClause
	limit      int // total over all pages; 0 is no limit
	skip       int
	state      any // as it was given
	similarity bool
	sortVector bool
	needed     map[string]bool
}

func (c *call) parseQuery() (*query, error) {
	q := &query{}
	in, err := c.filterField()
	if err != nil {
		return nil, err
	}
	if q.filter, err = c.parseFilter(in); err != nil {
		return nil, err
	}
	if q.projection, err = c.parseProjection(); err != nil {
		return nil, err
	}
	order, err := c.sortField()
	if err != nil {
		return nil, err
	}
	if q.sort, err = c.parseSort(order); err != nil {
		return nil, err
	}
	if err := c.readOptions(q); err != nil {
		return nil, err
	}
	q.plan = makePlan(c.table, q.filter)
	q.needed = q.columns()
	return q, nil
}

func (c *call) readOptions(q *query) error {
	o := c.options()
	limit, _, err := o.number("limit", 1)
	if err != nil {
		return err
	}
	skip, given, err := o.number("skip", 0)
	if err != nil {
		return err
	}
	q.limit, q.skip = int(limit), int(skip)
	if q.similarity, err = o.boolean("includeSimilarity"); err != nil {
		return err
	}
	if q.sortVector, err = o.boolean("includeSortVector"); err != nil {
		return err
	}
	if q.sort.lexical != nil && given {
		return fault.New("CANNOT_LEXICAL_SORT_WITH_SKIP_OPTION", "A sort by a text cannot skip rows.\n\nResend the command "+
			"without the option skip.")
	}
	if given && len(q.sort.keys) == 0 && q.sort.vector == nil {
		return invalidField("skip", q.skip, "skip options should be used with sort clause")
	}
	q.state, _ = o.Get("pageState")
	return nil
}

// columns lists what the rows must hold to be filtered, sorted and shown.
func (q *query) columns() map[string]bool {
	out := map[string]bool{}
	for _, name := range q.projection {
		out[name] = true
	}
	for _, n := range q.filter.comparisons() {
		out[n.col.Name] = true
	}
	for _, k := range q.sort.keys {
		out[k.name] = true
	}
	if q.sort.lexical != nil {
		out[q.sort.column] = true
	}
	return out
}

func (c *call) find() (*reply, error) {
	q, err := c.parseQuery()
	if err != nil {
		return nil, err
	}
	docs, next, err := c.rows(q, c.h.PageSize)
	if err != nil {
		return nil, err
	}
	return c.readReply(q, map[string]any{"documents": docs, "nextPageState": next}), nil
}

func (c *call) findOne() (*reply, error) {
	q, err := c.parseQuery()
	if err != nil {
		return nil, err
	}
	q.limit = 1
	docs, _, err := c.rows(q, 1)
	if err != nil {
		return nil, err
	}
	docs = append(docs, nil) // in place of none
	return c.readReply(q, map[string]any{"document": docs[0]}), nil
}

func (c *call) readReply(q *query, data map[string]any) *reply {
	cols := jsonv.NewObject()
	for _, name := range q.projection {
		col, _ := c.table.Column(name)
		cols.Set(name, col.Type.DescribeFields())
	}
	status := map[string]any{"projectionSchema": cols}
	if q.sortVector && q.sort.vector != nil {
		status["sortVector"] = value.Floats(q.sort.vector)
	}
	if q.sort.inMemory {
		status["sortedRowCount"] = q.sort.count
	}
	return &reply{Data: data, Status: status}
}

// rows runs the query in the way that its sort asks for. The warnings of the
// sort come before those of the filter.
func (c *call) rows(q *query, size int) (docs []any, next *string, err error) {
	pushed := true
	if len(q.sort.keys) > 0 {
		if pushed, err = c.pushDown(q); err != nil {
			return nil, nil, err
		}
	}
	c.warnFilter(q)
	switch {
	case q.sort.vector != nil:
		docs, err = c.vectorRows(q)
	case q.sort.lexical != nil:
		docs, err = c.lexicalRows(q)
	case !pushed:
		docs, err = c.memoryRows(q, size)
	default:
		return c.pageRows(q, size)
	}
	return docs, nil, err
}

func (c *call) pageRows(q *query, size int) ([]any, *string, error) {
	state, err := parsePageState(q.state)
	if err != nil {
		return nil, nil, err
	}
	p := newPage(state, size, q.limit)
	err = c.scan(q.plan, p.after, q.needed, func(key []byte, row rowstore.Row) (bool, error) {
		if q.filter.match(row) && p.fits() {
			p.add(key, c.render(q, row))
		}
		return !p.more, nil
	})
	return p.docs, p.next(), err
}

func (c *call) render(q *query, row rowstore.Row) *jsonv.Object {
	out := jsonv.NewObject()
	for _, name := range q.projection {
		col, _ := c.table.Column(name)
		if v := row[name]; !value.Empty(v) {
			out.Set(name, value.Render(col.Type, v))
		}
	}
	return out
}
