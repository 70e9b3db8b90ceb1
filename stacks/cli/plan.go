package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/killrvideo/killrvideo-go/stacks"
)

// plan prints every resource of the committed stack without any account.
func (c *command) plan(context.Context, []string) error {
	planned, err := stacks.Plan(c.home.root, c.stack, c.target, c.build)
	if err != nil {
		return diagnose("plan", c.stack, err, err, nil)
	}
	_, _ = fmt.Fprintf(c.out, "plan of stack %s, target %s, as if nothing were there yet\n", c.stack, c.target)
	if len(planned.Assumed) > 0 {
		_, _ = fmt.Fprintf(c.out, "assumed, because Pulumi.%s.yaml does not say it: %s\n", c.stack, strings.Join(planned.Assumed, ", "))
	}
	_, _ = fmt.Fprintln(c.out)
	return planned.Print(c.out)
}
