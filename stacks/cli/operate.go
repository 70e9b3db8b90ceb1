package cli

import (
	"context"
	"errors"
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
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/operate"

	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

// open selects the stack, making it on first use, with the program of this
// binary behind it.
func (c *command) open(ctx context.Context, program pulumi.RunFunc) (auto.Stack, error) {
	if err := c.sync(); err != nil {
		return auto.Stack{}, err
	}
	built := make(chan error, 1)
	go func() { built <- c.buildPlugin(ctx) }()
	cli, err := c.findPulumi(ctx)
	if err != nil {
		return auto.Stack{}, err
	}
	if program, err = c.withPlugin(built, program); err != nil {
		return auto.Stack{}, err
	}
	stack, err := auto.UpsertStackInlineSource(ctx, c.stack, "killrvideo", program,
		auto.WorkDir(c.file.Dir()), auto.EnvVars(c.env()), auto.Pulumi(c.automated(cli)))
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
	watch.onStep = c.onStep
	stack, err := c.open(ctx, watch.program)
	if err != nil {
		return nil, err
	}
	if err := c.confirmed(ctx, stack, "up", watch); err != nil {
		return nil, err
	}
	watch.show(c, false)
	c.deploying = true
	defer func() { c.deploying = false }()
	_, err = stack.Up(ctx, optup.ErrorProgressStreams(c.err),
		optup.EventStreams(watch.events()), optup.SuppressOutputs(), optup.DebugLogging(c.logging()))
	watch.wait()
	if err != nil {
		return nil, c.failed(ctx, "up", watch, err)
	}
	watch.display.summary()
	if watch.outputs == nil {
		c.deploying = false
		return stack.Outputs(ctx)
	}
	return watch.outputs, nil
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
	watch.show(c, true)
	_, err = stack.Preview(ctx, optpreview.ErrorProgressStreams(c.err),
		optpreview.EventStreams(watch.events()), optpreview.DebugLogging(c.logging()))
	watch.wait()
	if err != nil {
		return c.failed(ctx, "preview", watch, err)
	}
	watch.display.summary()
	_, _ = fmt.Fprintln(c.out, watch.display.next(caller.Verb("up", c.stack)))
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
	left, err := c.stateOf(ctx)
	if err != nil {
		return fmt.Errorf("read the state of stack %s: %w", c.stack, err)
	}
	if err := refuseProtected(c.stack, c.target, left.Resources); err != nil {
		return err
	}
	if err := c.confirmed(ctx, stack, "down", watch); err != nil {
		return err
	}
	if err := c.revive(ctx, left); err != nil {
		return err
	}
	watch.show(c, false)
	_, err = stack.Destroy(ctx, optdestroy.ErrorProgressStreams(c.err),
		optdestroy.EventStreams(watch.events()), optdestroy.DebugLogging(c.logging()))
	watch.wait()
	if err != nil {
		return c.failed(ctx, "down", watch, err)
	}
	watch.display.summary()
	_, _ = fmt.Fprintln(c.out, watch.display.next(caller.Verb("up", c.stack)+" deploys it again"))
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
		return exit.Usage.Errorf("%q is not -v=LEVEL, from 0 to 8\n%s", args, usage)
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
		return c.interrupted(ctx, operation, w.summary(), caller.Verb(operation, c.stack))
	}
	o := w.outcome(operation, err)
	if o.stack = c.stack; o.rolledOut() && settingsFailure(o.program) == nil {
		o.platform = c.platformSays(ctx)
	}
	return c.diagnose(o)
}

// shown are the outputs that a person at a terminal needs; the others are one
// command away.
var shown = []string{"url", "docs", "web", "revision", "logs", "dnsRecords", "showModeratorCodes"}

