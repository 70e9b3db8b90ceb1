package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/provider/failure"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/stacks"
	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

// failedResource is a resource that an operation could not create, change or
// delete.
type failedResource struct{ urn, kind string }

func (f failedResource) String() string { return f.urn }

// outcome is what is known of an operation that failed. Its class is decided
// from types alone: of errors, of failed resources, and of the failures that
// the provider recorded. No message is ever searched.
type outcome struct {
	operation string
	// program is what the Pulumi program returned, nil if it succeeded or never ran.
	program error
	// ran tells that the program was started at all.
	ran bool
	// engine is what the Automation API returned.
	engine error
	// resources failed, and messages are what the engine said about them.
	resources []failedResource
	messages  []string
	// platform is what the platform says of the instances, a paragraph each, and
	// stack the stack's name.
	platform []string
	stack    string
}

// diagnose turns a failed operation into an error of its class.
// Its text always holds the cause.
func (c *command) diagnose(o outcome) error {
	if err := settingsFailure(o.program); err != nil {
		return err
	}
	switch {
	case c.unready != nil: // an Apply that ended the program too
		return exit.Gate.Errorf("%s: %w", o.operation, c.unready)
	case o.program != nil && !o.canceled() && len(o.platform) == 0:
		return fmt.Errorf("%s: %w", o.operation, direct(o.program))
	case o.program != nil && !o.canceled(): // it found that something else runs than was deployed
		o.messages = once(append(o.messages, tidy(o.program.Error())))
		return said{o.explained().Error(), o.program}
	case auto.IsConcurrentUpdateError(o.engine):
		return exit.Locked.Errorf("%s: another update of stack %q is under way; wait for it, or if it was killed, clear its lock with: %s\n%w",
			o.operation, c.stack, caller.Pulumi("cancel --yes --stack "+c.stack), causeOf(o.engine))
	}
	if err := c.refusedPassphrase(o.operation); err != nil {
		return err
	}
	if err := c.refusedSettings(o); err != nil {
		return err
	}
	// What cannot be read leaves the failure without a class, not without its cause.
	recorded, err := failure.Read(c.failures())
	return errors.Join(o.failure(recorded), err)
}

// canceled reports whether the program ended only because the engine did, which a
// failed resource had stopped: what the resource said is the cause.
func (o outcome) canceled() bool {
	code := status.Code(o.program)
	return len(o.messages) > 0 && (code == codes.Canceled || code == codes.Unavailable || errors.Is(o.program, context.Canceled))
}

// settingsFailure is an error that has a class already, such as problems of a
// stack's settings, and nil for every other one.
func settingsFailure(err error) error {
	if exit.ClassOf(err) == exit.Failed {
		return nil
	}
	return err
}

// refusedSettings is the failure of settings that Pulumi itself refused before
// it ran the program, in the words of our own rules. Secrets are not opened.
func (c *command) refusedSettings(o outcome) error {
	if o.ran {
		return nil
	}
	settings, _, err := c.file.Read()
	if err != nil {
		return nil //nolint:nilerr // said by what failed
	}
	source, err := stacks.FromFile(c.stack, settings)
	if err != nil {
		return nil //nolint:nilerr // said by what failed
	}
	var problems *stacks.Problems
	if _, _, err := stacks.Read(source, c.target, c.build); errors.As(err, &problems) && !problems.OnlyMissing() {
		return exit.Usage.With(problems)
	}
	return nil
}

// failure is the error of an operation whose settings are fine.
func (o outcome) failure(recorded []failure.Record) error {
	err := o.explained()
	for _, record := range recorded {
		switch record.Class {
		case failure.PortInUse:
			return exit.Port.With(err)
		case failure.DiskFull:
			return said{err.Error(), errors.Join(err, syscall.ENOSPC)}
		}
	}
	for _, failed := range o.resources {
		if failed.kind == resource.GateType {
			return exit.Gate.With(err)
		}
	}
	return err
}

// explained is the error with its causes: what was said about the resources,
// or, if nothing was, what the engine itself said. Of an up it is the report, in
// this order: what was asked and answered, what the platform says, the last lines
// of the instance that failed, what serves, the next command.
func (o outcome) explained() error {
	if len(o.messages) == 0 {
		return fmt.Errorf("%s failed: %w", o.operation, causeOf(o.engine))
	}
	stays, parts := "nothing that served before was removed", slices.Concat(o.messages, o.platform)
	switch o.operation {
	case "up":
		// A resource that is gone is refused by its provider in words of its own.
		parts = append(parts,
			"If something was changed or deleted behind the stack, take that in first, with: "+caller.Pulumi("refresh --yes --stack "+o.stack),
			"next: fix the cause, then: "+caller.Verb("up", o.stack)+"; or deploy what was proved last again: "+caller.Operate("rollback", o.stack))
	case "down":
		stays = "what it had deleted by then is gone, and the rest is still there"
		parts = append(parts, "next: fix the cause, then: "+caller.Verb("down", o.stack))
	}
	return fmt.Errorf("%s failed; %s.\n%s", o.operation, stays, strings.Join(parts, "\n"))
}

// said is an error whose text is only what a command wrote to its standard
// error; the whole is still wrapped.
type said struct {
	text  string
	whole error
}

func (s said) Error() string { return s.text }
func (s said) Unwrap() error { return s.whole }

// causeOf shortens an error of the Automation API, which repeats everything
// that was printed already, to what the CLI wrote to standard error.
func causeOf(err error) error {
	if err == nil {
		return errors.New("no cause was given")
	}
	_, text, found := strings.Cut(err.Error(), "\nstderr: ")
	if text = strings.TrimSpace(text); !found || text == "" {
		return err
	}
	return said{text, err}
}

// lowSpace is what a build, or the state of a stack, may need in the state
// folder, in bytes. A file that did not fit is removed again by what wrote it,
// so that a full disk is rarely found quite full.
const lowSpace = 32 << 20

// full adds to an unclassified failure that the disk of the state folder is
// full. Builds and the CLI are processes of their own, so that only the disk
// can tell; errors of this process and of the provider have a type.
func full(err error, dir string) error {
	if err == nil || exit.ClassOf(err) != exit.Failed || !errors.Is(err, syscall.ENOSPC) && freeSpace(dir) >= lowSpace {
		return err
	}
	return exit.StateFolder.Errorf("%w\nthe disk of the state folder %s is full; free space there, then run it again", err, dir)
}
