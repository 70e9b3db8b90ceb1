package tables

import (
	"encoding/base64"
	"encoding/json"

	"github.com/killrvideo/killrvideo-go/astra/local/documents"
	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// pageState is where a find goes on: after which key, and how many rows its
// limit has already spent. Clients must treat it as opaque.
type pageState struct {
	After []byte `json:"a"`
	Sent  int    `json:"n"`
}

func (p pageState) String() string {
	raw, _ := json.Marshal(p)
	return base64.StdEncoding.EncodeToString(raw)
}

// page collects what one page shows.
type page struct {
	docs        []any
	after, last []byte // the keys before it and at its end
	sent, limit int    // rows of earlier pages, and of all that are wanted
	left        int
	more        bool
}

// newPage has at most size rows, and of the limit what a state leaves of it.
func newPage(state *pageState, size, limit int) *page {
	p := &page{docs: []any{}, limit: limit, left: size}
	if state != nil {
		p.after, p.sent = state.After, state.Sent
	}
	if limit > 0 {
		p.left = min(size, max(limit-p.sent, 0))
	}
	return p
}

// fits reports whether another row does, and notes one that does not.
func (p *page) fits() bool {
	p.more = len(p.docs) == p.left
	return !p.more
}

func (p *page) add(key []byte, doc any) { p.docs, p.last = append(p.docs, doc), key }

// next is the state of the page after this one; nil for none.
func (p *page) next() *string {
	sent := p.sent + len(p.docs)
	if !p.more || p.limit > 0 && sent >= p.limit {
		return nil
	}
	state := pageState{After: p.last, Sent: sent}.String()
	return &state
}

func parsePageState(in any) (*pageState, error) {
	s, err := readText("the option 'pageState'", in)
	if err != nil || s == "" {
		return nil, err
	}
	raw, err := base64.StdEncoding.DecodeString(s)
	var p pageState
	if err == nil {
		err = json.Unmarshal(raw, &p)
	}
	if err != nil || len(p.After) == 0 || p.Sent < 0 {
		return nil, fault.New("UNEXPECTED_DRIVER_ERROR", "The option pageState is not the nextPageState of an earlier page.\n\nReview the page "+
			"state before you send the command again.")
	}
	return &p, nil
}

// parseProjection returns the columns to show, in the table's order.
func (c *call) parseProjection() ([]string, error) {
	t := c.table
	in, _ := c.body.Get("projection")
	o, ok := in.(*jsonv.Object)
	if in != nil && !ok {
		return nil, fault.New("UNSUPPORTED_PROJECTION_DEFINITION", "The projection must be a JSON object, not %s.\n\nResend the command with a "+
			"valid projection.", value.JSONKind(in))
	}
	if o.Len() == 0 {
		return t.Names(), nil
	}
	named := map[string]bool{}
	var include, exclude int
	for _, k := range o.Keys {
		on, err := toggle(k, o.Value(k))
		if err != nil {
			return nil, err
		}
		named[k] = true
		if on {
			include++
		} else {
			exclude++
		}
	}
	switch {
	case include > 0 && exclude > 0:
		return nil, documents.InvalidProjection("it must include columns or exclude columns, not both")
	case named["*"] && o.Len() > 1:
		return nil, documents.InvalidProjection("wildcard ('*') only allowed as the only root-level path")
	case named["*"] && include > 0:
		return t.Names(), nil
	}
	out := []string{}
	for _, name := range t.Names() {
		if !named["*"] && named[name] == (include > 0) {
			out = append(out, name)
		}
	}
	if len(out) == 0 {
		return nil, c.bad("PROJECTION", "UNKNOWN_TABLE_COLUMNS", "The projection selects no column of the table.",
			"The projection included the columns: "+list(o.Keys)+".", "Resend the command with columns of the table only.")
	}
	return out, nil
}

// toggle reads whether a column is included.
func toggle(name string, in any) (bool, error) {
	if name == "" {
		return false, documents.InvalidProjection("empty paths (and path segments) not allowed")
	}
	switch v := in.(type) {
	case bool:
		return v, nil
	case json.Number:
		n, err := v.Float64()
		return n != 0, err
	}
	return false, documents.InvalidProjection("path ('%s') value must be a number or boolean, not %s", name, value.JSONKind(in))
}