// print ends an `up` with its outputs, a line each, sorted by name: all of them
// for a program that reads them, and on a terminal those that people need, with
// the next command last.
func (c *command) print(outputs auto.OutputMap) error {
	style := styleOf(c.out)
	names := slices.Sorted(maps.Keys(outputs))
	names = slices.DeleteFunc(names, func(name string) bool { return name == operate.HistoryOutput }) // status shows it
	_, _ = fmt.Fprintln(c.out)
	if !style.terminal {
		for _, name := range names {
			if _, err := fmt.Fprintf(c.out, "%s: %v\n", name, valueOf(outputs[name])); err != nil {
				return err
			}
		}
		return nil
	}
	for _, name := range shown {
		if value := valueOf(outputs[name]); value != nil && value != "" {
			_, _ = fmt.Fprintf(c.out, "  %s %s\n", style.dim.Render(fmt.Sprintf("%-19s", name)), style.emphasis.Render(fmt.Sprint(value)))
		}
	}
	_, _ = fmt.Fprintln(c.out, style.dim.Render("  all outputs: "+caller.Pulumi("stack output --stack "+c.stack)))
	_, err := fmt.Fprintln(c.out, style.next("curl "+text(outputs, "url")+"/health/ready"))
	return err
}

func valueOf(output auto.OutputValue) any {
	if output.Secret {
		return secretMark
	}
	return output.Value
}

// watch remembers how the program and the resources of an operation failed.
type watch struct {
	program pulumi.RunFunc
	seen    outcome
	outputs auto.OutputMap // of the stack, nil until the engine has reported them
	steps   map[apitype.OpType]int
	// unhandled is what the program failed with after it had returned: an Apply that
	// a resource waited for. It is known by what the SDK prints alone.
	unhandled string
	// onStep, if not nil, is told each resource that was changed.
	onStep  func(apitype.StepEventMetadata)
	done    chan struct{}
	display *display // nil shows nothing
}

// show displays the operation that follows.
func (w *watch) show(c *command, preview bool) {
	if c.screen == nil {
		c.screen = newScreen(c.out)
	}
	w.display = newDisplay(c.screen, preview)
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
	if seen.program == nil && len(seen.resources)+len(seen.messages) == 0 && w.unhandled != "" {
		seen.program = errors.New(w.unhandled)
	}
	return seen
}

// events is a channel that the operation fills and closes. Others may note the
// events too.
func (w *watch) events(others ...func(events.EngineEvent)) chan<- events.EngineEvent {
	channel := make(chan events.EngineEvent)
	w.done = make(chan struct{})
	go func() {
		defer close(w.done)
		for event := range channel {
			w.note(event)
			for _, note := range others {
				note(event)
			}
		}
	}()
	return channel
}

// unhandled is what the SDK prints before an error of the program.
const unhandled = "an unhandled error occurred: "

func (w *watch) note(event events.EngineEvent) {
	if w.display != nil {
		w.display.event(event)
	}
	if done := event.ResOutputsEvent; done != nil {
		if done.Metadata.Op != apitype.OpSame {
			w.steps[done.Metadata.Op]++
			if w.onStep != nil {
				w.onStep(done.Metadata)
			}
		}
		if done.Metadata.Type == string(resource.RootStackType) && done.Metadata.New != nil {
			w.outputs = outputsFrom(done.Metadata.New.Outputs)
		}
	}
	if failed := event.ResOpFailedEvent; failed != nil {
		w.seen.resources = append(w.seen.resources, failedResource{failed.Metadata.URN, failed.Metadata.Type})
	}
	if d := event.DiagnosticEvent; d != nil && d.Severity == "error" {
		if text, is := strings.CutPrefix(colors.Never.Colorize(d.Message), unhandled); is {
			w.unhandled = tidy(text)
			return
		}
	}
	if d := event.DiagnosticEvent; d != nil && d.Severity == "error" && d.URN != "" {
		w.seen.messages = once(append(w.seen.messages, tidy(colors.Never.Colorize(d.Message))))
	}
}

// secretMark is what events hold in the place of a secret.
const secretMark = "[secret]"

func outputsFrom(values map[string]any) auto.OutputMap {
	outputs := auto.OutputMap{}
	for name, value := range values {
		outputs[name] = auto.OutputValue{Value: value, Secret: value == secretMark}
	}
	return outputs
}

// summary counts what was done, instead of a general claim.
func (w *watch) summary() string {
	if len(w.steps) == 0 {
		return "It had changed nothing."
	}
	return "Resources done by then: " + counted(w.steps) + "."
}

// wait returns when the last event has been noted. An operation that fails
// before it begins never closes its channel, hence the bound.
func (w *watch) wait() {
	select {
	case <-w.done:
	case <-time.After(5 * time.Second):
	}
	if w.display != nil {
		w.display.done()
	}
}
