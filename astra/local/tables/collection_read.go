package tables

import (
	"bytes"
	"slices"

	"github.com/killrvideo/killrvideo-go/astra/local/documents"
	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
)

// maxCount is the upper bound of countDocuments.
const maxCount = 1000

// selection is which documents a command is for, and in which order.
type selection struct {
	filter *documents.Filter
	sort   *documents.Sort
	vector []float32
}

func (c *call) documentFilter() (*documents.Filter, error) {
	o, err := c.filterField()
	if err != nil {
		return nil, err
	}
	f, err := documents.ParseFilter(o)
	if err != nil {
		return nil, err
	}
	if index, ok := c.table.Lexical(); f.Lexical(lexicalMatch(index)) && !ok {
		return nil, c.notLexical()
	}
	return f, c.indexedFilter(f)
}

// indexedFilter refuses paths that the collection does not index.
func (c *call) indexedFilter(f *documents.Filter) (err error) {
	f.Walk(func(path []string, op string) {
		name := documents.Join(path...)
		special := path[0] == documents.Vector || path[0] == documents.Vectorize || path[0] == documents.Lexical
		switch {
		case err != nil || special && !slices.Contains(c.table.Collection.Deny, "*") || c.indexedPath(name):
		case name == documents.ID && (op == "$eq" || op == "$in"):
		case name == documents.ID:
			err = fault.New("FILTER_ID_NOT_INDEXED", "The field '_id' is not indexed, so it can be compared by $eq and $in only, not by %s.\n\n"+
				"Resend the command with another filter.", op)
		default:
			err = fault.New("FILTER_PATH_UNINDEXED", "The path '%s' is not indexed, so the collection cannot be filtered by it.\n\nResend the "+
				"command without such paths.", name)
		}
	})
	return err
}

func (c *call) selection() (*selection, error) {
	s := &selection{}
	var err error
	if s.filter, err = c.documentFilter(); err != nil {
		return nil, err
	}
	in, _ := c.body.Get("sort")
	if o, ok := in.(*jsonv.Object); ok && o.Has(documents.Lexical) {
		if _, ok := c.table.Lexical(); !ok {
			return nil, c.notLexical()
		}
	}
	if s.sort, err = documents.ParseSort(in); err != nil {
		return nil, err
	}
	for _, path := range s.sort.Paths() {
		if !c.indexedPath(path) {
			return nil, fault.New("SORT_CLAUSE_PATH_UNINDEXED", "The field '%s' is not indexed, so the collection cannot be sorted by it.\n\n"+
				"Resend the command with an indexed field.", path)
		}
	}
	return s, c.sortByVector(s)
}

func (c *call) noVectors() error {
	return fault.New("UNSUPPORTED_VECTOR_SORT_FOR_COLLECTION", "The command sorts by a vector, but the collection has none.\n\n"+
		"Vectors are an option of createCollection.\n\nThe collection is: %s.\n\nResend the command to a collection with vectors.", c.full())
}

func (c *call) noVectorize() error {
	return fault.New("UNSUPPORTED_VECTORIZE_SORT_FOR_COLLECTION", "The command sorts by the vector of a text, but the collection has "+
		"no embedding service.\n\n"+
		"It is an option of createCollection.\n\nThe collection is: %s.\n\nResend the command to a collection with one.", c.full())
}

// sortByVector reads or computes the vector of a sort by similarity.
func (c *call) sortByVector(s *selection) (err error) {
	col := c.table.Collection
	switch {
	case s.sort.Vector != nil && col.Metric == "":
		return c.noVectors()
	case s.sort.Text != "" && col.Service == nil:
		return c.noVectorize()
	case s.sort.Vector != nil:
		s.vector = s.sort.Vector
		return c.checkLength(s.vector)
	case s.sort.Text != "":
		column, _ := c.table.Column(schema.DocumentVector)
		s.vector, err = c.embed(column, s.sort.Text)
	}
	return err
}

// each visits the documents of a filter after a key, in the collection's order.
func (c *call) each(f *documents.Filter, after []byte, visit func(key []byte, s stored) (bool, error)) error {
	see := func(key []byte, raw rowstore.Stored) (bool, error) {
		s, err := decoded(raw)
		if err != nil || !f.Match(s.doc) {
			return err == nil, err
		}
		return visit(key, s)
	}
	if ids, ok := f.IDs(); ok {
		return c.eachID(ids, after, see)
	}
	return c.scanStored(c.documentPlan(f), after, see)
}

