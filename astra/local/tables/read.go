package tables

import (
	"encoding/json"
	"strconv"

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
		return invalidField("skip", json.Number(strconv.Itoa(q.skip)), "skip options should be used with sort clause")
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
	q.filter.walk(func(n *node) { out[n.col.Name] = true })
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
	r := c.readReply(q)
	r.Data = map[string]any{"documents": docs, "nextPageState": next}
	if n, ok := c.sorted(q); ok {
		r.Status["sortedRowCount"] = n
	}
	return r, nil
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
	r := c.readReply(q)
	var doc any
	if len(docs) > 0 {
		doc = docs[0]
	}
	r.Data = map[string]any{"document": doc}
	if n, ok := c.sorted(q); ok {
		r.Status["sortedRowCount"] = n
	}
	return r, nil
}

func (c *call) sorted(q *query) (int, bool) { return q.sort.count, q.sort.inMemory }

func (c *call) readReply(q *query) *reply {
	cols := jsonv.NewObject()
	for _, name := range q.projection {
		col, _ := c.table.Column(name)
		cols.Set(name, col.Type.DescribeFields())
	}
	r := &reply{Status: map[string]any{"projectionSchema": cols}}
	if q.sortVector && q.sort.vector != nil {
		r.Status["sortVector"] = value.Floats(q.sort.vector)
	}
	return r
}

// rows runs the query in the way that its sort asks for. The warnings of the
// sort come before those of the filter.
func (c *call) rows(q *query, page int) ([]any, *string, error) {
	pushed := true
	if len(q.sort.keys) > 0 {
		var err error
		if pushed, err = c.pushDown(q); err != nil {
			return nil, nil, err
		}
	}
	c.warnFilter(q)
	switch {
	case q.sort.vector != nil:
		docs, err := c.vectorRows(q)
		return docs, nil, err
	case q.sort.lexical != nil:
		docs, err := c.lexicalRows(q)
		return docs, nil, err
	case !pushed:
		docs, err := c.memoryRows(q, page)
		return docs, nil, err
	}
	return c.pageRows(q, page)
}

func (c *call) pageRows(q *query, page int) ([]any, *string, error) {
	docs := []any{}
	var after, last []byte
	sent := 0
	state, err := parsePageState(q.state)
	if err != nil {
		return nil, nil, err
	}
	if state != nil {
		after, sent = state.After, state.Sent
	}
	left := page
	if q.limit > 0 {
		left = min(left, max(q.limit-sent, 0))
	}
	more := false
	err = c.scan(q.plan, after, q.needed, func(key []byte, row rowstore.Row) (bool, error) {
		if !q.filter.match(row) {
			return true, nil
		}
		if len(docs) == left {
			more = true
			return false, nil
		}
		docs, last = append(docs, c.render(q, row)), key
		return true, nil
	})
	if err != nil || !more || q.limit > 0 && sent+len(docs) >= q.limit {
		return docs, nil, err
	}
	next := pageState{After: last, Sent: sent + len(docs)}.String()
	return docs, &next, nil
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
