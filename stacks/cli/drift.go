package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/operate"

	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

// drift asks the platform and Astra about every resource and names what is not
// as the stack left it. It changes nothing, the state included.
func (c *command) drift(ctx context.Context, args []string) error {
	if err := noOptions("drift", args); err != nil {
		return err
	}
	if _, err := c.deployed(ctx); err != nil {
		return err
	}
	report, err := c.lookForDrift(ctx)
	if err != nil {
		return err
	}
	if text, err := json.Marshal(report); err == nil {
		_ = os.WriteFile(c.driftFile(), text, 0o600) // status shows it; without it nothing is lost
	}
	if c.json {
		err = c.printJSON(report)
	} else {
		err = c.printDrift(report)
	}
	if err == nil && len(report.Changes) > 0 {
		err = exit.Drift.Errorf("%d resources of stack %s were changed without it; put them back with: %s && %s",
			len(report.Changes), c.stack, caller.Pulumi("refresh --yes --stack "+c.stack), caller.Verb("up", c.stack))
	}
	return err
}

func (c *command) printDrift(report operate.DriftReport) error {
	for _, change := range report.Changes {
		if _, err := fmt.Fprintln(c.out, change); err != nil {
			return err
		}
	}
	if len(report.Changes) == 0 {
		_, err := fmt.Fprintf(c.out, "stack %s is as it was deployed\n", c.stack)
		return err
	}
	return nil
}

// lookForDrift previews a refresh: the engine asks each resource's provider.
func (c *command) lookForDrift(ctx context.Context) (operate.DriftReport, error) {
	report := operate.DriftReport{At: now(), Changes: []operate.Change{}}
	watch := newWatch(c.program)
	stack, err := c.open(ctx, watch.program)
	if err != nil {
		return report, err
	}
	_, err = stack.PreviewRefresh(ctx, optrefresh.EventStreams(watch.events(func(event events.EngineEvent) {
		if done := event.ResOutputsEvent; done != nil {
			if change, drifted := operate.Drifted(done.Metadata); drifted {
				report.Changes = append(report.Changes, change)
			}
		}
	})))
	watch.wait()
	if err != nil {
		return report, c.failed(ctx, "drift", watch, err)
	}
	slices.SortFunc(report.Changes, func(a, b operate.Change) int { return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Name, b.Name)) })
	return report, nil
}
