package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/debug"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/caller"
)

// open selects the stack, making it on first use, with the program of this
// binary behind it.
func (c *command) open(ctx context.Context, program pulumi.RunFunc) (auto.Stack, error) {
	if err := c.sync(); err != nil {
		return auto.Stack{}, err
	}
	if err := c.buildPlugin(ctx); err != nil {
		return auto.Stack{}, err
	}
	cli, err := c.findPulumi(ctx)
	if err != nil {
		return auto.Stack{}, err
	}
	stack, err := auto.UpsertStackInlineSource(ctx, c.stack, "killrvideo", program,
		auto.WorkDir(c.file.Dir()), auto.EnvVars(c.env()), auto.Pulumi(c.supervised(cli)))
	if err != nil {
		return stack, c.diagnose(outcome{operation: "open stack " + c.stack, engine: err})
	}
	return stack, nil
}

func (c *command) up(ctx context.Context, args []string) error {
	if err := c.readVerbosity(args); err != nil {
		return err
	}
	outputs, err := c.deploy(ctx)
	if err != nil {
		return err
	}
	return c.print(outputs)
}

// deploy brings the stack up and returns its outputs.
func (c *command) deploy(ctx context.Context) (auto.OutputMap, error) {
	watch := newWatch(c.program)
	stack, err := c.open(ctx, watch.program)
	if err != nil {
		return nil, err
	}
	result, err := stack.Up(ctx, optup.ProgressStreams(c.out), optup.ErrorProgressStreams(c.err),
		optup.EventStreams(watch.events()), optup.SuppressOutputs(), optup.DebugLogging(c.logging()))
	watch.wait()
	if err != nil {
		return nil, c.failed(ctx, "up", watch, err)
	}
	return result.Outputs, nil
}

func (c *command) preview(ctx context.Context, args []string) error {
	if err := c.readVerbosity(args); err != nil {
		return err
	}
	watch := newWatch(c.program)
	stack, err := c.open(ctx, watch.program)
	if err != nil {
		return err
	}
	_, err = stack.Preview(ctx, optpreview.ProgressStreams(c.out), optpreview.ErrorProgressStreams(c.err),
		optpreview.EventStreams(watch.events()), optpreview.DebugLogging(c.logging()))
	watch.wait()
	if err != nil {
		return c.failed(ctx, "preview", watch, err)
	}
	return nil
}

func (c *command) down(ctx context.Context, args []string) error {
	if err := c.readVerbosity(args); err != nil {
		return err
	}
	watch := newWatch(c.program)
	c.removes = true
	stack, err := c.open(ctx, watch.program)
	if err != nil {
		return err
	}
	left, err := c.stateOf(ctx, c.stack)
	if err != nil {
		return fmt.Errorf("read the state of stack %s: %w", c.stack, err)
	}
	if err := refuseProtected(c.stack, c.target, left.Resources); err != nil {
		return err
	}
	if err := c.revive(ctx, left); err != nil {
		return err
	}
	_, err = stack.Destroy(ctx, optdestroy.ProgressStreams(c.out), optdestroy.ErrorProgressStreams(c.err),
		optdestroy.EventStreams(watch.events()), optdestroy.DebugLogging(c.logging()))
	watch.wait()
	if err != nil {
		return c.failed(ctx, "down", watch, err)
	}
	return nil
}

// readVerbosity reads -v=LEVEL, the detail of the engine's own log. At level 9
// Pulumi writes the values of secrets, which is refused here.
func (c *command) readVerbosity(args []string) error {
	if len(args) == 0 {
		return nil
	}
	text, is := strings.CutPrefix(args[0], "-v=")
	level, err := strconv.ParseUint(text, 10, 8)
	if len(args) > 1 || !is || err != nil || level > 8 {
		return &Failure{Code: CodeUsage, Err: fmt.Errorf("%q is not -v=LEVEL, from 0 to 8\n%s", args, usage)}
	}
	c.verbosity = uint(level)
	return nil
}

// logging is the engine's own log, on standard error if it was asked for.
func (c *command) logging() debug.LoggingOptions {
	if c.verbosity == 0 {
		return debug.LoggingOptions{}
	}
	return debug.LoggingOptions{LogLevel: &c.verbosity, LogToStdErr: true}
}

// failed explains an operation that did not succeed.
func (c *command) failed(ctx context.Context, operation string, w *watch, err error) error {
	if wasInterrupted(ctx) {
		return c.interrupted(ctx, operation, c.stack, w.summary(), caller.Verb(operation, c.stack), err)
	}
	return c.diagnose(w.outcome(operation, err))
}

// print ends an `up` with its outputs, a line each, sorted by name.
func (c *command) print(outputs auto.OutputMap) error {
	names := make([]string, 0, len(outputs))
	for name := range outputs {
		names = append(names, name)
	}
	slices.Sort(names)
	_, _ = fmt.Fprintln(c.out)
	for _, name := range names {
		value := outputs[name].Value
		if outputs[name].Secret {
			value = "[secret]"
		}
		if _, err := fmt.Fprintf(c.out, "%s: %v\n", name, value); err != nil {
			return err
		}
	}
	return nil
}

// watch remembers how the program and the resources of an operation failed.
type watch struct {
	program pulumi.RunFunc
	seen    outcome
	steps   map[apitype.OpType]int
	done    chan struct{}
}

func newWatch(program pulumi.RunFunc) *watch {
	w := &watch{steps: map[apitype.OpType]int{}}
	w.program = func(ctx *pulumi.Context) error {
		w.seen.ran = true
		w.seen.program = program(ctx)
		return w.seen.program
	}
	return w
}

// outcome is all that was seen of an operation that failed with err.
func (w *watch) outcome(operation string, err error) outcome {
	seen := w.seen
	seen.operation, seen.engine = operation, err
	return seen
}

// events is a channel that the operation fills and closes.
func (w *watch) events() chan<- events.EngineEvent {
	channel := make(chan events.EngineEvent)
	w.done = make(chan struct{})
	go func() {
		defer close(w.done)
		for event := range channel {
			w.note(event)
		}
	}()
	return channel
}

func (w *watch) note(event events.EngineEvent) {
	if done := event.ResOutputsEvent; done != nil && done.Metadata.Op != apitype.OpSame {
		w.steps[done.Metadata.Op]++
	}
	if failed := event.ResOpFailedEvent; failed != nil {
		w.seen.resources = append(w.seen.resources, failedResource{failed.Metadata.URN, failed.Metadata.Type})
	}
	if d := event.DiagnosticEvent; d != nil && d.Severity == "error" && d.URN != "" {
		w.seen.messages = once(append(w.seen.messages, tidy(d.Message)))
	}
}

// summary counts what was done, instead of a general claim.
func (w *watch) summary() string {
	if len(w.steps) == 0 {
		return "It had changed nothing."
	}
	parts := []string{}
	for _, op := range slices.Sorted(maps.Keys(w.steps)) {
		parts = append(parts, fmt.Sprintf("%s %d", op, w.steps[op]))
	}
	return "Resources done by then: " + strings.Join(parts, ", ") + "."
}

// wait returns when the last event has been noted. An operation that fails
// before it begins never closes its channel, hence the bound.
func (w *watch) wait() {
	select {
	case <-w.done:
	case <-time.After(5 * time.Second):
	}
}
