package results

import (
	"encoding/json"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/internal/row"
)

// SingleResult is the answer of a command that returns one row or document.
type SingleResult struct {
	document jsontext.Value
	decode   func(v any) error
	warnings Warnings
	err      error
}

// NewFailure is for the client.
func NewFailure(err error) *SingleResult { return &SingleResult{err: err} }

// NewRow is for the client; an empty or null row means that none matched.
func NewRow(text jsontext.Value, schema row.Schema, warnings Warnings) *SingleResult {
	return &SingleResult{text, func(v any) error { return row.Decode(text, schema, v) }, warnings, nil}
}

// NewDocument is for the client; an empty or null document means that none
// matched.
func NewDocument(text jsontext.Value, warnings Warnings) *SingleResult {
	return &SingleResult{text, func(v any) error { return row.DecodeDocument(text, v) }, warnings, nil}
}

// Decode writes the row into v, a pointer to a struct with json tags or to a
// map[string]any. It returns [ErrNoDocuments] if nothing matched.
func (r *SingleResult) Decode(v any) error {
	if _, err := r.Raw(); err != nil {
		return err
	}
	return r.decode(v)
}

// Raw is the JSON of the answer, or [ErrNoDocuments].
func (r *SingleResult) Raw() (json.RawMessage, error) {
	switch {
	case r.err != nil:
		return nil, r.err
	case len(r.document) == 0 || string(r.document) == "null":
		return nil, ErrNoDocuments
	default:
		return json.RawMessage(r.document), nil
	}
}

// Err is the error of the command. It is nil when nothing matched: only Decode
// and Raw return [ErrNoDocuments].
func (r *SingleResult) Err() error { return r.err }

// Warnings are the warnings of the answer.
func (r *SingleResult) Warnings() Warnings { return r.warnings }
