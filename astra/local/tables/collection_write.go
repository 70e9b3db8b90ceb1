package tables

import (
	"time"

	"github.com/killrvideo/killrvideo-go/astra/local/documents"
	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/rowstore"
	"github.com/killrvideo/killrvideo-go/astra/local/schema"
)

// maxChanged is how many documents updateMany and deleteMany change in a call.
const maxChanged = 20

// changed is the outcome of one document.
type changed struct {
	before, after *jsonv.Object
	modified      bool
}

// change makes another document of one, or says that it stays as it is.
type change func(*jsonv.Object) (next *jsonv.Object, modified bool, err error)

// current reads a stored document within the writer. It is false when the
// document has gone or does not match any longer.
func (c *call) current(tx *rowstore.Tx, key []byte, f *documents.Filter) (s stored, ok bool, err error) {
	row, found, err := tx.Row(c.table, key)
	if err != nil || !found {
		return s, false, err
	}
	s, err = loaded(row)
	return s, err == nil && f.Match(s.doc), err
}

func (c *call) documentKey(key string) []byte {
	return rowstore.Key(c.table, rowstore.Row{schema.DocumentKey: key})
}

// rewrite changes a stored document, if it is [call.current].
func (c *call) rewrite(key string, f *documents.Filter, change change) (out changed, ok bool, err error) {
	err = c.h.Store.Write(func(tx *rowstore.Tx) error {
		out = changed{}
		var s stored
		if s, ok, err = c.current(tx, c.documentKey(key), f); err != nil || !ok {
			return err
		}
		out.before = documents.Copy(s.doc).(*jsonv.Object)
		if out.after, out.modified, err = change(s.doc); err != nil || !out.modified {
			return err
		}
		out.after, err = c.store(tx, key, out.after)
		return err
	})
	return out, ok, err
}

func (c *call) store(tx *rowstore.Tx, key string, doc *jsonv.Object) (*jsonv.Object, error) {
	if text, ok := doc.Get(documents.Vectorize); ok && text != nil {
		doc = doc.Clone()
		doc.Delete(documents.Vector) // it is made of the text again
	}
	s, err := c.prepare(doc)
	if err != nil {
		return nil, err
	}
	s.key = key
	row, err := s.row()
	if err != nil {
		return nil, err
	}
	return s.doc, tx.Put(c.table, row)
}

// parsedUpdate reads the update of a command.
func (c *call) parsedUpdate() (*documents.Update, error) {
	in, _ := c.body.Get("update")
	if in == nil {
		return nil, invalidField("update", nil, "must not be null")
	}
	up, err := c.updateField()
	if err != nil {
		return nil, err
	}
	u, err := documents.ParseUpdate(up)
	if err != nil {
		return nil, err
	}
	_, hasVector := u.Sets(documents.Vector)
	_, hasText := u.Sets(documents.Vectorize)
	if hasVector && hasText {
		return nil, fault.New("INVALID_USAGE_OF_VECTORIZE", "'$vector' and '$vectorize' cannot be used together in one update.\n\nResend the "+
			"command with one of them.")
	}
	return u, nil
}

// updateOf is the change that an update makes of a document.
func updateOf(u *documents.Update, now time.Time) change {
	return func(doc *jsonv.Object) (*jsonv.Object, bool, error) {
		if v, ok := u.Sets(documents.Vector); ok && v != nil {
			doc.Delete(documents.Vectorize)
		}
		did, err := u.Apply(doc, false, now)
		return doc, did, err
	}
}

// insertOf is what an update does to a document that it inserts.
func insertOf(u *documents.Update, now time.Time) func(*jsonv.Object) error {
	return func(doc *jsonv.Object) error {
		_, err := u.Apply(doc, true, now)
		return err
	}
}

// upsert inserts the document that a filter and an update describe.
func (c *call) upsert(f *documents.Filter, fresh func(*jsonv.Object) error) (*jsonv.Object, error) {
	doc := jsonv.NewObject()
	var bad error
	f.Equalities(func(path []string, v any) {
		if err := documents.Set(doc, path, documents.Copy(v)); err != nil && bad == nil {
			bad = err
		}
	})
	if bad != nil {
		return nil, bad
	}
	if err := fresh(doc); err != nil {
		return nil, err
	}
	s, err := c.prepare(doc)
	if err != nil {
		return nil, err
	}
	return s.doc, c.h.Store.Write(func(tx *rowstore.Tx) error { return c.insertNew(tx, s) })
}

func (c *call) updateDocument() (*reply, error) {
	out, err := c.updateFirst()
	if err != nil {
		return nil, err
	}
	return &reply{Status: out.status()}, nil
}

// updated counts what an update did.
type updated struct {
	changed
	matched, modified int
	upserted          any
	isUpsert          bool
}

func (u updated) status() map[string]any {
	s := map[string]any{"matchedCount": u.matched, "modifiedCount": u.modified}
	if u.isUpsert {
		s["upsertedId"] = u.upserted
	}
	return s
}

// updateFirst is updateOne and findOneAndUpdate.
func (c *call) updateFirst() (out updated, err error) {
	s, err := c.selection()
	if err != nil {
		return out, err
	}
	u, err := c.parsedUpdate()
	if err != nil {
		return out, err
	}
	upserts, err := c.options().boolean("upsert")
	if err != nil {
		return out, err
	}
	now := time.Now()
	return c.changeFirst(s, upserts, updateOf(u, now), insertOf(u, now))
}

