// Package policy holds deployments to the rules that no scanner can know: what
// is pinned, in which order things happen, which permissions are given, what is exposed and
// what is protected. General hardening is left to Checkov, which judges the
// rendered plans in package scanners. Reports that no rule needs are in packages
// of their own, such as exposure and hardening. No cloud's SDK may enter.
package policy

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// Rule is a requirement on every resource of some types.
type Rule struct {
	// Name identifies the rule in findings and waivers.
	Name string
	// Types are the resources that the rule judges; none means all but components.
	Types []string
	// Fix says how to satisfy the rule.
	Fix string
	// Check returns the problems of a resource. Known are the resources that the
	// program has registered so far, or the whole plan.
	Check func(r plan.Resource, known []plan.Resource) []string
}

// Finding is a resource that breaks a rule.
type Finding struct {
	Rule     Rule
	Resource string
	Problem  string
	// Waiver is what permits it, nil if nothing does.
	Waiver *Waiver
}

func (f Finding) String() string {
	return fmt.Sprintf("%s: %s (rule %q; fix: %s)", f.Resource, f.Problem, f.Rule.Name, f.Rule.Fix)
}

// Waiver permits what a rule forbids, for a reason and until a date.
type Waiver struct {
	Rule string `json:"-"`
	// Resource is the name of the only resource that the waiver is for; empty
	// means all of them.
	Resource string `json:"resource"`
	Reason   string `json:"reason"`
	// Expires is the last day on which the waiver holds, such as 2027-03-31.
	Expires string `json:"expires"`
}

// Validate reports a waiver of an unknown rule, without a reason, or without a
// date. An expired waiver is valid; it permits nothing.
func (w Waiver) Validate() error {
	var names []string
	for _, rule := range Rules() {
		names = append(names, rule.Name)
	}
	if !slices.Contains(names, w.Rule) {
		return fmt.Errorf("a waiver names the unknown rule %q; it must be one of: %s", w.Rule, strings.Join(names, "; "))
	}
	if strings.TrimSpace(w.Reason) == "" {
		return fmt.Errorf("the waiver of rule %q has no reason", w.Rule)
	}
	if _, err := time.Parse(time.DateOnly, w.Expires); err != nil {
		return fmt.Errorf("the waiver of rule %q needs expires as YYYY-MM-DD, got %q", w.Rule, w.Expires)
	}
	return nil
}

func (w Waiver) permits(rule Rule, r plan.Resource, now time.Time) bool {
	last, err := time.Parse(time.DateOnly, w.Expires)
	return err == nil && now.Before(last.AddDate(0, 0, 1)) && w.Rule == rule.Name && (w.Resource == "" || w.Resource == r.Name)
}

// Check returns every finding in a plan, in the order of its resources.
func Check(p *plan.Plan, waivers []Waiver, now time.Time) (found []Finding) {
	for _, r := range p.Resources {
		found = append(found, judge(Rules(), r, p.Resources, waivers, now)...)
	}
	return found
}

func judge(rules []Rule, r plan.Resource, known []plan.Resource, waivers []Waiver, now time.Time) (found []Finding) {
	for _, rule := range rules {
		if !rule.judges(r) {
			continue
		}
		for _, problem := range rule.Check(r, known) {
			finding := Finding{Rule: rule, Resource: r.Label(), Problem: problem}
			if i := slices.IndexFunc(waivers, func(w Waiver) bool { return w.permits(rule, r, now) }); i >= 0 {
				finding.Waiver = &waivers[i]
			}
			found = append(found, finding)
		}
	}
	return found
}

func (r Rule) judges(one plan.Resource) bool {
	if len(r.Types) == 0 {
		return !one.Component
	}
	return slices.Contains(r.Types, one.Type)
}

// Broken counts the findings that no waiver permits.
func Broken(findings []Finding) (broken int) {
	for _, f := range findings {
		if f.Waiver == nil {
			broken++
		}
	}
	return broken
}

// Print writes how many rules there are and are broken, and the findings.
func Print(w io.Writer, findings []Finding) error {
	var b strings.Builder
	broken := Broken(findings)
	fmt.Fprintf(&b, "policy: %d rules, %d broken, %d waived\n", len(Rules()), broken, len(findings)-broken)
	for _, f := range findings {
		if f.Waiver == nil {
			fmt.Fprintf(&b, "  BROKEN  %s\n", f)
			continue
		}
		fmt.Fprintf(&b, "  waived  %s: %s (rule %q until %s: %s)\n", f.Resource, f.Problem, f.Rule.Name, f.Waiver.Expires, f.Waiver.Reason)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
