package dataapi

import (
	"context"
	"net/http"
	"time"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/internal/call"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
)

// Retries and the breaker; the numbers keep a request of the API below a few
// seconds while Astra fails.
const (
	tries          = 4
	firstPause     = 50 * time.Millisecond
	breakerFails   = 8
	breakerOpenFor = 2 * time.Second
)

// ErrUnavailable is returned at once while the breaker is open.
var ErrUnavailable = call.ErrUnavailable

// WithRequestID lets the commands of ctx carry X-Request-Id.
func WithRequestID(ctx context.Context, id string) context.Context {
	return call.WithRequestID(ctx, id)
}

// DataAPIClient holds the settings that its databases inherit.
type DataAPIClient struct{ settings options.APIOptions }

// NewClient makes a client. Give it one HTTP client for the life of the
// process; without one it makes its own with [astra.NewTransport].
func NewClient(opts ...options.APIOption) *DataAPIClient {
	defaults := options.API().SetKeyspace(options.DefaultKeyspace).SetRequestTimeout(options.DefaultTimeout)
	settings := options.MergeAPI(append([]options.APIOption{defaults}, opts...)...)
	if settings.HTTPClient == nil {
		settings.HTTPClient = &http.Client{Transport: astra.NewTransport()}
	}
	return &DataAPIClient{settings}
}

// Database is the database with that endpoint, such as
// https://DATABASE-REGION.apps.astra.datastax.com. A malformed endpoint is
// reported by the first command.
func (c *DataAPIClient) Database(endpoint string, opts ...options.APIOption) *Db {
	return &Db{newTarget(endpoint, options.MergeAPI(append([]options.APIOption{&c.settings}, opts...)...))}
}

// target is the address of commands with the settings that apply to it.
type target struct {
	endpoint, name string
	// documents says that the name is a collection's.
	documents bool
	settings  options.APIOptions
	// circuit is shared by all tables and collections of a database.
	circuit *call.Circuit
	caller  call.Caller
}

func newTarget(endpoint string, settings options.APIOptions) target {
	circuit := call.NewCircuit(breakerFails, breakerOpenFor)
	return target{endpoint: endpoint, settings: settings, circuit: circuit, caller: caller(endpoint, circuit, settings)}
}

// child is a table or collection of the database.
func (t *target) child(name string, opts []options.APIOption) target {
	child := *t
	child.name = name
	if len(opts) > 0 {
		child.settings = options.MergeAPI(append([]options.APIOption{&t.settings}, opts...)...)
		child.caller = caller(t.endpoint, t.circuit, child.settings)
	}
	return child
}

// caller is the transport inside its decorators, from the inside out.
func caller(endpoint string, circuit *call.Circuit, s options.APIOptions) call.Caller {
	var token astra.Token
	if s.Token != nil {
		token = *s.Token
	}
	var c call.Caller = call.Transport{Endpoint: endpoint, Token: token, Client: call.Direct(s.HTTPClient), Headers: s.Headers}
	c = call.Breaker{Next: c, Circuit: circuit}
	c = call.Retry{Next: c, Tries: tries, First: firstPause}
	c = call.Deadline{Next: c, Timeout: *s.RequestTimeout}
	return call.Observer{Next: c, Observe: s.Observer, Warn: s.WarningHandler}
}

// keyspace is the target's keyspace.
func (t *target) keyspace() target {
	keyspace := *t
	keyspace.name, keyspace.documents = "", false
	return keyspace
}

func (t *target) command(name string, body any, idempotent bool) call.Command {
	return call.Command{
		Name: name, Keyspace: *t.settings.Keyspace, Table: t.name, Documents: t.documents, Body: body, Idempotent: idempotent,
	}
}

// run sends a command; the answer is nil only with an error.
func (t *target) run(ctx context.Context, name string, body any, idempotent bool) (*call.Response, error) {
	return t.caller.Call(ctx, t.command(name, body, idempotent))
}
