package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/provider/failure"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/stacks"
)

// Exit codes, one per class of failure; the README lists them.
const (
	CodeFailed        = 1
	CodeUsage         = 2 // bad settings or arguments
	CodeMissingSecret = 3
	CodeGate          = 4 // the revision does not serve
	CodeLocked        = 5 // another update is under way
	CodePassphrase    = 6
	CodeStateFolder   = 7
	CodePort          = 8
	CodeInterrupted   = 9  // by Ctrl-C or SIGTERM
	CodeNoStack       = 10 // there is no such stack
	CodeProtected     = 11 // the stack is protected against removal
)

// Failure is an error with the exit code of its class.
type Failure struct {
	Code int
	Err  error
}

func (f *Failure) Error() string { return f.Err.Error() }
func (f *Failure) Unwrap() error { return f.Err }

// ExitCode is the code for an error, 0 for none.
func ExitCode(err error) int {
	var failure *Failure
	switch {
	case err == nil:
		return 0
	case errors.As(err, &failure):
		return failure.Code
	default:
		return CodeFailed
	}
}

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
}

// diagnose turns a failed operation into a Failure with the code of its class.
// Its text always holds the cause.
func (c *command) diagnose(o outcome) error {
	if err := settingsFailure(o.program); err != nil {
		return err
	}
	switch {
	case o.program != nil:
		return fmt.Errorf("%s: %w", o.operation, o.program)
	case auto.IsConcurrentUpdateError(o.engine):
		return &Failure{CodeLocked, fmt.Errorf("%s: another update of stack %q is under way; wait for it, or if it was killed, clear its lock with: %s\n%w",
			o.operation, c.stack, caller.Pulumi("cancel --yes --stack "+c.stack), causeOf(o.engine))}
	}
	if c.unready != nil {
		return &Failure{CodeGate, fmt.Errorf("%s: %w", o.operation, c.unready)}
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

// settingsFailure gives problems of a stack's settings the code of their class;
// it is nil for every other error.
func settingsFailure(err error) error {
	var problems *stacks.Problems
	switch {
	case !errors.As(err, &problems):
		return classified(err)
	case problems.OnlyMissing():
		return &Failure{CodeMissingSecret, problems}
	}
	return &Failure{CodeUsage, problems}
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
		return &Failure{CodeUsage, problems}
	}
	return nil
}

// failure is the error of an operation whose settings are fine.
func (o outcome) failure(recorded []failure.Record) error {
	err := o.explained()
	for _, record := range recorded {
		switch record.Class {
		case failure.PortInUse:
			return &Failure{CodePort, err}
		case failure.DiskFull:
			return said{err.Error(), errors.Join(err, syscall.ENOSPC)}
		}
	}
	for _, failed := range o.resources {
		if failed.kind == resource.GateType {
			return &Failure{CodeGate, err}
		}
	}
	return err
}

// explained is the error with its causes: what was said about the resources,
// or, if nothing was, what the engine itself said.
func (o outcome) explained() error {
	if len(o.messages) > 0 {
		messages := o.messages
		if o.operation == "up" {
			// A resource that is gone is refused by its provider in words of its own.
			messages = append(slices.Clone(messages), "If something was changed or deleted behind the stack, take that in first, with: "+caller.Pulumi("refresh --yes"))
		}
		stays := "nothing that served before was removed"
		if o.operation == "down" {
			stays = "what it had deleted by then is gone, and the rest is still there"
		}
		return fmt.Errorf("%s failed; %s. Fix the cause and run it again.\n%s", o.operation, stays, strings.Join(messages, "\n"))
	}
	return fmt.Errorf("%s failed: %w", o.operation, causeOf(o.engine))
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
	if err == nil || ExitCode(err) != CodeFailed || !errors.Is(err, syscall.ENOSPC) && freeSpace(dir) >= lowSpace {
		return err
	}
	return &Failure{CodeStateFolder, fmt.Errorf("%w\nthe disk of the state folder %s is full; free space there, then run it again", err, dir)}
}
