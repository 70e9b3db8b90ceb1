package policy

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

// offers are what clouds offer to production, by the setting that asks for it:
// the types that it is about, and whether one of them has it.
func offers() []offer {
	return []offer{
		{Lack{"kmsKey", "secrets, logs and images are encrypted with keys of the cloud"}, encrypted(),
			func(r plan.Resource) bool { return at(r.Inputs, encrypts[r.Type]) != nil }},
		{Lack{"retainedImages", "images stay for ever"}, []string{googleImages},
			func(r plan.Resource) bool { return len(list(r.Inputs["cleanupPolicies"])) > 0 }},
		{Lack{"secretVersionDays", "replaced versions of secrets stay for ever"}, []string{googleSecret},
			func(r plan.Resource) bool { return text(r.Inputs["versionDestroyTtl"]) != "" }},
	}
}

type offer struct {
	Lack
	types []string
	has   func(plan.Resource) bool
}

// Lacking is what a plan of production lacks that its clouds offer. It breaks no
// rule: each costs money or effort, and not every service needs it.
func Lacking(p *plan.Plan) (all []Lack) {
	if !slices.ContainsFunc(p.Resources, func(r plan.Resource) bool {
		return slices.Contains([]string{runService, amazonService, deployment}, r.Type) && environmentOf(r) == "prod"
	}) {
		return nil
	}
	for _, offer := range offers() {
		if slices.ContainsFunc(p.Resources, func(r plan.Resource) bool { return slices.Contains(offer.types, r.Type) && !offer.has(r) }) {
			all = append(all, offer.Lack)
		}
	}
	if !slices.ContainsFunc(p.Resources, func(r plan.Resource) bool { return r.Type == accessList }) {
		all = append(all, Lack{"accessList", "the database answers to any address that has a token"})
	}
	return all
}

// PrintLacking writes what production lacks, nothing if it lacks nothing.
func PrintLacking(w io.Writer, lacking []Lack) error {
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
