// Package api is the HTTP layer of KillrVideo: routes, middleware, the mapping of
// errors to responses, the OpenAPI document and the pages that show it. Business
// rules are in package killrvideo; storage and settings are unknown here.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// Prefix is where the operations of the contract begin.
const Prefix = "/api/v1"

// Keys signs and verifies tokens. Verify returns the session of a token, or an
// error whose message is safe for clients.
type Keys interface {
	Sign(user killrvideo.User, session killrvideo.Session) (killrvideo.Tokens, error)
	Verify(token string) (killrvideo.Session, error)
	VerifyRefresh(token string) (killrvideo.Session, error)
}

// Dependencies is all that the API needs. Fields beside the services and Keys have
// a default.
type Dependencies struct {
	Accounts   *killrvideo.Accounts
	Catalogue  *killrvideo.Catalogue
	Comments   *killrvideo.Comments
	Moderation *killrvideo.Moderation
	Search     *killrvideo.Search
	Keys       Keys
	// Sessions are those of Accounts. Without them no session can be refreshed or ended.
	Sessions *killrvideo.Sessions

	Limits Limits
	// MetricsToken is the bearer token that /metrics requires, none if empty.
	MetricsToken string
	// SweepToken is the bearer token of POST /tasks/sweep, which calls Sweep. If
	// either is missing the path does not exist. Sweep runs the background jobs
	// once, and returns an error if it could not run all to the end.
	SweepToken string
	Sweep      func(ctx context.Context) error
	// WithoutDocs leaves out the document and the pages that show it.
	WithoutDocs bool
	// TrustedProxies are the networks, such as 10.0.0.0/8, or addresses of proxies
	// whose X-Forwarded-For sets the client's address.
	TrustedProxies []string

	// Ready checks that the data store answers. Its error goes to the log,
	// never to the client.
	Ready func(ctx context.Context) error
	// Draining reports that the process is about to end.
	Draining func() bool
	// ReadOnly marks the context of a request that cannot change anything.
	ReadOnly func(ctx context.Context) context.Context
	// WithRequestID passes the id of the request to the data store's client.
	WithRequestID func(ctx context.Context, id string) context.Context

	// Tracing may be nil, for none.
	Tracing Tracing
	Metrics *Metrics
	Log     *slog.Logger
	Now     func() time.Time

	Version     string   // of the program
	Commit      string   // that the program was built from
	Revision    string   // of the deployment
	CORSOrigins []string // "*" or origins; none means no cross-origin use
	// RequestTimeout bounds the work on one request.
	RequestTimeout time.Duration
}

// API holds the dependencies; its methods are the handlers.
type API struct {
	Dependencies
	// methods are those of each route without parameters.
	methods map[string][]string
	bodies  bodies
	flights flights[readable]
}

// NewHandler builds the API. The handler is safe for concurrent use and keeps
// no goroutine of its own.
func NewHandler(d Dependencies) http.Handler {
	return newRouter(&API{Dependencies: d.withDefaults()})
}

func (d Dependencies) withDefaults() Dependencies {
	if d.Ready == nil {
		d.Ready = func(context.Context) error { return nil }
	}
	if d.Draining == nil {
		d.Draining = func() bool { return false }
	}
	if d.ReadOnly == nil {
		d.ReadOnly = func(ctx context.Context) context.Context { return ctx }
	}
	if d.WithRequestID == nil {
		d.WithRequestID = func(ctx context.Context, _ string) context.Context { return ctx }
	}
	if d.Metrics == nil {
		d.Metrics = NewMetrics()
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Sessions == nil {
		d.Sessions = &killrvideo.Sessions{Accounts: d.Accounts, Now: d.Now, Log: d.Log}
	}
	if d.RequestTimeout == 0 {
		d.RequestTimeout = 20 * time.Second
	}
	return d
}
