package results

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/internal/row"
)

// InsertOneResult is the answer of insertOne.
type InsertOneResult struct {
	id       json.RawMessage
	warnings Warnings
}

// NewInsertOneResult is for the client.
func NewInsertOneResult(id json.RawMessage, warnings Warnings) *InsertOneResult {
	return &InsertOneResult{id, warnings}
}

// RawID is the JSON of the inserted key: for a table an array of the values of
// its primary key, for a collection the _id.
func (r *InsertOneResult) RawID() (json.RawMessage, error) {
	if len(r.id) == 0 {
		return nil, errors.New("the answer has no inserted key")
	}
	return r.id, nil
}

// DecodeID decodes the inserted key into v; see [InsertOneResult.RawID].
func (r *InsertOneResult) DecodeID(v any) error {
	id, err := r.RawID()
	if err != nil {
		return err
	}
	return json.Unmarshal(id, v)
}

// Warnings are the warnings of the answer.
func (r *InsertOneResult) Warnings() Warnings { return r.warnings }

// InsertManyResult is the answer of insertMany over all its chunks.
type InsertManyResult struct {
	ids      []json.RawMessage
	warnings Warnings
}

// NewInsertManyResult is for the client.
func NewInsertManyResult(ids []json.RawMessage, warnings Warnings) *InsertManyResult {
	return &InsertManyResult{ids, warnings}
}

// InsertedCount is the number of rows or documents that were written.
func (r *InsertManyResult) InsertedCount() int { return len(r.ids) }

// RawIDs are the inserted keys, each as [InsertOneResult.RawID] returns it.
func (r *InsertManyResult) RawIDs() ([]json.RawMessage, error) { return r.ids, nil }

// DecodeIDs decodes the inserted keys into the slice that v points to.
func (r *InsertManyResult) DecodeIDs(v any) error {
	return row.DecodeSlice(len(r.ids), v, func(i int, element any) error { return json.Unmarshal(r.ids[i], element) })
}

// Warnings are the warnings of all chunks.
func (r *InsertManyResult) Warnings() Warnings { return r.warnings }

// InsertManyError reports that some rows of an insertMany were not written.
type InsertManyError struct {
	// Errors are the errors of the Data API from all chunks.
	Errors DataAPIErrors
	// Cause is the first failure that is not an answer of the Data API, such as a
	// broken connection; nil if there was none. Whether its chunk was written is
	// unknown.
	Cause error
	// Result holds what was written.
	Result *InsertManyResult
}

// InsertedCount is the number of rows or documents that were written.
func (e *InsertManyError) InsertedCount() int { return e.Result.InsertedCount() }

// RawIDs are the inserted keys.
func (e *InsertManyError) RawIDs() ([]json.RawMessage, error) { return e.Result.RawIDs() }

// DecodeIDs decodes the inserted keys into the slice that v points to.
func (e *InsertManyError) DecodeIDs(v any) error { return e.Result.DecodeIDs(v) }

func (e *InsertManyError) Error() string {
	return fmt.Sprintf("insert many: %d were written, then: %v", e.InsertedCount(), errors.Join(e.Unwrap()...))
}

// Unwrap gives errors.As the errors of the Data API and the cause.
func (e *InsertManyError) Unwrap() []error {
	var all []error
	if len(e.Errors) > 0 {
		all = append(all, e.Errors)
	}
	if e.Cause != nil {
		all = append(all, e.Cause)
	}
	return all
}
