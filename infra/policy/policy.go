// Package policy holds a stack's plan to rules, each keyed by the public check
// IDs (Checkov, Trivy, kube-linter, Pod Security Standards) that it answers.
// The ledger says of every such ID whether a rule meets it, or why it is
// excepted and what lifts the exception. No cloud's SDK and no engine may
// enter: a rule sees a plan and nothing else.
package policy

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// Rule is one demand on every resource of some types.
type Rule struct {
	// Name is what the ledger calls it.
	Name string
	// IDs are the public checks that it answers; a rule of our own has none.
	IDs []string
	// Types are the resources it looks at; none means all that are no
	// components.
	Types []string
	// Cure says what to do about a finding.
	Cure string
	// Check returns what is wrong with a resource, nothing if all is well.
	Check func(r plan.Resource, in *plan.Plan) []string
}

// Finding is a resource that breaks a rule.
type Finding struct {
	Rule     *Rule
	Resource string
	What     string
	// Excepted is why the ledger lets it pass, empty if it does not.
	Excepted string
}

// Rules are all of them.
func Rules() []Rule {
	return slices.Concat(general(), cloudRun(), cloudRunValues(), fargate(), fargateValues(), amazonAccount(), podRules(), clusterRules(), wiringRules())
}

// Check returns every finding in the plan, in the order of the rules.
func Check(p *plan.Plan) ([]Finding, error) {
	ledger, err := ReadLedger()
	if err != nil {
		return nil, err
	}
	return check(p, Rules(), ledger), nil
}

func check(p *plan.Plan, rules []Rule, ledger Ledger) (found []Finding) {
	for i := range rules {
		rule := &rules[i]
		why := ledger.exception(rule)
		for _, r := range p.Resources {
			if !rule.concerns(r) {
				continue
			}
			for _, what := range rule.Check(r, p) {
				found = append(found, Finding{rule, r.Label(), what, why})
			}
		}
	}
	return found
}

func (r *Rule) concerns(one plan.Resource) bool {
	if len(r.Types) == 0 {
		return !one.Component
	}
	return slices.Contains(r.Types, one.Type)
}

// Print writes the findings and returns how many of them the ledger does not
// except.
func Print(w io.Writer, findings []Finding) (open int, err error) {
	var b strings.Builder
	for _, f := range findings {
		ids := strings.Join(f.Rule.IDs, " ")
		if f.Excepted != "" {
			fmt.Fprintf(&b, "excepted  %s: %s (%s) %s\n", f.Resource, f.What, ids, f.Excepted)
			continue
		}
		open++
		fmt.Fprintf(&b, "BROKEN    %s: %s (%s %s); %s\n", f.Resource, f.What, f.Rule.Name, ids, f.Rule.Cure)
	}
	fmt.Fprintf(&b, "policy: %d rules, %d broken, %d excepted by the ledger\n", len(Rules()), open, len(findings)-open)
	_, err = io.WriteString(w, b.String())
	return open, err
}