// documentPlan reads the entries of a term that the filter asks for, or else
// all documents.
func (c *call) documentPlan(f *documents.Filter) plan {
	if text, ok := f.MatchedText(); ok {
		index, _ := c.table.Lexical()
		if terms := index.Terms(text); len(terms) > 0 {
			return plan{index: &index, terms: terms}
		}
	}
	return plan{spans: []rowstore.Span{{}}}
}

func (c *call) eachID(ids []any, after []byte, see rowstore.VisitStored) error {
	var keys [][]byte
	for _, id := range ids {
		text, err := idKey(id)
		if err != nil {
			return err
		}
		if key := c.documentKey(text); bytes.Compare(key, after) > 0 {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, bytes.Compare)
	_, err := c.visitKeys(slices.CompactFunc(keys, bytes.Equal), see)
	return err
}

// nearestDocuments finds the documents nearest to the vector of a sort; those
// that score the same are in the order of their keys.
func (c *call) nearestDocuments(s *selection, limit int) (hits []scored[stored], err error) {
	metric := c.table.Collection.Metric
	if s.filter.Empty() {
		if hits, ok, err := nearestByIndex(c, schema.DocumentVector, metric, s.vector, limit, decoded); ok || err != nil {
			return hits, err
		}
	}
	compare := newSimilarity(metric, s.vector)
	err = c.each(s.filter, nil, func(_ []byte, d stored) (bool, error) {
		if d.vector != nil {
			hits = append(hits, scored[stored]{d, compare(d.vector)})
		}
		return true, nil
	})
	return best(hits, limit), err
}

// sortedDocuments reads all documents of a filter in the order of a sort by
// fields.
func (c *call) sortedDocuments(s *selection) ([]stored, error) {
	var all []stored
	err := c.each(s.filter, nil, func(_ []byte, d stored) (bool, error) {
		all = append(all, d)
		return len(all) <= maxSorted, nil
	})
	if err != nil {
		return nil, err
	}
	if len(all) > maxSorted {
		return nil, fault.New("OVERLOADED_SORT_ROW_LIMIT", "The command sorts in memory, which has a limit of %d documents.\n\n"+
			"Resend the command with a filter that selects fewer documents.", maxSorted)
	}
	slices.SortStableFunc(all, func(a, b stored) int { return s.sort.Less(a.doc, b.doc) })
	return all, nil
}

// first finds the document that a command for one is for.
func (c *call) first(s *selection) (found stored, ok bool, err error) {
	var all []stored
	switch {
	case s.sort.Lexical != nil:
		all, err = c.lexicalDocuments(s.filter, *s.sort.Lexical, 1)
	case s.vector != nil:
		hits, err := c.nearestDocuments(s, 1)
		if err != nil || len(hits) == 0 {
			return found, false, err
		}
		return hits[0].value, true, nil
	case s.sort.ByFields():
		all, err = c.sortedDocuments(s)
	default:
		err = c.each(s.filter, nil, func(_ []byte, d stored) (bool, error) {
			all = append(all, d)
			return false, nil
		})
	}
	if err != nil || len(all) == 0 {
		return found, false, err
	}
	return all[0], true, nil
}

func (c *call) countDocuments() (*reply, error) {
	f, err := c.documentFilter()
	if err != nil {
		return nil, err
	}
	n := 0
	err = c.each(f, nil, func([]byte, stored) (bool, error) {
		n++
		return n <= maxCount, nil
	})
	status := map[string]any{"count": min(n, maxCount)}
	if n > maxCount {
		status["moreData"] = true
	}
	return &reply{Status: status}, err
}

func (c *call) estimateDocuments() (*reply, error) {
	n := 0
	err := c.scanStored(plan{spans: []rowstore.Span{{}}}, nil, func([]byte, rowstore.Stored) (bool, error) { n++; return true, nil })
	return &reply{Status: map[string]any{"count": n}}, err
}

// projected applies the projection of a command that changes and returns a
// document.
func (c *call) projected() (func(*jsonv.Object) any, error) {
	in, _ := c.body.Get("projection")
	p, err := documents.ParseProjection(in)
	return func(doc *jsonv.Object) any {
		if doc == nil {
			return nil
		}
		return p.Apply(doc)
	}, err
}
