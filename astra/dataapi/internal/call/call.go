// Package call sends one command to the Data API. One small interface, and
// around the HTTP transport small decorators: a deadline, retries, a breaker
// and an observer, each in a file of its own. Nothing here knows what a table
// is.
package call

import (
	"context"
	"encoding/json"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/datatypes"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/internal/row"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
)

// Command is one command.
type Command struct {
	// Name is the body's one key, such as findOne.
	Name string
	// Keyspace and Table are its address; Table is a table or a collection, or
	// empty.
	Keyspace, Table string
	// Documents says that Table is a collection.
	Documents bool
	// Body is the value of that key.
	Body any
	// Idempotent commands may be sent again after a failure that leaves open
	// whether they were executed.
	Idempotent bool
	// Rows, if not nil, decode the rows of the answer. One that they cannot decode
	// leaves all of them in the response.
	Rows Rows
}

// Response is a successful answer.
type Response struct {
	Data struct {
		Document      jsontext.Value `json:"document"`
		Documents     Documents      `json:"documents"`
		NextPageState string         `json:"nextPageState"`
	} `json:"data"`
	Status Status                `json:"status"`
	Errors results.DataAPIErrors `json:"errors"`
}

// Status is the part of an answer that tells about the command.
type Status struct {
	InsertedIDs      []json.RawMessage `json:"insertedIds"`
	ProjectionSchema row.Schema        `json:"projectionSchema"`
	SortVector       datatypes.Vector  `json:"sortVector"`
	Warnings         results.Warnings  `json:"warnings"`

	Tables      json.RawMessage `json:"tables"`
	Indexes     json.RawMessage `json:"indexes"`
	Types       json.RawMessage `json:"types"`
	Collections json.RawMessage `json:"collections"`
	Keyspaces   []string        `json:"keyspaces"`

	MatchedCount  int    `json:"matchedCount"`
	ModifiedCount int    `json:"modifiedCount"`
	UpsertedID    any    `json:"upsertedId"`
	DeletedCount  int    `json:"deletedCount"`
	Count         int    `json:"count"`
	MoreData      bool   `json:"moreData"`
	NextPageState string `json:"nextPageState"`
}

// Caller sends a command. An answer with errors comes as results.DataAPIErrors
// together with the response, because insertMany has both.
type Caller interface {
	Call(ctx context.Context, command Command) (*Response, error)
}
