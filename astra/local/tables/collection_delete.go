package tables

import (
	"github.com/killrvideo/killrvideo-go/astra/local/documents"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
)

func (c *call) findAndDelete() (*reply, error) {
	show, err := c.projected()
	if err != nil {
		return nil, err
	}
	out, before, err := c.deleteFirst()
	if err != nil {
		return nil, err
	}
	out.Data = map[string]any{"document": show(before)}
	return out, nil
}

func (c *call) deleteDocument() (*reply, error) {
	out, _, err := c.deleteFirst()
	return out, err
}

// deleteFirst deletes the first document of a selection, and returns it.
func (c *call) deleteFirst() (out *reply, before *jsonv.Object, err error) {
	s, err := c.selection()
	if err != nil {
		return nil, nil, err
	}
	for {
		d, found, err := c.first(s)
		if err != nil || !found {
			return deleted(0), nil, err
		}
		if before, err = c.remove(d.key, s.filter); err != nil || before != nil {
			return deleted(1), before, err
		}
	}
}

// remove deletes a document that is [call.current], and returns it.
func (c *call) remove(key string, f *documents.Filter) (doc *jsonv.Object, err error) {
	err = c.h.Store.Write(func(tx *rowstore.Tx) error {
		doc = nil
		k := c.documentKey(key)
		s, ok, err := c.current(tx, k, f)
		if err != nil || !ok {
			return err
		}
		doc = s.doc
		return tx.DeleteSpan(c.table, rowstore.Span{Lo: k, Hi: rowstore.After(k)})
	})
	return doc, err
}

func (c *call) deleteDocuments() (*reply, error) {
	f, err := c.documentFilter()
	if err != nil {
		return nil, err
	}
	if f.Empty() {
		err := c.h.Store.Write(func(tx *rowstore.Tx) error { return tx.DeleteSpan(c.table, rowstore.Span{}) })
		return deleted(-1), err
	}
	keys, _, more, err := c.some(f, nil)
	if err != nil {
		return nil, err
	}
	n := 0
	for _, key := range keys {
		doc, err := c.remove(key, f)
		if err != nil {
			return nil, err
		}
		if doc != nil {
			n++
		}
	}
	out := deleted(n)
	if more {
		out.Status["moreData"] = true
	}
	return out, nil
}
