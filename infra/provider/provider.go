// Package provider is the native Pulumi provider `killrvideo`: the resources
// no public provider has, because they mint, prove, wait or run something
// here. One file a resource, holding its arguments, state and life cycle; what
// such a file needs to know about operating systems, HTTP or table
// definitions is in the folders below.
//
// What may not enter: a cloud's SDK, the service, and the program that uses
// the resources. Programs import the bindings in package resource instead.
package provider

import (
	"context"
	"fmt"
	"net/http"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/killrvideo/killrvideo-go/astra"
)

// Name of the package, and Version of the provider as the engine sees it.
const (
	Name    = "killrvideo"
	Version = "0.1.0"
)

// Option changes how New builds the provider; tests use them.
type Option func(*settings)

type settings struct {
	now     func() time.Time
	patient backoff
	pause   func(context.Context, time.Duration) error
}

// WithPause replaces the sleep of a Wait.
func WithPause(pause func(context.Context, time.Duration) error) Option {
	return func(o *settings) { o.pause = pause }
}

// WithClock makes the resources read the time from now.
func WithClock(now func() time.Time) Option {
	return func(o *settings) { o.now = now }
}

// WithPropagation bounds how often and how long the astra resources wait for a
// role or a token to arrive everywhere: attempts in all, pause before the
// second one, doubled each time up to ten times the first.
func WithPropagation(attempts int, pause time.Duration) Option {
	return func(o *settings) { o.patient = backoff{attempts: attempts, pause: pause} }
}

// New builds the provider. It fails only if a resource's Go types do not give
// a schema, which is a mistake in this package.
func New(opts ...Option) (p.Provider, error) {
	o := settings{now: time.Now, patient: backoff{attempts: 12, pause: 500 * time.Millisecond}, pause: pause}
	for _, opt := range opts {
		opt(&o)
	}
	api := connector{http: &http.Client{Transport: astra.NewTransport()}}
	tokens := newClients()
	built, err := infer.NewProviderBuilder().
		WithDisplayName("KillrVideo").
		WithDescription("Astra roles, tokens and tables, signing keys, one-time codes, rollout gates and waits, and local processes.").
		WithConfig(infer.Config(&Config{})).
		WithResources(
			infer.Resource(&Role{astra: api}),
			infer.Resource(&Token{astra: api, patient: o.patient, known: tokens}),
			infer.Resource(&Schema{astra: api, patient: o.patient}),
			infer.Resource(&SigningKey{now: o.now}),
			infer.Resource(&Gate{now: o.now}),
			infer.Resource(&Process{}),
			infer.Resource(&OneTimeCodes{}),
			infer.Resource(&Front{}),
			infer.Resource(&Owner{}),
			infer.Resource(&Wait{pause: o.pause}),
			infer.Resource(&Random{}),
		).
		Build()
	if err != nil {
		return p.Provider{}, fmt.Errorf("build the provider %s: %w", Name, err)
	}
	built.DiffConfig = diffConfig
	built.Diff = tokens.watchDiffs(built.Diff)
	built.Update = showRestarts(built.Update)
	return classified(built), nil
}

// Run serves the provider to the engine until the engine lets go of it.
func Run(ctx context.Context) error {
	built, err := New()
	if err != nil {
		return err
	}
	return built.Run(ctx, Name, Version)
}
