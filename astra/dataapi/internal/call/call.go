// Package call sends one command to the Data API. One small interface, and
// around the HTTP transport small decorators: a deadline, retries, a breaker
// and an observer, each in a file of its own. Nothing here knows what a table
// is.
package call

import (
	"context"
	"encoding/json"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/internal/row"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
)

// Command is one command.
type Command struct {
	// Name is the body's one key, such as findOne.
	Name string
	// Keyspace and Table are where it goes; Table may be empty.
	Keyspace, Table string
	// Body is what stands under the name.
	Body any
	// Idempotent commands may be sent again after a failure that does not
	// tell whether they were carried out.
	Idempotent bool
}

// Response is a successful answer.
type Response struct {
	Data struct {
		Document      jsontext.Value   `json:"document"`
		Documents     []jsontext.Value `json:"documents"`
		NextPageState string           `json:"nextPageState"`
	} `json:"data"`
	Status Status                `json:"status"`
	Errors results.DataAPIErrors `json:"errors"`
}

// Status is the part of an answer that every command may have.
type Status struct {
	InsertedIDs      [][]json.RawMessage `json:"insertedIds"`
	ProjectionSchema row.Schema          `json:"projectionSchema"`
	SortVector       []float32           `json:"sortVector"`
	SortedRowCount   int                 `json:"sortedRowCount"`
	Tables           json.RawMessage     `json:"tables"`
	Indexes          json.RawMessage     `json:"indexes"`
	Keyspaces        []string            `json:"keyspaces"`
	Warnings         []results.Warning   `json:"warnings"`
}

// Caller sends a command. An answer with errors comes as results.DataAPIErrors
// together with the response, because insertMany has both.
type Caller interface {
	Call(ctx context.Context, command Command) (*Response, error)
}
