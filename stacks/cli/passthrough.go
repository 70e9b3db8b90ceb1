package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"golang.org/x/term"
)

// pulumi runs the CLI with the same state, passphrase and stack files as the
// other commands.
func (c *command) pulumi(ctx context.Context, args []string) error {
	if err := c.home.sync(c.stack); err != nil {
		return err
	}
	if _, err := c.findPulumi(ctx); err != nil {
		return err
	}
	if err := c.buildPlugin(ctx); err != nil {
		return err
	}
	if err := c.ensureStack(ctx, args); err != nil {
		return err
	}
	return c.call(ctx, args)
}

// ensureStack makes the stack before its settings are written, so that
// `config set` works on a fresh machine.
func (c *command) ensureStack(ctx context.Context, args []string) error {
	if len(args) == 0 || args[0] != "config" {
		return nil
	}
	_, err := c.open(ctx, c.program)
	return err
}

func (c *command) call(ctx context.Context, args []string) error {
	cmd := exec.Command(c.pulumiPath(), args...)
	cmd.Dir = c.home.work()
	cmd.Env = os.Environ()
	for name, value := range c.home.env() {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, c.out, c.err
	// On a terminal the CLI asks, so it has to stay in the foreground group,
	// where the terminal itself sends it one interrupt for each Ctrl-C.
	interactive := term.IsTerminal(int(os.Stdin.Fd()))
	if !interactive {
		ownGroup(cmd)
	}
	err := c.supervised(nil).supervise(ctx, cmd, !interactive)
	if err != nil && wasInterrupted(ctx) {
		return c.passedInterrupt(ctx, args, err)
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return &Failure{exit.ExitCode(), fmt.Errorf("pulumi %s ended with exit code %d", verbOf(args), exit.ExitCode())}
	}
	if err != nil {
		return fmt.Errorf("run pulumi: %w", err)
	}
	return nil
}

// supervised is the CLI that gets one interrupt and the time to finish.
func (c *command) supervised(found auto.PulumiCommand) engine {
	return engine{PulumiCommand: found, path: c.pulumiPath(), patience: stopPatience, say: c.say}
}

// passedInterrupt says what an interrupted call of the CLI left.
func (c *command) passedInterrupt(ctx context.Context, args []string, cause error) error {
	return c.interrupted(ctx, "pulumi "+verbOf(args), stackIn(args, c.stack), "", fmt.Sprintf("make pulumi ARGS=%q", strings.Join(args, " ")), cause)
}

// stackIn is the stack that arguments for the CLI name, or the default.
func stackIn(args []string, byDefault string) string {
	for i, arg := range args {
		if name, found := strings.CutPrefix(arg, "--stack="); found {
			return name
		}
		if (arg == "--stack" || arg == "-s") && i+1 < len(args) {
			return args[i+1]
		}
	}
	return byDefault
}

// pulumiPath is the built CLI if there is one, else the one on PATH.
func (c *command) pulumiPath() string {
	built := filepath.Join(c.home.dir, "bin", "pulumi")
	if _, err := os.Stat(built); err == nil {
		return built
	}
	return "pulumi"
}

// verbOf is the first word of the arguments; the rest may be values.
func verbOf(args []string) string {
	i := slices.IndexFunc(args, func(a string) bool { return a != "" && a[0] != '-' })
	if i < 0 {
		return ""
	}
	return args[i]
}