// changeFirst changes the first document of a selection, or inserts one.
func (c *call) changeFirst(s *selection, upserts bool, change change, fresh func(*jsonv.Object) error) (out updated, err error) {
	for {
		d, found, err := c.first(s)
		if err != nil {
			return out, err
		}
		if !found {
			break
		}
		did, ok, err := c.rewrite(d.key, s.filter, change)
		if err != nil {
			return out, err
		}
		if ok {
			out.changed, out.matched = did, 1
			if did.modified {
				out.modified = 1
			}
			return out, nil
		}
	}
	if !upserts {
		return out, nil
	}
	doc, err := c.upsert(s.filter, fresh)
	if err != nil {
		return out, err
	}
	out.after, out.isUpsert, out.upserted = doc, true, doc.Value(documents.ID)
	return out, nil
}

// returning reads which document findOneAnd... answers with, before anything is
// changed, and gives the answer to a change.
func (c *call) returning() (func(updated) *reply, error) {
	show, err := c.projected()
	if err != nil {
		return nil, err
	}
	which, _ := c.options().Get("returnDocument")
	if which != nil && which != "before" && which != "after" {
		return nil, invalidField("options.returnDocument", which, `returnDocument value can only be "before" or "after"`)
	}
	return func(out updated) *reply {
		doc := out.before
		if which == "after" {
			doc = out.after
		}
		return &reply{Data: map[string]any{"document": show(doc)}, Status: out.status()}
	}, nil
}

func (c *call) findAndUpdate() (*reply, error) {
	answer, err := c.returning()
	if err != nil {
		return nil, err
	}
	out, err := c.updateFirst()
	if err != nil {
		return nil, err
	}
	return answer(out), nil
}

func (c *call) findAndReplace() (*reply, error) {
	answer, err := c.returning()
	if err != nil {
		return nil, err
	}
	s, err := c.selection()
	if err != nil {
		return nil, err
	}
	in := c.body.Value("replacement")
	if in == nil {
		return nil, invalidField("replacement", nil, "must not be null")
	}
	replacement, err := documentOf(in)
	if err != nil {
		return nil, err
	}
	upserts, err := c.options().boolean("upsert")
	if err != nil {
		return nil, err
	}
	out, err := c.changeFirst(s, upserts, replaceBy(replacement), func(doc *jsonv.Object) error {
		id, hasID := doc.Get(documents.ID)
		for _, k := range append([]string{}, doc.Keys...) {
			doc.Delete(k)
		}
		if hasID {
			doc.Set(documents.ID, id)
		}
		for _, k := range replacement.Keys {
			doc.Set(k, documents.Copy(replacement.Value(k)))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return answer(out), nil
}

func replaceBy(replacement *jsonv.Object) change {
	return func(doc *jsonv.Object) (*jsonv.Object, bool, error) {
		next := jsonv.NewObject()
		next.Set(documents.ID, doc.Value(documents.ID))
		for _, k := range replacement.Keys {
			v := replacement.Value(k)
			if k == documents.ID && !documents.Equal(v, doc.Value(documents.ID)) {
				return nil, false, fault.New("DOCUMENT_REPLACE_DIFFERENT_DOCID", "The replacement has another '_id' than the document "+
					"that the filter finds.\n\n"+
					"Resend the command with a replacement of the same '_id', or of none.")
			}
			next.Set(k, documents.Copy(v))
		}
		return next, !documents.Identical(doc, next), nil
	}
}

// some finds the next documents that a call changes, and reports whether there
// are more behind them.
func (c *call) some(f *documents.Filter, after []byte) (keys []string, last []byte, more bool, err error) {
	err = c.each(f, after, func(key []byte, d stored) (bool, error) {
		if len(keys) == maxChanged {
			more = true
			return false, nil
		}
		keys, last = append(keys, d.key), key
		return true, nil
	})
	return keys, last, more, err
}

func (c *call) updateDocuments() (*reply, error) {
	f, err := c.documentFilter()
	if err != nil {
		return nil, err
	}
	u, err := c.parsedUpdate()
	if err != nil {
		return nil, err
	}
	upserts, err := c.options().boolean("upsert")
	if err != nil {
		return nil, err
	}
	given, _ := c.options().Get("pageState")
	state, err := parsePageState(given)
	if err != nil {
		return nil, err
	}
	var after []byte
	if state != nil {
		after = state.After
	}
	return c.updateSome(f, u, upserts && state == nil, after)
}

func (c *call) updateSome(f *documents.Filter, u *documents.Update, upserts bool, after []byte) (*reply, error) {
	keys, last, more, err := c.some(f, after)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	out := updated{}
	for _, key := range keys {
		did, ok, err := c.rewrite(key, f, updateOf(u, now))
		if err != nil {
			return nil, err
		}
		if ok {
			out.matched++
		}
		if did.modified {
			out.modified++
		}
	}
	if len(keys) == 0 && upserts {
		doc, err := c.upsert(f, insertOf(u, now))
		if err != nil {
			return nil, err
		}
		out.isUpsert, out.upserted = true, doc.Value(documents.ID)
	}
	status := out.status()
	if more {
		status["moreData"], status["nextPageState"] = true, pageState{After: last}.String()
	}
	return &reply{Status: status}, nil
}
