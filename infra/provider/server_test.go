package provider_test

import (
	"context"
	"strings"
	"testing"

	"github.com/blang/semver"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/integration"
	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/killrvideo/killrvideo-go/infra/provider"
	"github.com/killrvideo/killrvideo-go/infra/provider/daemon/daemontest"
)

// newServer hosts the provider in memory, configured with config.
func newServer(t *testing.T, config map[string]property.Value, opts ...provider.Option) integration.Server {
	t.Helper()
	// The test's own context ends before its cleanups run.
	return newServerContext(context.WithoutCancel(t.Context()), t, config, opts...)
}

func newServerContext(ctx context.Context, t *testing.T, config map[string]property.Value, opts ...provider.Option) integration.Server {
	t.Helper()
	built, err := provider.New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	server, err := integration.NewServer(ctx, provider.Name, semver.MustParse(provider.Version), integration.WithProvider(built))
	if err != nil {
		t.Fatal(err)
	}
	checked, err := server.CheckConfig(p.CheckRequest{Inputs: property.NewMap(config)})
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Configure(p.ConfigureRequest{Args: checked.Inputs}); err != nil {
		t.Fatal(err)
	}
	return server
}

// stack drives one resource as the engine does and remembers its state.
type stack struct {
	t      *testing.T
	server integration.Server
	urn    presource.URN
	id     string
	inputs property.Map
	state  property.Map
}

func newStack(t *testing.T, server integration.Server, typ string) *stack {
	return &stack{t: t, server: server, urn: presource.NewURN("test", "shop", "", tokens.Type(typ), "it")}
}

// check returns the checked inputs and the failures.
func (s *stack) check(inputs map[string]property.Value) (property.Map, []p.CheckFailure) {
	s.t.Helper()
	r, err := s.server.Check(p.CheckRequest{Urn: s.urn, State: s.inputs, Inputs: property.NewMap(inputs)})
	if err != nil {
		s.t.Fatalf("check: %v", err)
	}
	return r.Inputs, r.Failures
}

// checked returns checked inputs and ends the test if there is a failure.
func (s *stack) checked(inputs map[string]property.Value) property.Map {
	s.t.Helper()
	m, failures := s.check(inputs)
	if len(failures) > 0 {
		s.t.Fatalf("check: %v", failures)
	}
	return m
}

// create creates the resource, and keeps partial state as the engine does.
func (s *stack) create(inputs map[string]property.Value) error {
	s.t.Helper()
	s.inputs = s.checked(inputs)
	r, err := s.server.Create(p.CreateRequest{Urn: s.urn, Properties: s.inputs})
	if err != nil && r.PartialState == nil {
		return err
	}
	s.id, s.state = r.ID, r.Properties
	return err
}

// previewCreate returns the outputs a preview shows.
func (s *stack) previewCreate(inputs map[string]property.Value) property.Map {
	s.t.Helper()
	r, err := s.server.Create(p.CreateRequest{Urn: s.urn, Properties: s.checked(inputs), DryRun: true})
	if err != nil {
		s.t.Fatalf("preview: %v", err)
	}
	return r.Properties
}

// diff compares the state with new inputs.
func (s *stack) diff(inputs map[string]property.Value) p.DiffResponse {
	s.t.Helper()
	r, err := s.tryDiff(inputs)
	if err != nil {
		s.t.Fatalf("diff: %v", err)
	}
	return r
}

func (s *stack) tryDiff(inputs map[string]property.Value) (p.DiffResponse, error) {
	s.t.Helper()
	return s.server.Diff(p.DiffRequest{ID: s.id, Urn: s.urn, State: s.state, OldInputs: s.inputs, Inputs: s.checked(inputs)})
}

// update updates the resource; dry is a preview, which keeps no state.
func (s *stack) update(inputs map[string]property.Value, dry bool) (property.Map, error) {
	s.t.Helper()
	checked := s.checked(inputs)
	r, err := s.server.Update(p.UpdateRequest{ID: s.id, Urn: s.urn, State: s.state, OldInputs: s.inputs, Inputs: checked, DryRun: dry})
	if !dry && (err == nil || r.PartialState != nil) {
		s.inputs, s.state = checked, r.Properties
	}
	return r.Properties, err
}

// tryRead refreshes the resource, or imports it by its id while it has no state.
func (s *stack) tryRead() (p.ReadResponse, error) {
	return s.server.Read(p.ReadRequest{ID: s.id, Urn: s.urn, Inputs: s.inputs, Properties: s.state})
}

// read is tryRead, which must succeed.
func (s *stack) read() p.ReadResponse {
	s.t.Helper()
	r, err := s.tryRead()
	if err != nil {
		s.t.Fatalf("read: %v", err)
	}
	return r
}

func (s *stack) delete() error {
	return s.server.Delete(p.DeleteRequest{ID: s.id, Urn: s.urn, Properties: s.state, OldInputs: s.inputs})
}

// imported reads a resource of this type by its id, as an import does.
func (s *stack) imported() (*stack, error) {
	s.t.Helper()
	imported := &stack{t: s.t, server: s.server, urn: s.urn, id: s.id}
	read, err := imported.tryRead()
	imported.id, imported.inputs, imported.state = read.ID, read.Inputs, read.Properties
	return imported, err
}

// isGone says whether a refresh finds that the resource does not exist.
func (s *stack) isGone() bool {
	s.t.Helper()
	return s.read().ID == ""
}

// refused asks that an error has these words in it, and no token.
func refused(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("there is no error, want one with %q", words)
		return
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("err = %v, want %q in it", err, word)
		}
	}
	if strings.Contains(err.Error(), "AstraCS:") && !strings.Contains(err.Error(), "begins with AstraCS:") {
		t.Errorf("the error shows a token")
	}
}

// text returns an output that must be a known string.
func (s *stack) text(name string) string {
	s.t.Helper()
	v := s.state.Get(name)
	if !v.IsString() {
		s.t.Fatalf("output %s = %v, want a string", name, v)
	}
	return v.AsString()
}

var must = daemontest.Must

func str(s string) property.Value { return property.New(s) }

func secret(s string) property.Value { return property.New(s).WithSecret(true) }
