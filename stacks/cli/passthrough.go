package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"golang.org/x/term"

	"github.com/killrvideo/killrvideo-go/infra/caller"

	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

// pulumi runs the CLI with the same state, passphrase and stack files as the
// other commands.
func (c *command) pulumi(ctx context.Context, args []string) error {
	c.stack = stackIn(args, c.stack)
	if err := c.sync(); err != nil {
		return err
	}
	if _, err := c.findPulumi(ctx); err != nil {
		return err
	}
	if err := c.needsHost(args); err != nil {
		return err
	}
	if loadsProviders(args) {
		if err := c.buildPlugin(ctx); err != nil {
			return err
		}
	}
	if err := c.ensureStack(ctx, args); err != nil {
		return err
	}
	if err := c.call(ctx, args); err != nil {
		return err
	}
	// A changed target may move the settings, which is done and said at once.
	return c.sync()
}

// needsHost refuses what runs the program through Pulumi's Go language host,
// which comes with an installation of Pulumi and not with the built CLI. The
// targets of make run the program themselves.
func (c *command) needsHost(args []string) error {
	instead := map[string]string{"preview": "preview", "pre": "preview", "up": "up", "update": "up"}[verbOf(args)]
	if instead == "" {
		return nil
	}
	if _, err := exec.LookPath("pulumi-language-go"); err != nil {
		return exit.Usage.Errorf("pulumi %s: %w: it comes with an installation of Pulumi; without one use: %s",
			verbOf(args), err, caller.Verb(instead, c.stack))
	}
	return nil
}

// loadsProviders tells whether a command of the CLI may start the native provider.
// Those that do not are spared the second that go build takes to find it up to
// date.
func loadsProviders(args []string) bool {
	return !slices.Contains([]string{"config", "stack", "cancel", "version", "whoami", "about"}, verbOf(args))
}

// stackIn is the stack that the arguments name themselves, else stack: the
// settings file must be that stack's.
func stackIn(args []string, stack string) string {
	for i, arg := range args {
		switch name, value, joined := strings.Cut(arg, "="); {
		case arg == "--":
			return stack
		case joined && (name == "--stack" || name == "-s"):
			return value
		case (arg == "--stack" || arg == "-s") && i+1 < len(args):
			return args[i+1]
		}
	}
	return stack
}

// ensureStack makes the stack before its settings are written, so that
// `config set` and `config set-all` work on a fresh machine.
func (c *command) ensureStack(ctx context.Context, args []string) error {
	if len(args) < 2 || args[0] != "config" || args[1] != "set" && args[1] != "set-all" ||
		slices.Contains(c.home.ownStacks(), c.stack) {
		return nil
	}
	_, err := c.open(ctx, c.program)
	return err
}

func (c *command) call(ctx context.Context, args []string) error {
	cmd := exec.Command(c.cli, args...)
	cmd.Dir = c.file.Dir()
	cmd.Env = append(os.Environ(), "PULUMI_STACK="+c.stack)
	for name, value := range c.env() {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, c.out, c.err
	// On a terminal the CLI asks, so it must stay in the foreground group,
	// where the terminal itself sends it one interrupt for each Ctrl-C.
	interactive := term.IsTerminal(int(os.Stdin.Fd()))
	if !interactive {
		ownGroup(cmd)
	}
	err := c.supervised(nil).supervise(ctx, cmd, !interactive)
	if err != nil && wasInterrupted(ctx) {
		return c.interrupted(ctx, "pulumi "+verbOf(args), "", caller.Pulumi(strings.Join(args, " ")))
	}
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		return classOfCLI(ended.ExitCode()).Errorf("pulumi %s ended with exit code %d", verbOf(args), ended.ExitCode())
	}
	if err != nil {
		return fmt.Errorf("run pulumi: %w", err)
	}
	return nil
}

// supervised is the CLI that gets one interrupt and the time to finish.
func (c *command) supervised(found auto.PulumiCommand) engine {
	return engine{
		PulumiCommand: found, path: c.cli, patience: stopPatience, say: c.say,
		cut: func(pid int, how string) { c.cutPID, c.cutHow = pid, how },
	}
}

// automated is the CLI as the Automation API uses it. Each run costs a fifth of a
// second of processor time, so those are spared whose answer is known: that a
// stack exists whose state is in our own folder, and what an up reads at its end
// (outputs, which its events have told, and history).
func (c *command) automated(found auto.PulumiCommand) engine {
	e := c.supervised(found)
	e.known = func(args []string) (string, bool) {
		switch strings.Join(args[:min(2, len(args))], " ") {
		case "stack select":
			return "", slices.Contains(c.home.ownStacks(), c.stack)
		case "stack output":
			return "{}", c.deploying
		case "stack history":
			return "[]", c.deploying
		}
		return "", false
	}
	return e
}

// classOfCLI translates the CLI's exit code, whose numbers mean other things than
// ours.
func classOfCLI(code int) *exit.Class {
	const wrongInvocation, noSuchStack = 2, 6
	switch code {
	case wrongInvocation:
		return exit.Usage
	case noSuchStack:
		return exit.NoStack
	}
	return exit.Failed
}

// verbOf is the first word of the arguments; the rest may be values.
func verbOf(args []string) string {
	i := slices.IndexFunc(args, func(a string) bool { return a != "" && a[0] != '-' })
	if i < 0 {
		return ""
	}
	return args[i]
}
