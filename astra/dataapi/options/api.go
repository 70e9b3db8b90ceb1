// Package options holds the settings of clients and the options of commands.
// Each is a struct with a constructor and setters to chain; what is nil is not
// set, and of several options the later ones win.
package options

import (
	"context"
	"maps"
	"net/http"
	"reflect"
	"time"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
)

// Defaults of a client.
const (
	DefaultKeyspace = "default_keyspace"
	// DefaultTimeout is the deadline of a command with all its retries.
	DefaultTimeout = 30 * time.Second
)

// APIOptions are the settings of a client, database, table or collection; each
// inherits those of its parent.
type APIOptions struct {
	Token          *astra.Token
	Keyspace       *string
	RequestTimeout *time.Duration
	HTTPClient     *http.Client
	Headers        map[string]string
	WarningHandler WarningHandler
	Observer       func(context.Context, CommandEvent)
}

// APIOption is a *APIOptions; begin with [API].
type APIOption = *APIOptions

// WarningHandler is called with each warning of an answer.
type WarningHandler func(results.Warning)

// CommandEvent is one command as the caller saw it, retries included.
type CommandEvent struct {
	// Command is its name, such as findOne; Table is the table or collection, ""
	// for the commands of a keyspace.
	Command, Table string
	Duration       time.Duration
	Warnings       results.Warnings
	// Err is nil when it succeeded.
	Err error
}

// API begins the settings of a client.
func API() *APIOptions { return &APIOptions{} }

// SetToken sets the application token.
func (o *APIOptions) SetToken(token astra.Token) *APIOptions { o.Token = &token; return o }

// SetKeyspace sets the keyspace.
func (o *APIOptions) SetKeyspace(keyspace string) *APIOptions { o.Keyspace = &keyspace; return o }

// SetRequestTimeout sets the deadline of each command with all its retries.
func (o *APIOptions) SetRequestTimeout(d time.Duration) *APIOptions { o.RequestTimeout = &d; return o }

// SetHTTPClient sets the HTTP client; share one for the life of the process.
func (o *APIOptions) SetHTTPClient(client *http.Client) *APIOptions { o.HTTPClient = client; return o }

// SetWarningHandler sets the handler of warnings.
func (o *APIOptions) SetWarningHandler(handle WarningHandler) *APIOptions {
	o.WarningHandler = handle
	return o
}

// SetObserver sets a function that is called after every command.
func (o *APIOptions) SetObserver(observe func(context.Context, CommandEvent)) *APIOptions {
	o.Observer = observe
	return o
}

// AddHeader adds a header to every request.
func (o *APIOptions) AddHeader(name, value string) *APIOptions {
	headers := map[string]string{name: value}
	maps.Copy(headers, o.Headers)
	headers[name] = value
	o.Headers = headers
	return o
}

// MergeAPI merges settings, the later ones winning; headers add up.
func MergeAPI(opts ...APIOption) APIOptions {
	headers := map[string]string{}
	for _, o := range opts {
		if o != nil {
			maps.Copy(headers, o.Headers)
		}
	}
	merged := Merge(opts...)
	merged.Headers = headers
	return merged
}

// Merge merges options: fields that are not nil win over earlier ones.
func Merge[T any](opts ...*T) T {
	var merged T
	target := reflect.ValueOf(&merged).Elem()
	for _, o := range opts {
		if o == nil {
			continue
		}
		source := reflect.ValueOf(o).Elem()
		for i := range source.NumField() {
			if field := source.Field(i); !field.IsZero() {
				target.Field(i).Set(field)
			}
		}
	}
	return merged
}
