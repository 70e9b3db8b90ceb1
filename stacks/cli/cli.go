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

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"golang.org/x/term"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/stacks"
	"github.com/killrvideo/killrvideo-go/stacks/launch/checkout"
	"github.com/killrvideo/killrvideo-go/stacks/launch/stackfile"

	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
	"github.com/killrvideo/killrvideo-go/stacks/launch/terminal"
)

// Main is a target's main function. Started by Pulumi's language host it is
// the program; started by hand it is the command line.
func Main(target string, build stacks.Builder, on OnPlatform) {
	terminal.Restore()
	streams := Streams{Out: os.Stdout, Err: os.Stderr}
	if term.IsTerminal(int(os.Stdin.Fd())) {
		streams.Terminal = os.Stdin
	}
	desk := newCommand(target, build, on, streams)
	if os.Getenv("PULUMI_MONITOR") != "" {
		pulumi.Run(desk.hosted)
		return
	}
	// What is printed from here on, by the provider too, is for a caller of make.
	_ = os.Setenv(caller.Variable, caller.Make)
	desk.ignoreEmptyPassphrase()
	ctx, stop := untilSignal(desk.say)
	desk.screen = newScreen(os.Stdout)
	err := desk.run(ctx, os.Args[1:])
	desk.screen.Stop()
	stop()
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "\n"+failureText(styleOf(os.Stderr), err))
	}
	os.Exit(exit.Code(err))
}

// Streams are what a command prints to, and the terminal on which it asks, nil
// if there is none.
type Streams struct {
	Out, Err io.Writer
	Terminal io.Reader
}

// Run is one call of the command line within a program; its error has a code.
func Run(ctx context.Context, target string, build stacks.Builder, on OnPlatform, streams Streams, args ...string) error {
	return newCommand(target, build, on, streams).run(ctx, args)
}

func newCommand(target string, build stacks.Builder, on OnPlatform, streams Streams) *command {
	desk := &command{
		target: target, build: build, operate: on, out: streams.Out, err: streams.Err, prompt: streams.Err, asks: streams.Terminal,
		yes: os.Getenv(yesVariable),
	}
	desk.program = desk.stackProgram
	return desk
}

// stackProgram is the Pulumi program of the stack. It notes a service that is not
// ready.
func (c *command) stackProgram(ctx *pulumi.Context) error {
	proved, outputs, err := stacks.Proved(ctx)
	if err != nil {
		return err
	}
	return stacks.Program(ctx, c.target, c.build, stacks.StackContext{
		Keys: c.keys(), Peers: c.peers(ctx), NotReady: func(err error) { c.unready = err }, Proved: proved, Online: true,
		Outputs: outputs, RollsBackTo: c.rollsBackTo,
	})
}

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
	operate  OnPlatform
	out, err io.Writer
	// prompt is where a question is printed, asks the terminal that answers it (nil
	// if there is none), and yes the answer given beforehand.
	prompt io.Writer
	asks   io.Reader
	yes    string
	// json asks for an output that programs can read.
	json bool
	// onStep, if not nil, is told each resource that an update changed.
	onStep func(apitype.StepEventMetadata)
	home   *home
	stack  string
	// removes tells that nothing new is deployed, so that a checkout that does
	// not build may use what it built before.
	removes bool
	// deploying tells that an up is under way, whose outputs come with its events.
	deploying bool
	// cutPID is the CLI that was ended out of order, 0 if none, and cutHow how.
	cutPID int
	cutHow string
	// rollsBackTo is the revision that a roll-back goes back to.
	rollsBackTo string
	// unready is why the deployed service is not ready.
	unready error
	// file is the settings file of the stack, and cli the path of the Pulumi
	// CLI, as soon as they are known.
	file stackfile.File
	cli  string
	// screen is what out is written to, nil if that is a buffer.
	screen *screen
	// verbosity is the level of the engine's own log, 0 for none.
	verbosity uint
}

const usage = `usage: up|preview|down --stack NAME [-- -v=LEVEL]
       plan --stack NAME [--json] [-- -details -diff FILE-OR-GIT-REF]
       doctor|dev --stack NAME, doctor -- -orphans 1|remove
       status|drift|rollback|open --stack NAME [--json]
       logs --stack NAME [--json] [-- -since 15m -level WARN -request ID -lines N -failed -follow]
       team --stack NAME -- -backend URL -secrets URL|passphrase
       web --stack NAME -- -frontend FOLDER
       rotate --stack NAME [--json] -- -what jwt|astra|all [-leak]
       seed|pulumi --stack NAME -- ARGUMENT...`

func (c *command) run(ctx context.Context, args []string) error {
	verb, stack, rest, err := c.parse(args)
	if err != nil {
		return err
	}
	c.stack = stack
	root, err := checkout.Root()
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
		"status": c.status, "logs": c.logs, "drift": c.drift, "rollback": c.rollback, "rotate": c.rotate, "open": c.browse, "team": c.team,
		"web": c.web,
	}
	do, known := verbs[verb]
	if !known {
		return exit.Usage.Errorf("unknown command %q\n%s", verb, usage)
	}
	if err := c.home.open(); err != nil {
		return err
	}
	defer func() { _ = os.Remove(c.failures()) }()
	err = full(do(ctx, rest), c.home.dir)
	if err != nil && wasInterrupted(ctx) && exit.ClassOf(err) != exit.Interrupted {
		return exit.Interrupted.Errorf("%s was interrupted before it changed anything: %w", verb, err)
	}
	return err
}

// say prints a line beside the output of what runs.
func (c *command) say(line string) {
	if c.screen != nil && c.screen.terminal {
		c.screen.Println(line)
		return
	}
	_, _ = fmt.Fprintln(c.err, line)
}

// parse splits `VERB --stack NAME [--json] -- REST`.
func (c *command) parse(args []string) (verb, stack string, rest []string, err error) {
	if len(args) == 0 {
		return "", "", nil, exit.Usage.With(errors.New(usage))
	}
	verb, stack = args[0], "dev"
	for i := 1; i < len(args); i++ {
		switch {
		case args[i] == "--":
			return verb, stack, args[i+1:], nil
		case args[i] == "--json":
			c.json = true
		case args[i] == "--stack" && i+1 < len(args):
			i++
			stack = args[i]
		default:
			return "", "", nil, exit.Usage.Errorf("%q is not understood\n%s", args[i], usage)
		}
	}
	return verb, stack, nil, nil
}
