package tables

import (
	"github.com/killrvideo/killrvideo-go/astra/local/documents"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
)

func (c *call) findAndDelete() (*reply, error) {
	show, err := c.projected()
	if err != nil {
		return nil, err
	}
	before, err := c.deleteFirst()
	if err != nil {
		return nil, err
	}
	n := 0
	if before != nil {
		n = 1
	}
	return &reply{Data: map[string]any{"document": show(before)}, Status: map[string]any{"deletedCount": n}}, nil
}

func (c *call) deleteDocument() (*reply, error) {
	before, err := c.deleteFirst()
	n := 0
	if before != nil {
		n = 1
	}
	return &reply{Status: map[string]any{"deletedCount": n}}, err
}

func (c *call) deleteFirst() (*jsonv.Object, error) {
	s, err := c.selection()
	if err != nil {
		return nil, err
	}
	for {
		d, found, err := c.first(s)
		if err != nil || !found {
			return nil, err
		}
		deleted, err := c.remove(d.key, s.filter)
		if err != nil || deleted != nil {
			return deleted, err
		}
	}
}

// remove deletes a document that still matches, and returns it.
func (c *call) remove(key string, f *documents.Filter) (deleted *jsonv.Object, err error) {
	err = c.h.Store.Write(func(tx *rowstore.Tx) error {
		deleted = nil
		k := rowstore.Key(c.table, rowstore.Row{schema.DocumentKey: key})
		row, found, err := tx.Row(c.table, k)
		if err != nil || !found {
			return err
		}
		s, err := loaded(row)
		if err != nil || !f.Match(s.doc) {
			return err
		}
		deleted = s.doc
		return tx.DeleteSpan(c.table, rowstore.Span{Lo: k, Hi: rowstore.After(k)})
	})
	return deleted, err
}

func (c *call) deleteDocuments() (*reply, error) {
	f, err := c.documentFilter()
	if err != nil {
		return nil, err
	}
	if f.Empty() {
		err := c.h.Store.Write(func(tx *rowstore.Tx) error { return tx.DeleteSpan(c.table, rowstore.Span{}) })
		return &reply{Status: map[string]any{"deletedCount": -1}}, err
	}
	keys, _, more, err := c.some(f, nil)
	if err != nil {
		return nil, err
	}
	n := 0
	for _, key := range keys {
		deleted, err := c.remove(key, f)
		if err != nil {
			return nil, err
		}
		if deleted != nil {
			n++
		}
	}
	status := map[string]any{"deletedCount": n}
	if more {
		status["moreData"] = true
	}
	return &reply{Status: status}, nil
}
