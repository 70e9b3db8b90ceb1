package results

import (
	"encoding/json"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/internal/row"
)

// SingleResult is the answer of findOne.
type SingleResult struct {
	document jsontext.Value
	schema   row.Schema
	warnings []Warning
	err      error
}

// NewSingleResult is for the client; a nil document means that none matched.
func NewSingleResult(document jsontext.Value, schema row.Schema, warnings []Warning, err error) *SingleResult {
	return &SingleResult{document, schema, warnings, err}
}

// Decode writes the row into v, a pointer to a struct with json tags or to a
// map[string]any. It returns [ErrNoDocuments] if no row matched.
func (r *SingleResult) Decode(v any) error {
	if err := r.Err(); err != nil {
		return err
	}
	return row.Decode(r.document, r.schema, v)
}

// Raw is the row as it came.
func (r *SingleResult) Raw() (json.RawMessage, error) { return json.RawMessage(r.document), r.Err() }

// Err is the command's error, or [ErrNoDocuments].
func (r *SingleResult) Err() error {
	if r.err != nil {
		return r.err
	}
	if r.document == nil {
		return ErrNoDocuments
	}
	return nil
}

// Warnings are what the Data API warned about.
func (r *SingleResult) Warnings() []Warning { return r.warnings }

// InsertOneResult is the answer of insertOne.
type InsertOneResult struct {
	// RawID are the values of the primary key, in its order.
	RawID    []json.RawMessage
	Warnings []Warning
}

// DecodeID writes the first column of the primary key into v.
func (r *InsertOneResult) DecodeID(v any) error {
	if len(r.RawID) == 0 {
		return fmt.Errorf("decode an inserted key: the answer has none")
	}
	return json.Unmarshal(r.RawID[0], v)
}

// InsertManyResult is the answer of insertMany over all its chunks.
type InsertManyResult struct {
	// RawIDs are the primary keys of the rows that were written.
	RawIDs   [][]json.RawMessage
	Warnings []Warning
}

// InsertedCount is how many rows were written.
func (r *InsertManyResult) InsertedCount() int { return len(r.RawIDs) }

// InsertManyError says that some rows of an insertMany were not written.
type InsertManyError struct {
	// Inserted is how many rows were written all the same.
	Inserted int
	Err      error
}

func (e *InsertManyError) Error() string {
	return fmt.Sprintf("insert many rows: %d were written, then: %v", e.Inserted, e.Err)
}

// Unwrap is the cause.
func (e *InsertManyError) Unwrap() error { return e.Err }
