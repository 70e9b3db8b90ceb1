package cli

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/cost"
	"github.com/killrvideo/killrvideo-go/infra/exposure"
	"github.com/killrvideo/killrvideo-go/infra/hardening"
	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/policy"
	"github.com/killrvideo/killrvideo-go/stacks"
)

// plan prints, without any account, a summary of what the stack would have:
// counts, what is exposed, what it costs, what the policy says. Then come, with
// -diff, what changed since a file or git ref and what the change costs, and,
// with -details, every resource.
func (c *command) plan(ctx context.Context, args []string) error {
	var details bool
	var earlier string
	err := options("plan", args, func(flags *flag.FlagSet) {
		flags.BoolVar(&details, "details", false, "every resource and input, too")
		flags.StringVar(&earlier, "diff", "", "a file with a plan, or a git ref")
	})
	if err != nil {
		return err
	}
	planned, err := stacks.Plan(c.home.root, c.stack, c.target, c.build)
	if err != nil {
		return cmp.Or(settingsFailure(err), fmt.Errorf("plan: %w", err))
	}
	var before *plan.Plan
	if earlier != "" {
		if before, err = c.earlierPlan(ctx, earlier); err != nil {
			return err
		}
	}
	if c.json {
		err = c.printJSON(c.planReport(planned, before, earlier))
	} else {
		err = c.printPlan(planned, before, earlier, details)
	}
	return cmp.Or(err, c.judge(planned))
}

func (c *command) printPlan(planned *stacks.Planned, before *plan.Plan, earlier string, details bool) error {
	style := styleOf(c.out)
	_, _ = fmt.Fprintf(c.out, "%s, target %s, as if nothing were there yet\n", style.heading.Render("plan of stack "+c.stack), c.target)
	if len(planned.Assumed) > 0 {
		_, _ = fmt.Fprintf(c.out, "assumed, because Pulumi.%s.yaml does not say it: %s\n", c.stack, strings.Join(planned.Assumed, ", "))
	}
	out := style.summary(c.out)
	for _, part := range []func(io.Writer) error{
		planned.Summary().Print,
		func(w io.Writer) error { return exposure.Print(w, exposure.Of(planned.Plan)) },
		func(w io.Writer) error { return cost.Print(w, planned.Plan) },
		func(w io.Writer) error {
			return cmp.Or(policy.Print(w, planned.Findings), hardening.Print(w, hardening.Lacking(planned.Plan)))
		},
	} {
		_, _ = fmt.Fprintln(c.out)
		if err := part(out); err != nil {
			return err
		}
	}
	if before != nil {
		_, _ = fmt.Fprintln(c.out)
		if err := c.compare(before, planned.Plan, earlier); err != nil {
			return err
		}
	}
	if details {
		_, _ = fmt.Fprint(c.out, "\n"+style.heading.Render(detailsTitle)+"\n\n")
		if err := planned.Print(style.planned(c.out)); err != nil {
			return err
		}
	}
	if style.terminal {
		all := caller.Operate("plan", c.stack, "DETAILS=1")
		_, _ = fmt.Fprintf(c.out, "\nevery resource and input: %s\n%s\n", style.emphasis.Render(all), style.next(caller.Verb("preview", c.stack)))
	}
	return nil
}

// detailsTitle is where the workflow that comments on a pull request cuts.
const detailsTitle = "details, every resource and input:"

// planReport is a plan for programs.
type planReport struct {
	Stack   string              `json:"stack"`
	Target  string              `json:"target"`
	Assumed []string            `json:"assumed,omitempty"`
	Summary plan.Summary        `json:"summary"`
	Exposed []exposure.Exposure `json:"exposed"`
	// Cost is nil when nothing has a price here.
	Cost   *costReport  `json:"cost"`
	Policy policyReport `json:"policy"`
	// Changes are those since an earlier plan, nil without one.
	Changes   *changeReport   `json:"changes,omitempty"`
	Resources []plan.Resource `json:"resources"`
}

type costReport struct {
	Currency string        `json:"currency"`
	Month    cost.Estimate `json:"month"`
	Items    []cost.Item   `json:"items"`
	Notes    []string      `json:"notes"`
}

type policyReport struct {
	Rules    int             `json:"rules"`
	Broken   int             `json:"broken"`
	Findings []findingReport `json:"findings"`
	// Lacking is what production asks for as a rule, and this stack has not.
	Lacking []hardening.Lack `json:"lacking"`
}

type findingReport struct {
	Rule     string `json:"rule"`
	Resource string `json:"resource"`
	Problem  string `json:"problem"`
	Fix      string `json:"fix"`
	// WaivedUntil and WaiverReason are empty for a broken rule.
	WaivedUntil  string `json:"waivedUntil,omitempty"`
	WaiverReason string `json:"waiverReason,omitempty"`
}

type changeReport struct {
	Since string `json:"since"`
	plan.Difference
	CostBefore *cost.Estimate `json:"costBefore"`
}

func (c *command) planReport(planned *stacks.Planned, before *plan.Plan, earlier string) planReport {
	report := planReport{
		Stack: c.stack, Target: c.target, Assumed: planned.Assumed, Summary: planned.Summary(),
		Exposed: append([]exposure.Exposure{}, exposure.Of(planned.Plan)...),
		Policy: policyReport{
			len(policy.Rules()), policy.Broken(planned.Findings), []findingReport{}, append([]hardening.Lack{}, hardening.Lacking(planned.Plan)...),
		},
		Resources: planned.Resources,
	}
	if month, known := cost.Of(planned.Plan); known {
		report.Cost = &costReport{"USD", month.Rounded(), []cost.Item{}, cost.Notes(planned.Plan)}
		items, _ := cost.Items(planned.Plan)
		for _, one := range items {
			report.Cost.Items = append(report.Cost.Items, cost.Item{Resource: one.Resource, Estimate: one.Rounded()})
		}
	}
	for _, f := range planned.Findings {
		finding := findingReport{Rule: f.Rule.Name, Resource: f.Resource, Problem: f.Problem, Fix: f.Rule.Fix}
		if f.Waiver != nil {
			finding.WaivedUntil, finding.WaiverReason = f.Waiver.Expires, f.Waiver.Reason
		}
		report.Policy.Findings = append(report.Policy.Findings, finding)
	}
	if before != nil {
		report.Changes = &changeReport{Since: earlier, Difference: plan.Diff(before, planned.Plan)}
		if month, known := cost.Of(before); known {
			month = month.Rounded()
			report.Changes.CostBefore = &month
		}
	}
	return report
}

// judge fails when the plan breaks a rule of the policy that no waiver permits.
func (c *command) judge(planned *stacks.Planned) error {
	broken := policy.Broken(planned.Findings)
	if broken == 0 {
		return nil
	}
	return fmt.Errorf("the plan of stack %s breaks %d rules, named above, and up would refuse it; fix them, or waive a rule with a reason "+
		"and an expiry date: %s", c.stack, broken, caller.Pulumi(`config set --stack `+c.stack+` --path 'policyWaivers["RULE"].reason' 'WHY'`))
}
