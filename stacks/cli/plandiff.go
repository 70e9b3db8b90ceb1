package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/killrvideo/killrvideo-go/infra/cost"
	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/stacks/launch/checkout"
)

// earlierPlan reads a file that holds a printed plan, or makes the plan of a git
// ref.
func (c *command) earlierPlan(ctx context.Context, earlier string) (*plan.Plan, error) {
	text, err := os.ReadFile(earlier)
	if errors.Is(err, fs.ErrNotExist) {
		text, err = c.planAt(ctx, earlier)
	}
	if err != nil {
		return nil, fmt.Errorf("read the earlier plan %s: %w", earlier, err)
	}
	before, err := plan.Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("the earlier plan %s: %w", earlier, err)
	}
	return before, nil
}

// compare prints what going from an earlier plan to this one does and costs.
func (c *command) compare(before, now *plan.Plan, earlier string) error {
	_, _ = fmt.Fprintf(c.out, "from %s to this checkout:\n", earlier)
	if err := plan.Diff(before, now).Print(c.out); err != nil {
		return err
	}
	_, _ = fmt.Fprintln(c.out)
	return cost.PrintChange(c.out, before, now)
}

// planAt prints the plan of a git ref, by its own program in a separate work
// tree. The program may fail, as when the plan breaks a policy, and still print
// the plan.
func (c *command) planAt(ctx context.Context, ref string) (text []byte, err error) {
	folder, err := os.MkdirTemp("", "killrvideo-plan-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	tree := filepath.Join(folder, "tree")
	if _, err := c.in(ctx, c.home.root, "git", "worktree", "add", "--detach", "--quiet", tree, ref); err != nil {
		return nil, fmt.Errorf("%w; name a file with a printed plan, or a commit that git knows", err)
	}
	// A work tree is removed even when the command was interrupted.
	clean := context.WithoutCancel(ctx)
	defer func() { _, _ = c.in(clean, c.home.root, "git", "worktree", "remove", "--force", tree) }()
	launch := filepath.Join(folder, "launch")
	if _, err := c.in(ctx, filepath.Join(tree, "stacks", "launch"), "go", "build", "-buildvcs=false", "-o", launch, "."); err != nil {
		return nil, err
	}
	// Earlier programs print every resource as text, whatever the format.
	text, err = c.in(ctx, tree, launch, "plan", "--stack", c.stack, "--json")
	if _, unreadable := plan.Parse(string(text)); unreadable != nil {
		return nil, errors.Join(err, unreadable)
	}
	return text, nil
}

// in runs a command in the folder of another checkout.
func (c *command) in(ctx context.Context, folder, name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=", checkout.RootVariable+"="+folder,
		checkout.HomeVariable+"="+filepath.Join(folder, ".killrvideo"))
	text, err := outputOf(cmd)
	if err != nil {
		err = fmt.Errorf("%s %s: %w", filepath.Base(name), args[0], err)
	}
	return text, err
}
