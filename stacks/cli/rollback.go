package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/stacks"
)

// errNothingEarlier is a stack without a proved revision to go back to.
var errNothingEarlier = errors.New("no earlier revision was proved")

// rolledBack is what a roll-back did.
type rolledBack struct {
	Stack string `json:"stack"`
	// From and To are revisions; both are empty if there was nothing earlier.
	From     string           `json:"from,omitempty"`
	To       string           `json:"to,omitempty"`
	Settings []changedSetting `json:"settings"`
	Reason   string           `json:"reason,omitempty"`
}

// rollback deploys the last proved revision again: after a failed update the one
// that serves, otherwise the one before. Its image and settings are written
// into the stack's settings, the credentials are those in force.
func (c *command) rollback(ctx context.Context, args []string) error {
	if err := noOptions("rollback", args); err != nil {
		return err
	}
	stack, err := c.deployed(ctx)
	if err != nil {
		return err
	}
	goal, changes, err := c.goal(ctx, operate.HistoryIn(map[string]any{operate.HistoryOutput: stack.Output(operate.HistoryOutput)}))
	if errors.Is(err, errNothingEarlier) {
		return c.tellRollback(rolledBack{Stack: c.stack, Settings: []changedSetting{}, Reason: err.Error()})
	}
	if err != nil {
		return err
	}
	if !c.json {
		_, _ = fmt.Fprintf(c.out, "stack %s goes back to revision %s, proved %s; settings in %s:\n",
			c.stack, goal.Revision, goal.ProvedAt, c.file.Path())
		for _, change := range changes {
			_, _ = fmt.Fprintf(c.out, "  %s\n", change)
		}
	}
	if err := c.write(changes); err != nil {
		return err
	}
	c.rollsBackTo = goal.Revision
	out, screen := c.out, c.screen
	if c.json {
		c.out, c.screen = c.err, newScreen(c.err)
		defer c.screen.Stop()
	}
	outputs, err := c.deploy(ctx)
	c.out, c.screen = out, screen
	if err != nil {
		return fmt.Errorf("%w\nthe settings are those of revision %s; go on with: %s", err, goal.Revision, caller.Verb("up", c.stack))
	}
	return c.tellRollback(rolledBack{Stack: c.stack, From: stack.Text("revision"), To: text(outputs, "revision"), Settings: changes})
}

// goal is the revision to go back to, and what has to change for it. After a
// failed update that is the revision that serves; otherwise the last one before
// it with another image or other settings: one that differs by its credentials
// alone would be what serves already.
func (c *command) goal(ctx context.Context, history operate.History) (operate.Revision, []changedSetting, error) {
	failed, err := c.lastUpdateFailed(ctx)
	if err != nil {
		return operate.Revision{}, nil, err
	}
	current, defaults, err := c.effective()
	if err != nil {
		return operate.Revision{}, nil, err
	}
	serves, _ := history.Newest()
	for i, goal := range slices.Backward(history.Revisions) {
		newest := i == len(history.Revisions)-1
		changes := differ(current, defaults, goal.Settings)
		if newest && !failed || !newest && len(changes) == 0 && goal.Image == serves.Image {
			continue
		}
		if then := goal.Settings["target"]; then != "" && then != c.target {
			break
		}
		if image := reference(goal.Image); image != current["image"] {
			changes = append(changes, changedSetting{"image", current["image"], image})
		}
		return goal, changes, nil
	}
	return operate.Revision{}, nil, fmt.Errorf("stack %s stays as it is: %w on target %s", c.stack, errNothingEarlier, c.target)
}

// reference is the setting for an image; a program of this machine has a digest
// alone.
func reference(image string) string {
	if strings.HasPrefix(image, "sha256:") {
		return stacks.Namespace + "@" + image
	}
	return image
}

// lastUpdateFailed tells whether the last update did not come to its end.
func (c *command) lastUpdateFailed(ctx context.Context) (bool, error) {
	deployments, err := c.deployments(ctx)
	for _, last := range deployments {
		if last.Kind == "update" {
			return last.Result != "succeeded", err
		}
	}
	return false, err
}

func (c *command) tellRollback(done rolledBack) error {
	if c.json {
		return c.printJSON(done)
	}
	if done.To == "" {
		_, err := fmt.Fprintln(c.out, done.Reason)
		return err
	}
	_, err := fmt.Fprintf(c.out, "\nrevision %s serves, with the credentials in force. The image is pinned; "+
		"once the fault is fixed, build from the checkout again with: %s && %s\n",
		done.To, caller.Pulumi("config rm image --stack "+c.stack), caller.Verb("up", c.stack))
	return err
}
