package cli

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/cost"
	"github.com/killrvideo/killrvideo-go/infra/policy"
	"github.com/killrvideo/killrvideo-go/stacks"
)

// plan prints every resource of the stack without any account.
//
// With `--diff FILE-OR-GIT-REF` it also prints what changed since, and what the
// change costs.
func (c *command) plan(ctx context.Context, args []string) error {
	if len(args) > 0 && (len(args) != 2 || args[0] != "--diff") {
		return &Failure{Code: CodeUsage, Err: fmt.Errorf("plan takes --diff FILE-OR-GIT-REF and nothing else, not %q", args)}
	}
	planned, err := stacks.Plan(c.home.root, c.stack, c.target, c.build)
	if err != nil {
		return cmp.Or(settingsFailure(err), fmt.Errorf("plan: %w", err))
	}
	_, _ = fmt.Fprintf(c.out, "plan of stack %s, target %s, as if nothing were there yet\n", c.stack, c.target)
	if len(planned.Assumed) > 0 {
		_, _ = fmt.Fprintf(c.out, "assumed, because Pulumi.%s.yaml does not say it: %s\n", c.stack, strings.Join(planned.Assumed, ", "))
	}
	_, _ = fmt.Fprintln(c.out)
	if err := planned.Print(c.out); err != nil {
		return err
	}
	_, _ = fmt.Fprintln(c.out)
	if len(args) > 0 {
		err = c.compare(ctx, planned.Plan, args[1])
	} else {
		err = cost.Print(c.out, planned.Plan)
	}
	if err != nil {
		return err
	}
	return c.judge(planned)
}

// judge fails when the plan breaks a rule that the ledger does not except.
func (c *command) judge(planned *stacks.Planned) error {
	findings, err := policy.Check(planned.Plan)
	if err != nil {
		return err
	}
	broken, err := policy.Print(c.out, findings)
	if err == nil && broken > 0 {
		return fmt.Errorf("the plan of stack %s breaks %d rules, named above; infra/policy/ledger.yaml is where an exception gets its reason", c.stack, broken)
	}
	return err
}
