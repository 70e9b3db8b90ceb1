package tables

import (
	"github.com/killrvideo/killrvideo-go/astra/local/documents"
	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
)

func (c *call) insertDocument() (*reply, error) {
	in, given := c.body.Get("document")
	if !given {
		return nil, invalidField("document", nil, "must not be null")
	}
	outcome, err := c.insertEach([]any{in}, true)
	if err != nil {
		return nil, err
	}
	return insertedIDs(outcome), nil
}

// insertNew writes a document whose '_id' must be new.
func (c *call) insertNew(tx *rowstore.Tx, s stored) error {
	row, err := s.row()
	if err != nil {
		return err
	}
	_, exists, err := tx.Row(c.table, rowstore.Key(c.table, row))
	if err != nil {
		return err
	}
	if exists {
		return alreadyExists(s.doc.Value(documents.ID))
	}
	return tx.Put(c.table, row)
}

func (c *call) insertDocuments() (*reply, error) {
	docs, ordered, responses, err := c.insertions()
	if err != nil {
		return nil, err
	}
	outcome, err := c.insertEach(docs, ordered)
	if err != nil {
		return nil, err
	}
	if responses {
		return documentResponses(outcome), nil
	}
	return insertedIDs(outcome), nil
}

// insertedIDs lists the documents that were inserted, and errors for the others.
func insertedIDs(outcome []inserted) *reply {
	out, ids := &reply{}, []any{}
	for _, o := range outcome {
		if o.status == "OK" {
			ids = append(ids, o.id)
		}
		if o.err != nil {
			if o.id != nil {
				o.err.DocumentIDs = []any{o.id}
			}
			out.Errors = append(out.Errors, o.err)
		}
	}
	out.Status = map[string]any{"insertedIds": ids}
	return out
}

// insertEach inserts documents one after the other; ordered stops at the first
// that fails. Texts are embedded before anything is written, so a failure of the
// provider fails them all.
func (c *call) insertEach(docs []any, ordered bool) ([]inserted, error) {
	prepared := make([]stored, len(docs))
	outcome := make([]inserted, len(docs))
	for i, in := range docs {
		outcome[i].status = "SKIPPED"
		if doc, ok := in.(*jsonv.Object); ok {
			if err := expandHybrid(doc); err != nil {
				return nil, err
			}
			outcome[i].id = doc.Value(documents.ID)
		}
	}
	for i, in := range docs {
		doc, err := documentOf(in)
		if err == nil {
			prepared[i], err = c.prepare(doc)
		}
		if prepared[i].doc != nil {
			outcome[i].id = prepared[i].doc.Value(documents.ID)
		}
		if err != nil {
			outcome[i].status, outcome[i].err = "ERROR", fault.From(err)
			if outcome[i].err.Scope == providerScope {
				return nil, err
			}
			if ordered {
				break
			}
		}
	}
	for i := range outcome {
		if outcome[i].err != nil && ordered {
			break
		}
		if outcome[i].err != nil || prepared[i].doc == nil {
			continue
		}
		err := c.h.Store.Write(func(tx *rowstore.Tx) error { return c.insertNew(tx, prepared[i]) })
		outcome[i].status = "OK"
		if err != nil {
			outcome[i].status, outcome[i].err = "ERROR", fault.From(err)
			if ordered {
				break
			}
		}
	}
	return outcome, nil
}
