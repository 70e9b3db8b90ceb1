package tables

import (
	"cmp"
	"encoding/json"
	"strconv"

	"github.com/killrvideo/killrvideo-go/astra/local/documents"
	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// readOptions are the options of find and findOne.
type readOptions struct {
	limit, skip        int
	state              *pageState
	similarity, vector bool
}

func (c *call) documentOptions(s *selection) (r readOptions, err error) {
	o := c.options()
	limit, _, err := o.number("limit", 0)
	if err != nil {
		return r, err
	}
	skip, skips, err := o.number("skip", 0)
	if err != nil {
		return r, err
	}
	r.limit, r.skip = int(limit), int(skip)
	if skips && !s.sort.Any() {
		return r, invalidField("skip", r.skip, "skip options should be used with sort clause")
	}
	if s.vector != nil && skips {
		return r, invalidField("skip", r.skip, "skip options should not be used with vector search")
	}
	if s.vector != nil && r.limit > maxVectorLimit {
		return r, invalidField("limit", r.limit, "limit options should not be greater than 1000 for vector search")
	}
	if r.similarity, err = o.boolean("includeSimilarity"); err != nil {
		return r, err
	}
	if r.vector, err = o.boolean("includeSortVector"); err != nil {
		return r, err
	}
	state, _ := o.Get("pageState")
	if text, ok := state.(string); ok && text != "" && s.sort.Any() {
		return r, fault.New("SORT_CLAUSE_INVALID", "The sort clause is not valid: 'pageState' is not supported with non-empty sort clause.\n\n"+
			"Resend the command without one of them.")
	}
	r.state, err = parsePageState(state)
	return r, err
}

func (c *call) findDocuments() (*reply, error) {
	s, p, r, err := c.readDocuments()
	if err != nil {
		return nil, err
	}
	docs := []any{}
	var next *string
	var all []stored
	limit := min(c.h.PageSize, cmp.Or(r.limit, c.h.PageSize))
	switch {
	case s.vector != nil:
		docs, err = c.nearPage(s, p, r)
	case s.sort.Lexical != nil:
		all, err = c.lexicalDocuments(s.filter, *s.sort.Lexical, limit)
	case s.sort.ByFields():
		all, err = c.sortedDocuments(s)
		all = all[min(r.skip, len(all)):]
	default:
		docs, next, err = c.documentPage(s, p, r)
	}
	if err != nil {
		return nil, err
	}
	for _, d := range all[:min(limit, len(all))] {
		docs = append(docs, p.Apply(d.doc))
	}
	out := &reply{Data: map[string]any{"documents": docs, "nextPageState": next}}
	c.addSortVector(out, s, r)
	return out, nil
}

func (c *call) readDocuments() (*selection, *documents.Projection, readOptions, error) {
	s, err := c.selection()
	if err != nil {
		return nil, nil, readOptions{}, err
	}
	in, _ := c.body.Get("projection")
	p, err := documents.ParseProjection(in)
	if err != nil {
		return nil, nil, readOptions{}, err
	}
	r, err := c.documentOptions(s)
	return s, p, r, err
}

func (c *call) addSortVector(out *reply, s *selection, r readOptions) {
	if !r.vector {
		return
	}
	var vector any
	if s.sort.ByVector() {
		vector = value.Floats(s.vector)
	}
	out.Status = map[string]any{"sortVector": vector}
}

func (c *call) nearPage(s *selection, p *documents.Projection, r readOptions) ([]any, error) {
	hits, err := c.nearestDocuments(s, cmp.Or(r.limit, maxVectorLimit))
	docs := []any{}
	for _, h := range hits {
		docs = append(docs, shownHit(p, h, r.similarity))
	}
	return docs, err
}

func shownHit(p *documents.Projection, h scored[stored], similarity bool) any {
	out := p.Apply(h.value.doc)
	if similarity {
		out = out.Clone()
		out.Set("$similarity", json.Number(strconv.FormatFloat(h.score, 'f', -1, 32)))
	}
	return out
}

func (c *call) documentPage(s *selection, p *documents.Projection, r readOptions) ([]any, *string, error) {
	page := newPage(r.state, c.h.PageSize, r.limit)
	err := c.each(s.filter, page.after, func(key []byte, d stored) (bool, error) {
		if page.fits() {
			page.add(key, p.Apply(d.doc))
		}
		return !page.more, nil
	})
	return page.docs, page.next(), err
}

func (c *call) findDocument() (*reply, error) {
	s, p, r, err := c.readDocuments()
	if err != nil {
		return nil, err
	}
	var doc any
	if s.vector != nil {
		hits, err := c.nearestDocuments(s, 1)
		if err != nil {
			return nil, err
		}
		if len(hits) > 0 {
			doc = shownHit(p, hits[0], r.similarity)
		}
	} else if d, ok, err := c.first(s); err != nil {
		return nil, err
	} else if ok {
		doc = p.Apply(d.doc)
	}
	out := &reply{Data: map[string]any{"document": doc}}
	c.addSortVector(out, s, r)
	return out, nil
}
