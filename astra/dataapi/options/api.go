// Package options holds the settings of a client and of its calls, as builders
// to be chained. A setting that is not made keeps the client's default.
package options

import (
	"context"
	"net/http"
	"time"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
)

// DefaultKeyspace is used unless a keyspace is set.
const DefaultKeyspace = "default_keyspace"

// DefaultTimeout bounds a command with all its retries unless set.
const DefaultTimeout = 30 * time.Second

// APIOption changes the settings of a client, a database or a table.
type APIOption interface{ Apply(*Settings) }

// Settings are what a client works with.
type Settings struct {
	Token      astra.Token
	Keyspace   string
	Timeout    time.Duration
	HTTPClient *http.Client
	Warn       func(context.Context, ...results.Warning)
	Observe    func(context.Context, CommandEvent)
	Header     http.Header
}

// CommandEvent is one command as the caller saw it, retries included.
type CommandEvent struct {
	// Command is its name, such as findOne; Table is "" for those of a keyspace.
	Command, Table string
	Duration       time.Duration
	// Err is nil when it succeeded.
	Err error
}

// APIBuilder builds an APIOption.
type APIBuilder struct{ changes []func(*Settings) }

// API begins the settings of a client.
func API() *APIBuilder { return &APIBuilder{} }

// Apply makes the changes.
func (b *APIBuilder) Apply(s *Settings) {
	for _, change := range b.changes {
		change(s)
	}
}

func (b *APIBuilder) with(change func(*Settings)) *APIBuilder {
	b.changes = append(b.changes, change)
	return b
}

// SetToken sets the application token.
func (b *APIBuilder) SetToken(token astra.Token) *APIBuilder {
	return b.with(func(s *Settings) { s.Token = token })
}

// SetKeyspace sets the keyspace.
func (b *APIBuilder) SetKeyspace(keyspace string) *APIBuilder {
	return b.with(func(s *Settings) { s.Keyspace = keyspace })
}

// SetRequestTimeout bounds each command with all its retries.
func (b *APIBuilder) SetRequestTimeout(timeout time.Duration) *APIBuilder {
	return b.with(func(s *Settings) { s.Timeout = timeout })
}

// SetHTTPClient sets the HTTP client; share one for the life of the process.
func (b *APIBuilder) SetHTTPClient(client *http.Client) *APIBuilder {
	return b.with(func(s *Settings) { s.HTTPClient = client })
}

// SetWarningHandler is called with every answer's warnings.
func (b *APIBuilder) SetWarningHandler(warn func(context.Context, ...results.Warning)) *APIBuilder {
	return b.with(func(s *Settings) { s.Warn = warn })
}

// SetObserver is called after every command.
func (b *APIBuilder) SetObserver(observe func(context.Context, CommandEvent)) *APIBuilder {
	return b.with(func(s *Settings) { s.Observe = observe })
}

// AddHeader adds a header to every request.
func (b *APIBuilder) AddHeader(name, value string) *APIBuilder {
	return b.with(func(s *Settings) {
		s.Header = s.Header.Clone()
		if s.Header == nil {
			s.Header = http.Header{}
		}
		s.Header.Add(name, value)
	})
}
