package platform

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
)

// Scope is where a platform puts what it makes: below one component, and named
// by the app and its environment.
type Scope struct {
	App, Environment string
	// Component is the parent.
	Component pulumi.Resource
}

// ScopeOf is that of an app.
func ScopeOf(a app.App, component pulumi.Resource) Scope {
	return Scope{App: a.Name, Environment: a.Environment, Component: component}
}

// Name is APP-ENVIRONMENT, or with a thing's name between.
func (s Scope) Name(thing string) string {
	if thing == "" {
		return s.App + "-" + s.Environment
	}
	return s.App + "-" + thing + "-" + s.Environment
}

// Variable is the name of what holds a variable's value, such as
// shop-api-key-dev for API_KEY.
func (s Scope) Variable(env string) string {
	return s.Name(strings.ToLower(strings.ReplaceAll(env, "_", "-")))
}

// Child are the options of everything below the component.
func (s Scope) Child(more ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Parent(s.Component)}, more...)
}
