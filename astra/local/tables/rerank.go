package tables

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra/local/documents"
	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
	"github.com/killrvideo/killrvideo-go/astra/local/vectorize"
)

// ranked is a document with its scores.
type ranked struct {
	stored
	passage               string
	rerank, near          float32
	fused                 float32
	vectorRank, lexicRank int
}

func (c *call) findAndRerank() (*reply, error) {
	h := &hybrid{}
	in, _ := c.body.Get("sort")
	if err := h.readSort(in); err != nil {
		return nil, err
	}
	if err := h.readOptions(c.options()); err != nil {
		return nil, err
	}
	if err := c.checkHybrid(h); err != nil {
		return nil, err
	}
	in, _ = c.body.Get("projection")
	p, err := documents.ParseProjection(in)
	if err != nil {
		return nil, err
	}
	s := &selection{sort: &documents.Sort{Vector: h.vector, Text: h.text}}
	if h.text != "" {
		s.sort.Vector = nil
	}
	if s.filter, err = c.documentFilter(); err != nil {
		return nil, err
	}
	if err := c.sortByVector(s); err != nil {
		return nil, err
	}
	all, err := c.candidates(h, s)
	if err != nil {
		return nil, err
	}
	return rerankedReply(h, s, p, rerank(h, all)), nil
}

// candidates reads the documents by both orders. Those without a passage to
// compare are left out.
func (c *call) candidates(h *hybrid, s *selection) ([]*ranked, error) {
	on := h.on
	if on == "" {
		on = documents.Vectorize
	}
	path, err := documents.Split(on)
	if err != nil {
		return nil, fault.New("UNSUPPORTED_UPDATE_OPERATION_PATH", "The path '%s' of the option 'rerankOn' is not valid: %v.", on, err)
	}
	var all []*ranked
	known := map[string]*ranked{}
	see := func(d stored, rank int) (*ranked, error) {
		r := known[d.key]
		if r == nil {
			passage, err := passageOf(d.doc, path)
			if err != nil || passage == "" {
				return nil, err
			}
			r = &ranked{stored: d, passage: passage, near: math.MinInt32}
			known[d.key], all = r, append(all, r)
		}
		r.fused += float32(1.0 / (rankSmoothing + float64(rank)))
		return r, nil
	}
	if h.lexical != "" {
		texts, err := c.lexicalDocuments(s.filter, h.lexical, h.textLimit)
		if err != nil {
			return nil, err
		}
		for i, d := range texts {
			if r, err := see(d, i+1); err != nil {
				return nil, err
			} else if r != nil {
				r.lexicRank = i + 1
			}
		}
	}
	hits, err := c.nearestDocuments(s, h.vectorLimit)
	if err != nil {
		return nil, err
	}
	for i, d := range hits {
		if r, err := see(d.value, i+1); err != nil {
			return nil, err
		} else if r != nil {
			r.vectorRank, r.near = i+1, float32(d.score)
		}
	}
	return all, nil
}

// passageOf is the text of a document that is compared with the query.
func passageOf(doc *jsonv.Object, path []string) (string, error) {
	in, _ := documents.Get(doc, path)
	switch v := in.(type) {
	case nil:
		return "", nil
	case string:
		return strings.TrimSpace(v), nil
	case json.Number, bool:
		return fmt.Sprint(v), nil
	}
	return "", fault.New("UNEXPECTED_SERVER_ERROR", "The field '%s' of a document is no text that could be compared: it is %s.",
		strings.Join(path, "."), value.JSONKind(in))
}

// rerank orders documents by how much their passages are like the query.
func rerank(h *hybrid, all []*ranked) []*ranked {
	query := h.query
	if query == "" {
		query = h.text
	}
	wanted := vectorize.Embed(query, rerankNumbers)
	for _, r := range all {
		for i, x := range vectorize.Embed(r.passage, rerankNumbers) {
			r.rerank += x * wanted[i]
		}
	}
	slices.SortFunc(all, func(a, b *ranked) int {
		return cmp.Or(cmp.Compare(b.rerank, a.rerank), cmp.Compare(b.fused, a.fused), cmp.Compare(a.key, b.key))
	})
	return all[:min(len(all), h.limit)]
}

func rerankedReply(h *hybrid, s *selection, p *documents.Projection, all []*ranked) *reply {
	docs, scores := []any{}, []any{}
	for _, r := range all {
		docs = append(docs, p.Apply(r.doc))
		scores = append(scores, map[string]any{"scores": r.scores()})
	}
	out := &reply{Data: map[string]any{"documents": docs, "nextPageState": nil}, Status: map[string]any{}}
	if h.scores {
		out.Status["documentResponses"] = scores
	}
	if h.sortVector {
		out.Status["sortVector"] = value.Floats(s.vector)
	}
	return out
}

func (r *ranked) scores() *jsonv.Object {
	o := jsonv.NewObject()
	o.Set("$rerank", decimal(r.rerank))
	o.Set("$vector", decimal(r.near))
	place := func(rank int) any {
		if rank == 0 {
			return nil
		}
		return rank
	}
	o.Set("$vectorRank", place(r.vectorRank))
	o.Set("$bm25Rank", place(r.lexicRank))
	o.Set("$rrf", decimal(r.fused))
	return o
}

// decimal writes a number with its decimals, as Java does.
func decimal(f float32) json.Number {
	text := strconv.FormatFloat(float64(f), 'f', -1, 32)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return json.Number(text)
}
