// Package provider is the native Pulumi provider `astradb`: the resources
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
	"path"
	"strings"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/infra/provider/run"
	"github.com/killrvideo/killrvideo-go/infra/provider/sleep"
)

// Name of the package, and Version of the provider as the engine sees it.
const (
	Name    = "astradb"
	Version = "0.2.0"
)

const repository = "https://github.com/killrvideo/killrvideo-go"

// Option changes how New builds the provider; tests use them.
type Option func(*settings)

type settings struct {
	now     func() time.Time
	patient backoff
	pause   func(context.Context, time.Duration) error
	run     connectRun
	// transport wraps the one that calls Astra.
	transport func(http.RoundTripper) http.RoundTripper
}

// WithPause replaces the sleep of a Wait.
func WithPause(pause func(context.Context, time.Duration) error) Option {
	return func(o *settings) { o.pause = pause }
}

// WithCloudRun replaces the client of Cloud Run, which is made once it is needed.
func WithCloudRun(connect func(context.Context) (*run.Client, error)) Option {
	return func(o *settings) { o.run = connect }
}

// WithClock makes the resources read the time from now.
func WithClock(now func() time.Time) Option {
	return func(o *settings) { o.now = now }
}

// WithTransport wraps the transport of the calls of Astra.
func WithTransport(wrap func(http.RoundTripper) http.RoundTripper) Option {
	return func(o *settings) { o.transport = wrap }
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
	o := settings{now: time.Now, patient: backoff{attempts: 12, pause: 500 * time.Millisecond}, pause: sleep.For, run: run.New,
		transport: func(own http.RoundTripper) http.RoundTripper { return own }}
	for _, opt := range opts {
		opt(&o)
	}
	api := connector{http: &http.Client{Transport: o.transport(astra.NewTransport())}}
	known := newClients()
	built, err := infer.NewProviderBuilder().
		WithDisplayName("Astra DB").
		WithDescription("DataStax Astra DB: databases, keyspaces, tables, access lists, and least-privilege roles and tokens that are proved; "+
			"signing keys, one-time codes, gates that prove a deployment, and local processes.").
		WithKeywords("pulumi", "astra", "astradb", "cassandra", "datastax", "category/database", "kind/native").
		WithPublisher(path.Base(path.Dir(repository))).
		WithLicense("Apache-2.0").
		WithHomepage(repository).
		WithRepository(repository).
		WithPluginDownloadURL("github://api.github.com/"+strings.TrimPrefix(repository, "https://github.com/")).
		WithGoImportPath(strings.TrimPrefix(repository, "https://")+"/infra/provider/resource").
		WithLanguageMap(map[string]any{
			"nodejs": map[string]any{"packageName": "@astradb/pulumi", "respectSchemaVersion": true},
			"python": map[string]any{"packageName": "pulumi_" + Name, "respectSchemaVersion": true, "pyproject": map[string]any{"enabled": true}},
		}).
		WithModuleMap(formerModules()).
		WithConfig(infer.Config(&Config{})).
		WithResources(
			infer.Resource(&Database{astra: api}),
			infer.Resource(&Keyspace{astra: api}),
			infer.Resource(&AccessList{astra: api}),
			infer.Resource(&AccessListEntry{astra: api}),
			infer.Resource(&Role{astra: api}),
			infer.Resource(&Token{astra: api, patient: o.patient, known: known}),
			infer.Resource(&Schema{astra: api, patient: o.patient}),
			infer.Resource(&SigningKey{now: o.now}),
			infer.Resource(&Gate{now: o.now}),
			infer.Resource(&Process{}),
			infer.Resource(&OneTimeCodes{}),
			infer.Resource(&Front{}),
			infer.Resource(&Owner{}),
			infer.Resource(&Wait{pause: o.pause}),
			infer.Resource(&Random{}),
			infer.Resource(&CloudRunServing{run: o.run}),
			infer.Resource(&CloudRunTraffic{run: o.run, now: o.now, pause: o.pause}),
		).
		WithFunctions(
			infer.Function(&GetDatabase{astra: api}),
			infer.Function(&GetRegions{astra: api}),
		).
		Build()
	if err != nil {
		return p.Provider{}, fmt.Errorf("build the provider %s: %w", Name, err)
	}
	built.DiffConfig = diffConfig
	built.Diff = known.watchDiffs(built.Diff)
	built.Update = showRestarts(built.Update)
	return classified(built), nil
}

// formerModules are the modules that the resources were in before version 0.2,
// whatever the package was called then: a state of that time is refreshed and
// destroyed under those names.
func formerModules() map[tokens.ModuleName]tokens.ModuleName {
	modules := map[tokens.ModuleName]tokens.ModuleName{}
	// "provider" is the Go package, which infer takes for the module of nested types.
	for _, former := range []tokens.ModuleName{"provider", "accounts", "astra", "jwt", "local", "rollout", "secret"} {
		modules[former] = "index"
	}
	return modules
}

// named says whether a resource is of a type, in whatever module and package a
// state has it.
func named(urn presource.URN, typ string) bool { return urn.Type().Name() == tokens.Type(typ).Name() }

// example is a Pulumi YAML program as the schema shows it.
func example(yaml string) string {
	return "\n\n{{% examples %}}\n## Example Usage\n{{% example %}}\n\n```yaml" + yaml + "```\n\n{{% /example %}}\n{{% /examples %}}"
}

// Run serves the provider to the engine until the engine lets go of it.
func Run(ctx context.Context) error {
	built, err := New()
	if err != nil {
		return err
	}
	return built.Run(ctx, Name, Version)
}
