package dataapi

import (
	"context"
	"net/http"
	"time"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/internal/call"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
)

// How often and how long a client tries; the numbers keep a request of the
// API below a few seconds when Astra has a bad moment.
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

// DataAPIClient holds the settings that its databases begin with.
type DataAPIClient struct{ settings options.Settings }

// NewClient makes a client. Give it one HTTP client for the life of the
// process, or it makes one with [astra.NewTransport].
func NewClient(opts ...options.APIOption) *DataAPIClient {
	settings := options.Settings{Keyspace: options.DefaultKeyspace, Timeout: options.DefaultTimeout}
	for _, option := range opts {
		option.Apply(&settings)
	}
	if settings.HTTPClient == nil {
		settings.HTTPClient = &http.Client{Transport: astra.NewTransport()}
	}
	return &DataAPIClient{settings}
}

// Database is the database with that endpoint, such as
// https://DATABASE-REGION.apps.astra.datastax.com. A malformed endpoint is
// reported by the first command.
func (c *DataAPIClient) Database(endpoint string, opts ...options.APIOption) *Db {
	db := &Db{endpoint: endpoint, settings: c.settings}
	for _, option := range opts {
		option.Apply(&db.settings)
	}
	db.caller = caller(endpoint, db.settings)
	return db
}

// caller is the transport inside its decorators, from the inside out.
func caller(endpoint string, s options.Settings) call.Caller {
	var c call.Caller = call.Transport{Endpoint: endpoint, Token: s.Token, Client: call.Direct(s.HTTPClient), Header: s.Header}
	c = call.NewBreaker(c, breakerFails, breakerOpenFor)
	c = call.Retry{Next: c, Tries: tries, First: firstPause}
	c = call.Deadline{Next: c, Timeout: s.Timeout}
	return call.Observer{Next: c, Observe: s.Observe, Warn: s.Warn}
}
