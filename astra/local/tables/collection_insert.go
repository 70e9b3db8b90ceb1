package tables

import (
	"github.com/killrvideo/killrvideo-go/astra/local/documents"
	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
)

func (c *call) insertDocument() (*reply, error) {
	doc, err := documentOf("document", c.body.Value("document"))
	if err != nil {
		return nil, err
	}
	if err := expandHybrid(doc); err != nil {
		return nil, err
	}
	s, err := c.prepare(doc)
	if err != nil {
		return nil, err
	}
	if err := c.h.Store.Write(func(tx *rowstore.Tx) error { return c.insertNew(tx, s) }); err != nil {
		return nil, err
	}
	return &reply{Status: map[string]any{"insertedIds": []any{s.doc.Value(documents.ID)}}}, nil
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
	docs, err := c.documents()
	if err != nil {
		return nil, err
	}
	ordered, err := c.options().boolean("ordered")
	if err != nil {
		return nil, err
	}
	responses, err := c.options().boolean("returnDocumentResponses")
	if err != nil {
		return nil, err
	}
	for _, in := range docs {
		if doc, ok := in.(*jsonv.Object); ok {
			if err := expandHybrid(doc); err != nil {
				return nil, err
			}
		}
	}
	outcome, err := c.insertEach(docs, ordered)
	if err != nil {
		return nil, err
	}
	if responses {
		return documentOutcome(outcome), nil
	}
	out := &reply{Status: map[string]any{}}
	ids := []any{}
	for _, o := range outcome {
		if o.status == "OK" {
			ids = append(ids, o.id)
		}
		if o.err != nil {
			out.Errors = append(out.Errors, o.err)
		}
	}
	out.Status["insertedIds"] = ids
	return out, nil
}

// insertedDocument is the outcome of one document.
type insertedDocument struct {
	id     any
	status string
	err    *fault.Error
}

func (c *call) insertEach(docs []any, ordered bool) ([]insertedDocument, error) {
	prepared := make([]stored, len(docs))
	outcome := make([]insertedDocument, len(docs))
	for i := range outcome {
		outcome[i].status = "SKIPPED"
	}
	for i, in := range docs {
		doc, err := documentOf("documents", in)
		if err == nil {
			prepared[i], err = c.prepare(doc)
		}
		if prepared[i].doc != nil {
			outcome[i].id = prepared[i].doc.Value(documents.ID)
		}
		if err != nil {
			outcome[i].status, outcome[i].err = "ERROR", fault.From(err)
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

func documentOutcome(outcome []insertedDocument) *reply {
	out := &reply{}
	list := make([]any, len(outcome))
	for i, o := range outcome {
		list[i] = out.documentResponse(o.id, o.status, o.err)
	}
	out.Status = map[string]any{"documentResponses": list}
	return out
}
