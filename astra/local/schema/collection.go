package schema

import (
	"encoding/json"

	"github.com/killrvideo/killrvideo-go/astra/local/jsonv"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// Collection is what makes a table a collection of documents.
type Collection struct {
	// Options are those of createCollection, filled with what it left out, as
	// findCollections explains them.
	Options json.RawMessage
	// DefaultID is the kind of the ids that are made; "" is for plain UUIDs.
	DefaultID string
	// Metric compares vectors; empty for a collection without them.
	Metric  string
	Service *value.Service
	Allow   []string
	Deny    []string
}

// Lexical is the index of the field $lexical; false without lexical search.
func (c *Collection) Lexical() (Index, bool) {
	o, _ := c.Explained().Value("lexical").(*jsonv.Object)
	if o == nil || o.Value("enabled") != true {
		return Index{}, false
	}
	return Index{Kind: Text, Options: map[string]any{"analyzer": o.Value("analyzer")}}, true
}

// Reranks tells whether findAndRerank needs no service of its own.
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

// NewCollection makes the table of a collection; a dimension of 0 is for one
// without vectors.
func NewCollection(keyspace, name string, c *Collection, dimension int) *Table {
	t := &Table{Keyspace: keyspace, Name: name, Collection: c, PartitionBy: []string{DocumentKey}, NextColumn: 3, Columns: []Column{
		{ID: 0, Name: DocumentKey, Type: value.Type{Kind: value.Text}},
		{ID: 1, Name: DocumentBody, Type: value.Type{Kind: value.Text}},
	}}
	if dimension > 0 {
		t.Columns = append(t.Columns, Column{ID: 2, Name: DocumentVector, Type: value.Type{Kind: value.Vector, Dimension: dimension, Service: c.Service}})
	}
	return t
}

// Explained gives the options of a collection in their order.
func (c *Collection) Explained() *jsonv.Object {
	in, _ := jsonv.Decode(c.Options)
	o, _ := in.(*jsonv.Object)
	if o == nil {
		o = jsonv.NewObject()
	}
	return o
}
