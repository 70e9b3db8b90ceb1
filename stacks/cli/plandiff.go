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
)

// compare prints what going from an earlier plan to this one does and costs.
// Earlier is a file that holds a printed plan, or a git ref.
func (c *command) compare(ctx context.Context, now *plan.Plan, earlier string) error {
	text, err := os.ReadFile(earlier)
	if errors.Is(err, fs.ErrNotExist) {
		text, err = c.planAt(ctx, earlier)
	}
	if err != nil {
		return fmt.Errorf("read the earlier plan %s: %w", earlier, err)
	}
	before, err := plan.Parse(string(text))
	if err != nil {
		return fmt.Errorf("the earlier plan %s: %w", earlier, err)
	}
	_, _ = fmt.Fprintf(c.out, "from %s to this checkout:\n", earlier)
	if err := plan.Diff(before, now).Print(c.out); err != nil {
		return err
	}
	_, _ = fmt.Fprintln(c.out)
	return cost.PrintChange(c.out, before, now)
}

// planAt prints the plan of a git ref, by its own program in a work tree of
// its own. The program may end with a failure, as when it breaks a policy, and
// have printed a plan all the same.
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
	text, err = c.in(ctx, tree, launch, "plan", "--stack", c.stack)
	if _, unreadable := plan.Parse(string(text)); unreadable != nil {
		return nil, errors.Join(err, unreadable)
	}
	return text, nil
}

// in runs a command in a folder, for a checkout that is not ours.
func (c *command) in(ctx context.Context, folder, name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=", "KILLRVIDEO_ROOT="+folder, "KILLRVIDEO_HOME="+filepath.Join(folder, ".killrvideo"))
	text, err := outputOf(cmd)
	if err != nil {
		err = fmt.Errorf("%s %s: %w", filepath.Base(name), args[0], err)
	}
	return text, err
}
