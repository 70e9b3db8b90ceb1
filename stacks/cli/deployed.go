package cli

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/stacks"

	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

// OnPlatform finds a stack on the platform that it runs on.
type OnPlatform struct {
	// Platform finds what runs.
	Platform func(operate.Stack) (operate.Platform, error)
	// Store finds what holds credentials, nil where nothing but the state does.
	Store func(operate.Stack) (operate.Store, error)
}

// deployed is the state of the stack, which must have been deployed.
func (c *command) deployed(ctx context.Context) (operate.Stack, error) {
	found, err := c.stateNow(ctx)
	if err == nil && found.Text("url") == "" {
		err = c.notDeployed()
	}
	return found, err
}

// stateNow reads the state of the stack, whose secrets stay encrypted. One that
// was never deployed has no resources.
func (c *command) stateNow(ctx context.Context) (operate.Stack, error) {
	if err := c.sync(); err != nil {
		return operate.Stack{}, err
	}
	if _, err := c.findPulumi(ctx); err != nil {
		return operate.Stack{}, err
	}
	var all []struct{ Name string }
	if err := decode(ctx, c.ask, &all, "stack", "ls", "--json"); err != nil {
		return operate.Stack{}, fmt.Errorf("list the stacks of the backend: %w", err)
	}
	if !slices.ContainsFunc(all, func(one struct{ Name string }) bool { return path.Base(one.Name) == c.stack }) {
		return operate.Stack{Name: c.stack, Secret: c.secretSetting}, nil
	}
	state, err := c.stateOf(ctx)
	if err != nil {
		err = fmt.Errorf("read the state of stack %s: %w", c.stack, err)
	}
	return state.Stack, err
}

func (c *command) notDeployed() error {
	return exit.NoStack.Errorf("stack %s: %w; deploy it with: %s", c.stack, operate.ErrNotDeployed, caller.Verb("up", c.stack))
}

// onPlatform is the stack on its platform.
func (c *command) onPlatform(ctx context.Context) (operate.Stack, operate.Platform, error) {
	stack, err := c.deployed(ctx)
	if err != nil {
		return stack, nil, err
	}
	platform, err := c.operate.Platform(stack)
	switch {
	case errors.Is(err, operate.ErrNotDeployed):
		return stack, nil, c.notDeployed()
	case err != nil:
		return stack, unreachable{err}, nil //nolint:nilerr // said by each question to the platform
	}
	return stack, platform, nil
}

// unreachable is a platform that cannot be asked, for want of credentials.
type unreachable struct{ err error }

func (u unreachable) Instances(context.Context) ([]operate.Instance, error) { return nil, u.err }

func (u unreachable) Logs(context.Context, operate.Query, func(operate.Line) error) error {
	return u.err
}

// secretSetting reads a secret of the stack's settings for a call that needs it.
func (c *command) secretSetting(ctx context.Context, key string) (string, error) {
	text, err := c.ask(ctx, "config", "get", stacks.Namespace+":"+key, "--stack", c.stack)
	if err != nil {
		return "", fmt.Errorf("read the setting %s of stack %s: %w", key, c.stack, err)
	}
	return strings.TrimSpace(string(text)), nil
}

// options parses the arguments of a command, and refuses what is none.
func options(verb string, args []string, declare func(*flag.FlagSet)) error {
	flags := flag.NewFlagSet(verb, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	declare(flags)
	err := flags.Parse(args)
	if err == nil && flags.NArg() > 0 {
		err = fmt.Errorf("%q is not an option", flags.Arg(0))
	}
	if err != nil {
		return exit.Usage.Errorf("%s: %w\n%s", verb, err, usage)
	}
	return nil
}

// noOptions is for a command that has none.
func noOptions(verb string, args []string) error { return options(verb, args, func(*flag.FlagSet) {}) }

// printJSON writes a value as JSON for programs.
func (c *command) printJSON(value any) error {
	encoder := json.NewEncoder(c.out)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("print JSON: %w", err)
	}
	return nil
}

// now is the time, in whole seconds as states have it.
func now() time.Time { return time.Now().UTC().Truncate(time.Second) }
