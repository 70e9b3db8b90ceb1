// Package plan runs a stack's program without any account, under the SDK's
// mocks, and shows what it would make: every resource with its inputs, secrets
// masked, and what only the cloud will tell named by where it comes from.
// Nothing here may need a credential, the engine or the network.
package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Stack is what a program is run with.
type Stack struct {
	Project, Name string
	// Config are full keys, such as killrvideo:target, with their values;
	// Secrets are those of them that are secret.
	Config  map[string]string
	Secrets []string
	// Checkout is the folder of the repository; a plan shows it as a dot.
	Checkout string
}

// Plan is every resource of a program, parents before children, else sorted by
// type and name.
type Plan struct {
	Resources []Resource `json:"resources"`
}

// Resource is one of them.
type Resource struct {
	Type string `json:"type"`
	Name string `json:"name"`
	// Component tells a parent of others from something in a cloud.
	Component bool `json:"component,omitempty"`
	// Parent is TYPE NAME, empty below the stack.
	Parent string `json:"parent,omitempty"`
	// After are the resources that must be there before.
	After   []string `json:"after,omitempty"`
	Protect bool     `json:"protect,omitempty"`
	// DeleteFirst tells that a replacement deletes the old one first.
	DeleteFirst bool `json:"deleteFirst,omitempty"`
	// Ignored are inputs whose changes are passed over, and Patience is how long
	// an update may take, such as 600s. A printed plan leaves both out.
	Ignored  []string `json:"-"`
	Patience string   `json:"-"`
	// Inputs are plain values or [Secret]; what a cloud will only tell later is
	// ${NAME.PROPERTY}.
	Inputs map[string]any `json:"inputs,omitempty"`
}

// Label names the resource in a plan.
func (r Resource) Label() string { return r.Type + " " + r.Name }

// Run runs the program of a stack that does not exist yet.
func Run(program pulumi.RunFunc, stack Stack) (*Plan, error) {
	seen := &recorder{stack: stack}
	err := pulumi.RunErr(program, pulumi.WithMocks(stack.Project, stack.Name, seen), func(info *pulumi.RunInfo) {
		info.Config, info.ConfigSecretKeys = stack.Config, stack.Secrets
	})
	if err != nil {
		return nil, fmt.Errorf("plan of stack %s: %w", stack.Name, err)
	}
	return &Plan{Resources: seen.sorted()}, nil
}

// recorder stands where the engine would and notes what it is asked for.
type recorder struct {
	stack     Stack
	mu        sync.Mutex
	resources []Resource
}

var _ pulumi.MockResourceMonitor = (*recorder)(nil)

// NewResource notes a resource. Its inputs come back as they went in; what
// the cloud would add is named by where it comes from.
func (r *recorder) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.resources = append(r.resources, noted(args.RegisterRPC, r.stack.Checkout))
	state := named(args.TypeToken, args.Name, args.Inputs.Copy())
	for property, value := range outputs(args.TypeToken, args.Name) {
		state[property] = value
	}
	return reference(args.Name, "id"), state, nil
}

func noted(in *pulumirpc.RegisterResourceRequest, checkout string) Resource {
	after := make([]string, 0, len(in.GetDependencies()))
	for _, urn := range in.GetDependencies() {
		after = append(after, LabelOf(urn))
	}
	slices.Sort(after)
	return Resource{
		Type: in.GetType(), Name: in.GetName(), Component: !in.GetCustom(), Parent: LabelOf(in.GetParent()),
		After: slices.Compact(after), Protect: in.GetProtect(), DeleteFirst: in.GetDeleteBeforeReplace(),
		Ignored: in.GetIgnoreChanges(), Patience: in.GetCustomTimeouts().GetUpdate(), Inputs: inputs(in, checkout),
	}
}

// LabelOf is TYPE NAME of a URN, empty for the stack itself.
func LabelOf(urn string) string {
	parts := strings.Split(urn, "::")
	if len(parts) < 4 {
		return ""
	}
	types := strings.Split(parts[2], "$")
	if kind := types[len(types)-1]; kind != "pulumi:pulumi:Stack" {
		return kind + " " + parts[3]
	}
	return ""
}

func inputs(in *pulumirpc.RegisterResourceRequest, checkout string) map[string]any {
	all := map[string]any{}
	for name, value := range in.GetObject().GetFields() {
		all[name] = below(checkout, plain(value))
	}
	// An image's arguments name the commit that it is built from, which would
	// change every reviewed plan with every commit.
	if arguments, ok := all["buildArgs"].(map[string]any); ok {
		for name := range arguments {
			arguments[name] = "(of the checkout)"
		}
	}
	return all
}

// sorted puts the resources in an order that does not depend on timing.
func (r *recorder) sorted() []Resource {
	children := map[string][]Resource{}
	for _, one := range r.resources {
		children[one.Parent] = append(children[one.Parent], one)
	}
	for parent := range maps.Keys(children) {
		slices.SortFunc(children[parent], func(a, b Resource) int { return strings.Compare(a.Label(), b.Label()) })
	}
	var list []Resource
	var walk func(parent string)
	walk = func(parent string) {
		for _, one := range children[parent] {
			list = append(list, one)
			walk(one.Label())
		}
	}
	walk("")
	return list
}
