package standin

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Lose removes everything of a type and what is in it, as people do by hand
// behind a stack: no deletion is in the journal, and the state knows nothing of
// it. Lost are the types of what went.
func (c *Cloud) Lose(t *testing.T, kind string) (lost []string) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.find(kind, nil)) == 0 {
		t.Fatalf("there is no %s", kind)
	}
	var gone []Thing
	c.things = slices.DeleteFunc(c.things, func(thing Thing) bool { // what is in a thing was made after it
		goes := thing.Type == kind || slices.ContainsFunc(gone, func(parent Thing) bool { return c.isIn(thing, parent) })
		if goes {
			gone = append(gone, thing)
		}
		return goes
	})
	for _, thing := range gone {
		c.forget(thing)
		if thing.Type == c.kind.Service {
			c.serving, c.draining, c.traffic = running{}, nil, traffic{}
		}
		if !slices.Contains(lost, thing.Type) {
			lost = append(lost, thing.Type)
		}
	}
	return lost
}

// forget lets what is numbered within a thing begin at one again, as the versions
// of a secret do that is made again under its old name.
func (c *Cloud) forget(thing Thing) {
	if thing.Type == googleSecret || thing.Type == amazonSecret {
		delete(c.made, thing.ID)
		c.emptied(thing.ID)
	}
}

func (c *Cloud) isIn(thing, parent Thing) bool {
	if c.kind.within == nil {
		return false
	}
	kind, id := c.kind.within(thing)
	return kind == parent.Type && id == parent.ID
}

// objection is the provider's word on a change of what is gone, on something new in
// what is gone, or on what is denied; nil if all is there. What the stack never
// made, as a namespace of others, is there. The cloud's lock is held.
func (c *Cloud) objection(ctx context.Context, verb string, urn resource.URN, thing Thing) error {
	if verb == "update" && c.index(thing.Type, thing.ID) < 0 {
		return c.complain(ctx, verb, urn, notFound(c.kind.Package, thing.Type, thing.ID))
	}
	if c.kind.within != nil {
		if kind, id := c.kind.within(thing); id != "" && c.index(kind, id) < 0 && c.had[kind+" "+id] {
			return c.complain(ctx, verb, urn, notFound(c.kind.Package, kind, id))
		}
	}
	if c.denied.cause != "" && c.denied.verb == verb && c.denied.kind == thing.Type {
		return c.complain(ctx, verb, urn, c.denied.cause)
	}
	return nil
}

func notFound(cloud, kind, id string) string {
	if cloud == "kubernetes" {
		kind = strings.ToLower(kind[strings.LastIndex(kind, ":")+1:]) + "s"
		return fmt.Sprintf("%s %q not found", kind, id[strings.LastIndex(id, "/")+1:])
	}
	return fmt.Sprintf("Error 404: %s was not found", id)
}

// Deny makes a verb on things of a type fail with a cause of the cloud, in the
// words in which its provider tells it; "" ends that.
func (c *Cloud) Deny(verb, kind, cause string) {
	c.locked(func() { c.denied = denial{verb, kind, cause} })
}

type denial struct{ verb, kind, cause string }

// complain says a cause as the real providers do. Those of Google and AWS are
// Terraform's code: they log it with the line of their source and return it again,
// in a list of one. That of Kubernetes names the object.
func (c *Cloud) complain(ctx context.Context, verb string, urn resource.URN, cause string) error {
	if c.kind.Package == "kubernetes" {
		return fmt.Errorf("resource %q was not successfully %sd by the Kubernetes API server: %s", urn, verb, cause)
	}
	cause += ": provider=" + c.kind.Package + "@99.0.0"
	p.GetLogger(ctx).Error("sdk-v2/provider2.go:515: sdk.helper_schema: " + cause)
	return fmt.Errorf("1 error occurred:\n\t* %sing %s: %s\n\n", strings.TrimSuffix(verb, "e"), urn, cause)
}

// configure warns as Google's provider does, which asks the Compute API for its
// regions at every start.
func (c *Cloud) configure(ctx context.Context, r p.ConfigureRequest) error {
	skip := r.Args.Get("skipRegionValidation")
	if c.kind.Package == "gcp" && !(skip.IsBool() && skip.AsBool()) {
		p.GetLogger(ctx).Warning("failed to get regions list: googleapi: Error 403: Compute Engine API has not been used in project")
	}
	return nil
}
