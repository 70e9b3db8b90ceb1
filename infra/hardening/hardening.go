// Package hardening lists what clouds offer to production and a plan does not
// use. It breaks no rule: each costs money or effort, and not every service needs
// it. What every deployment must have is in infra/policy.
package hardening

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// Lack is what production asks for as a rule and a plan does not have.
type Lack struct {
	Setting string `json:"setting"`
	What    string `json:"what"`
}

// Lacking is what a plan of production lacks that its clouds offer.
func Lacking(p *plan.Plan) (all []Lack) {
	if !slices.ContainsFunc(p.Resources, serves) {
		return nil
	}
	for _, one := range offers() {
		if slices.ContainsFunc(p.Resources, one.unused) {
			all = append(all, one.Lack)
		}
	}
	if !slices.ContainsFunc(p.Resources, func(r plan.Resource) bool { return r.Type == "astradb:index:AccessList" }) {
		all = append(all, Lack{"accessList", "the database answers to any address that has a token"})
	}
	return all
}

// serves tells whether a resource is a service in production.
func serves(r plan.Resource) bool {
	services := []string{"gcp:cloudrunv2/service:Service", "aws:ecs/service:Service", "kubernetes:apps/v1:Deployment"}
	return slices.Contains(services, r.Type) && r.Environment() == "prod"
}

// offer is what the setting asks for, and whether a resource could use it and
// does not.
type offer struct {
	Lack
	unused func(plan.Resource) bool
}

func offers() []offer {
	return []offer{
		{Lack{"kmsKey", "secrets, logs and images are encrypted with keys of the cloud"}, func(r plan.Resource) bool {
			path, encrypted := plan.KeyInputs()[r.Type]
			return encrypted && plan.At(r.Inputs, path) == nil
		}},
		{Lack{"retainedImages", "images stay for ever"}, func(r plan.Resource) bool {
			return r.Type == "gcp:artifactregistry/repository:Repository" && len(plan.List(r.Inputs, "cleanupPolicies")) == 0
		}},
		{Lack{"secretVersionDays", "replaced versions of secrets stay for ever"}, func(r plan.Resource) bool {
			return r.Type == "gcp:secretmanager/secret:Secret" && r.Text("versionDestroyTtl") == ""
		}},
	}
}

// Print writes what production lacks, nothing if it lacks nothing.
func Print(w io.Writer, lacking []Lack) error {
	if len(lacking) == 0 {
		return nil
	}
	var b strings.Builder
	b.WriteString("production lacks, off until it is set (docs/production.md):\n")
	for _, one := range lacking {
		fmt.Fprintf(&b, "  %s: %s\n", one.Setting, one.What)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
