package tables

import (
	"cmp"
	"math"
	"slices"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

func (c *call) createTextIndex() (*reply, error) {
	name, col, function, given, exists, err := c.indexRequest()
	if err != nil || exists {
		return done(), err
	}
	if k := col.Type.Kind; k != value.Text && k != value.ASCII || function != "" {
		return nil, fault.New("UNSUPPORTED_TEXT_INDEX_FOR_DATA_TYPES", "Column '%s' of type %s is no text.", col.Name, k)
	}
	analyzer, err := readAnalyzer(given)
	if err != nil {
		return nil, err
	}
	return done(), c.h.Store.CreateIndex(c.table, schema.Index{
		Name: name, Column: col.Name, Kind: schema.Text, Options: map[string]any{"analyzer": analyzer},
	})
}

// readAnalyzer reads the name of an analyzer. Astra knows many more, and takes
// objects that put one together; here they are refused, for texts would be
// found otherwise than there.
func readAnalyzer(given *jsonv.Object) (string, error) {
	for _, k := range keysOf(given) {
		if k != "analyzer" {
			return "", fault.New("COMMAND_FIELD_UNKNOWN", "The index options have no field '%s'.", k)
		}
	}
	in, _ := given.Get("analyzer")
	if in == nil {
		return schema.Standard, nil
	}
	analyzer, _ := in.(string)
	if !schema.KnownAnalyzer(analyzer) {
		return "", fault.New("COMMAND_FIELD_VALUE_INVALID", "The index option 'analyzer' must be standard, simple, whitespace, lowercase or keyword in this embedded server.")
	}
	return analyzer, nil
}

func keysOf(o *jsonv.Object) []string {
	if o == nil {
		return nil
	}
	return o.Keys
}

// matching reads a $match, which no $not can turn around.
func (p *filterParser) matching(col schema.Column, in any, negate bool) (*node, error) {
	text, ok := in.(string)
	if !ok || negate {
		return nil, fault.New("FILTER_INVALID_EXPRESSION", "The operand of $match on column '%s' must be a text, and not below $not.", col.Name)
	}
	i, ok := p.t.IndexOn(col.Name, schema.Text)
	if !ok {
		return nil, fault.New("CANNOT_LEXICAL_FILTER_NON_INDEXED_COLUMNS", "Column '%s' has no text index.", col.Name)
	}
	return &node{op: "$match", col: col, index: &i, terms: i.Terms(text)}, nil
}

func (n *node) hasTerms(text string) bool {
	return hasAll(n.index.Terms(text), n.terms)
}

func hasAll(terms, wanted []string) bool {
	return len(wanted) > 0 && !slices.ContainsFunc(wanted, func(w string) bool { return !slices.Contains(terms, w) })
}

func (c *call) lexicalSort(col schema.Column, text string) (sortClause, error) {
	i, ok := c.table.IndexOn(col.Name, schema.Text)
	if !ok {
		return sortClause{}, fault.New("CANNOT_LEXICAL_SORT_NON_INDEXED_COLUMNS", "Column '%s' has no text index.", col.Name)
	}
	return sortClause{column: col.Name, lexical: &i, terms: i.Terms(text)}, nil
}

// found is a row that has all terms.
type found struct {
	row   rowstore.Row
	terms []string
}

// lexicalRows gives the rows that have all terms of the sort, those that are
// most about them first, in one page.
func (c *call) lexicalRows(q *query) ([]any, error) {
	limit := q.limit
	if limit == 0 || limit > maxVectorLimit {
		limit = maxVectorLimit
	}
	var rows []found
	texts, words := 0, 0
	err := c.scan(q.plan, nil, q.needed, func(_ []byte, row rowstore.Row) (bool, error) {
		text, ok := row[q.sort.column].(string)
		if !ok {
			return true, nil
		}
		terms := q.sort.lexical.Terms(text)
		texts, words = texts+1, words+len(terms)
		if q.filter.match(row) && hasAll(terms, q.sort.terms) {
			rows = append(rows, found{row, terms})
		}
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	score := func(f found) float64 {
		return bm25(f.terms, q.sort.terms, texts, len(rows), float64(words)/float64(texts))
	}
	slices.SortStableFunc(rows, func(a, b found) int {
		return cmp.Compare(score(b), score(a))
	})
	docs := []any{}
	for _, f := range rows[:min(limit, len(rows))] {
		docs = append(docs, c.render(q, f.row))
	}
	return docs, nil
}

// The usual parameters of BM25: how soon more of a term counts no more, and
// how much the length of a text counts against it.
const (
	saturation = 1.2
	lengthness = 0.75
)

// bm25 scores a text by the terms that are looked for. The rarity of a term is
// taken from the number of rows that have all of them.
func bm25(terms, wanted []string, texts, having int, average float64) (sum float64) {
	rarity := math.Log(1 + (float64(texts-having)+0.5)/(float64(having)+0.5))
	length := 1 - lengthness + lengthness*float64(len(terms))/average
	for _, w := range wanted {
		n := 0.0
		for _, t := range terms {
			if t == w {
				n++
			}
		}
		sum += rarity * n * (saturation + 1) / (n + saturation*length)
	}
	return sum
}
