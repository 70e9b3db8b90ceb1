// Package cli holds the commands behind make: they keep a stack's state and
// passphrase in one folder of the checkout, drive the Pulumi engine with the
// program in this very binary, and turn failures into exit codes. It holds no
// word about what is deployed; that is the program's.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/stacks"
	"github.com/killrvideo/killrvideo-go/stacks/launch/stackfile"
)

// Main is a target's main function. Started by Pulumi's language host it is
// the program; started by hand it is the command line.
func Main(target string, build stacks.Builder) {
	desk := &command{target: target, build: build, out: os.Stdout, err: os.Stderr}
	desk.program = func(ctx *pulumi.Context) error {
		proved, err := stacks.Proved(ctx)
		if err != nil {
			return err
		}
		return stacks.Program(ctx, target, build, stacks.Seen{Keys: desk.keys(), Peers: desk.peers(ctx), NotReady: desk.note, Proved: proved, Online: true})
	}
	if os.Getenv("PULUMI_MONITOR") != "" {
		pulumi.Run(desk.hosted)
		return
	}
	// What is printed from here on, by the provider too, is for a caller of make.
	_ = os.Setenv(caller.Variable, caller.Make)
	desk.ignoreEmptyPassphrase()
	ctx, stop := untilSignal(desk.say)
	err := desk.run(ctx, os.Args[1:])
	stop()
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "\n"+err.Error())
	}
	os.Exit(ExitCode(err))
}

// note remembers that the service is not ready.
func (c *command) note(err error) { c.unready = err }

// hosted is the program as Pulumi's language host runs it.
func (c *command) hosted(ctx *pulumi.Context) error {
	if value, exported := os.LookupEnv(passphraseVariable); exported && value == "" {
		_ = ctx.Log.Warn(passphraseVariable+" is exported but empty: a stack encrypted with it protects nothing", nil)
	}
	return c.program(ctx)
}

// command is one call from the shell.
type command struct {
	target   string
	program  pulumi.RunFunc
	build    stacks.Builder
	out, err io.Writer
	home     *home
	stack    string
	// removes tells that nothing new is deployed, so that a checkout that does
	// not build may use what it built before.
	removes bool
	// cutPID is the CLI that a signal ended out of order, 0 if none.
	cutPID int
	// unready is why the deployed service is not ready.
	unready error
	// file is the settings file of the stack, and cli the path of the Pulumi
	// CLI, as soon as they are known.
	file stackfile.File
	cli  string
	// verbosity is the level of the engine's own log, 0 for none.
	verbosity uint
}

const usage = `usage: up|preview|down --stack NAME [-- -v=LEVEL]
       plan|doctor|dev --stack NAME
       seed|pulumi --stack NAME -- ARGUMENT...`

func (c *command) run(ctx context.Context, args []string) error {
	verb, stack, rest, err := parse(args)
	if err != nil {
		return err
	}
	c.stack = stack
	root, err := Root()
	if err != nil {
		return err
	}
	if c.home, err = findHome(root); err != nil {
		return err
	}
	// These change nothing, not even the state folder.
	readers := map[string]func(context.Context, []string) error{"doctor": c.doctor, "plan": c.plan}
	if do, known := readers[verb]; known {
		return do(ctx, rest)
	}
	verbs := map[string]func(context.Context, []string) error{
		"up": c.up, "preview": c.preview, "down": c.down, "pulumi": c.pulumi, "dev": c.dev, "seed": c.seed,
	}
	do, known := verbs[verb]
	if !known {
		return &Failure{Code: CodeUsage, Err: fmt.Errorf("unknown command %q\n%s", verb, usage)}
	}
	if err := c.home.open(); err != nil {
		return err
	}
	defer func() { _ = os.Remove(c.failures()) }()
	err = full(do(ctx, rest), c.home.dir)
	if err != nil && wasInterrupted(ctx) && ExitCode(err) != CodeInterrupted {
		return &Failure{CodeInterrupted, fmt.Errorf("%s was interrupted before it changed anything: %w", verb, err)}
	}
	return err
}

// say prints a line beside the output of what runs.
func (c *command) say(line string) { _, _ = fmt.Fprintln(c.err, line) }

// parse splits `VERB --stack NAME -- REST`.
func parse(args []string) (verb, stack string, rest []string, err error) {
	if len(args) == 0 {
		return "", "", nil, &Failure{Code: CodeUsage, Err: errors.New(usage)}
	}
	verb, stack = args[0], "dev"
	for i := 1; i < len(args); i++ {
		switch {
		case args[i] == "--":
			return verb, stack, args[i+1:], nil
		case args[i] == "--stack" && i+1 < len(args):
			i++
			stack = args[i]
		default:
			return "", "", nil, &Failure{Code: CodeUsage, Err: fmt.Errorf("%q is not understood\n%s", args[i], usage)}
		}
	}
	return verb, stack, nil, nil
}
