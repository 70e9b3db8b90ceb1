package tables

import (
	"cmp"
	"slices"

	"github.com/killrvideo/killrvideo-go/astra/local/documents"
	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

func (c *call) createTextIndex() (*reply, error) {
	r, err := c.readIndex(schema.Text, "analyzer")
	if err != nil {
		return nil, err
	}
	if r.col.Type.Kind != value.Text {
		return nil, c.bad("SCHEMA", "UNSUPPORTED_TEXT_INDEX_FOR_DATA_TYPES", "The command makes a text index on a column that holds no text.",
			"The command used the unsupported columns: "+list(typed(c.table, r.col.Name))+".", "Resend the command with columns of type text.")
	}
	analyzer, err := c.readAnalyzer(r.options)
	if err != nil || r.exists {
		return done(), err
	}
	options := map[string]any{"analyzer": analyzer}
	return c.addIndex(schema.Index{Name: r.name, Column: r.col.Name, Kind: schema.Text, Options: options})
}

// readAnalyzer reads the name of an analyzer, or an object with a
// tokenizer and filters.
func (c *call) readAnalyzer(given *jsonv.Object) (any, error) {
	in, has := given.Get("analyzer")
	if !has || in == nil {
		return schema.Standard, nil
	}
	switch v := in.(type) {
	case string:
		if schema.KnownAnalyzer(v) {
			return v, nil
		}
		return nil, c.refused("the analyzer '%s' is not known", v)
	case *jsonv.Object:
		if err := schema.CheckAnalyzer(v); err != nil {
			return nil, c.refused("the analyzer is not valid: %v", err)
		}
		return v, nil
	}
	return nil, fault.New("UNSUPPORTED_JSON_TYPE_FOR_TEXT_INDEX", "The analyzer of a text index is of a JSON type that is not supported.\n\n"+
		"The supported JSON types are: String, Object.\nThe command used: %s.\n\nResend the command with a supported type.", value.JSONKind(in))
}

// matching reads a $match, which $not cannot negate.
func (p *filterParser) matching(col schema.Column, in any, negate bool) (*node, error) {
	text, ok := in.(string)
	if !ok || negate {
		return nil, documents.InvalidFilter("the operator '$match' on column '%s' must have a text, and cannot be below $not", col.Name)
	}
	i, ok := p.c.table.IndexOn(col.Name, schema.Text)
	if !ok {
		return nil, fault.New("CANNOT_LEXICAL_FILTER_NON_INDEXED_COLUMNS", "The filter uses $match on columns without a text index.\n\n"+
			"The table %s has text indexes on the columns: %s.\nThe command filtered the columns: %s.\n\nResend the command "+
			"with columns that have one.",
			p.c.full(), p.c.indexed(schema.Text), col.Name)
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
		return sortClause{}, fault.New("CANNOT_LEXICAL_SORT_NON_INDEXED_COLUMNS", "The sort compares a text with a column "+
			"that has no text index.\n\n"+
			"The table %s has indexes on the columns: %s.\nThe command sorted by the column: %s.\n\nResend the command with a column that has one.",
			c.full(), c.indexed(schema.Text), col.Name)
	}
	return sortClause{column: col.Name, lexical: &i, terms: i.Terms(text)}, nil
}

// eachByRelevance visits the rows that have all terms, those with the highest
// score first. A row may have changed since, so the visitor compares it.
func (c *call) eachByRelevance(index schema.Index, terms []string, visit rowstore.VisitStored) error {
	keys, err := c.h.Store.ByRelevance(c.ctx, index, terms)
	if err == nil {
		_, err = c.visitKeys(keys, visit)
	}
	return err
}

// lexicalRows returns the rows that have all terms of the sort, those with the
// highest scores first, in one page.
func (c *call) lexicalRows(q *query) ([]any, error) {
	limit := min(cmp.Or(q.limit, maxVectorLimit), maxVectorLimit)
	docs := []any{}
	err := c.eachByRelevance(*q.sort.lexical, q.sort.terms, func(_ []byte, stored rowstore.Stored) (bool, error) {
		row, err := stored.Row(q.needed)
		if err != nil {
			return false, err
		}
		text, _ := row[q.sort.column].(string)
		if hasAll(q.sort.lexical.Terms(text), q.sort.terms) && q.filter.match(row) {
			docs = append(docs, c.render(q, row))
		}
		return len(docs) < limit, nil
	})
	return docs, err
}
