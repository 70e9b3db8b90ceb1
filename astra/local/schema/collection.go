package schema

import (
	"encoding/json"

	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// Collection is what makes a table a collection of documents.
type Collection struct {
	// Options are those of createCollection with their defaults, as
	// findCollections explains them.
	Options json.RawMessage
	// DefaultID is the type of generated ids; "" is a text with a UUID.
	DefaultID string
	// Metric compares vectors; empty for a collection without them.
	Metric  string
	Service *value.Service
	Allow   []string
	Deny    []string
}

// Lexical is the index of the field $lexical; false without lexical search.
func (t *Table) Lexical() (Index, bool) { return t.IndexOn(DocumentBody, Text) }

// Text is the text of a column that a text index covers: a text itself, or the
// field $lexical of a document.
func (i Index) Text(column any) (text string, ok bool) {
	text, ok = column.(string)
	if !ok || i.Column != DocumentBody || i.Function != LexicalField {
		return text, ok
	}
	document, _ := jsonv.Decode([]byte(text))
	o, ok := document.(*jsonv.Object)
	if ok {
		text, ok = o.Value(LexicalField).(string)
	}
	return text, ok
}

// indexes are those of a collection, which have no name.
func (c *Collection) indexes() (list []Index) {
	if c.Metric != "" {
		list = append(list, Index{Kind: Vector, Column: DocumentVector, Options: map[string]any{"metric": c.Metric}})
	}
	o, _ := c.Explained().Value("lexical").(*jsonv.Object)
	if o != nil && o.Value("enabled") == true {
		analyzer := map[string]any{"analyzer": o.Value("analyzer")}
		list = append(list, Index{Kind: Text, Column: DocumentBody, Function: LexicalField, Options: analyzer})
	}
	return list
}

// MissingIndexes are the indexes that a collection should have and does not.
func (t *Table) MissingIndexes() (list []Index) {
	if t.Collection == nil {
		return nil
	}
	for _, i := range t.Collection.indexes() {
		if _, found := t.IndexOn(i.Column, i.Kind); !found {
			list = append(list, i)
		}
	}
	return list
}

// Reranks reports whether findAndRerank needs no service of its own.
func (c *Collection) Reranks() bool {
	o, _ := c.Explained().Value("rerank").(*jsonv.Object)
	return o != nil && o.Value("enabled") == true
}

// Columns of a collection's table.
const (
	DocumentKey    = "key"
	DocumentBody   = "doc"
	DocumentVector = "vector"
)

// LexicalField is the field of a document that is searched by words.
const LexicalField = "$lexical"

// NewCollection makes the table of a collection; a dimension of 0 is for one
// without vectors.
func NewCollection(keyspace, name string, c *Collection, dimension int) *Table {
	t := &Table{Keyspace: keyspace, Name: name, Collection: c, PartitionBy: []string{DocumentKey}, NextColumn: 3, Columns: []Column{
		{ID: 0, Name: DocumentKey, Type: value.Type{Kind: value.Text}},
		{ID: 1, Name: DocumentBody, Type: value.Type{Kind: value.Text}},
	}}
	if dimension > 0 {
		t.Columns = append(t.Columns, Column{ID: 2, Name: DocumentVector,
			Type: value.Type{Kind: value.Vector, Dimension: dimension, Service: c.Service}})
	}
	t.Indexes = c.indexes()
	return t
}

// Explained returns the options of a collection in their order.
func (c *Collection) Explained() *jsonv.Object {
	in, _ := jsonv.Decode(c.Options)
	o, _ := in.(*jsonv.Object)
	if o == nil {
		o = jsonv.NewObject()
	}
	return o
}
