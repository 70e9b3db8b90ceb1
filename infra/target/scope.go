package target

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Scope is where a target puts what it makes: below one component, and named
// by the environment.
type Scope struct {
	environment string
	// Group is the component; nil until Open.
	Group pulumi.Resource
}

// NewScope is that of an environment.
func NewScope(environment string) Scope { return Scope{environment: environment} }

type component struct{ pulumi.ResourceState }

// Open registers the component, of a type such as killrvideo:target:ECS, whose
// children go to the provider.
func (s *Scope) Open(ctx *pulumi.Context, kind, thing string, provider pulumi.ProviderResource) error {
	group := &component{}
	if err := ctx.RegisterComponentResource(kind, s.Name(thing), group, pulumi.Providers(provider)); err != nil {
		return fmt.Errorf("the component %s: %w", s.Name(thing), err)
	}
	s.Group = group
	return nil
}

// Name is killrvideo-ENVIRONMENT, or with a thing's name between.
func (s Scope) Name(thing string) string {
	if thing == "" {
		return "killrvideo-" + s.environment
	}
	return "killrvideo-" + thing + "-" + s.environment
}

// Child are the options of everything below the component.
func (s Scope) Child(more ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Parent(s.Group)}, more...)
}
