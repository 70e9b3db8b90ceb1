package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"

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
	CodeInterrupted   = 9 // by Ctrl-C or SIGTERM
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

// full tells a full disk from whatever it broke: builds, state and logs all
// go to the state folder, and each says so in its own words.
func full(err error, dir string) error {
	if err == nil || ExitCode(err) == CodeStateFolder || !strings.Contains(err.Error(), "no space left on device") {
		return err
	}
	return &Failure{CodeStateFolder, fmt.Errorf("%w\nthe disk of the state folder %s is full; give yourself permission and space there, then run it again", err, dir)}
}

// diagnose turns what came out of a Pulumi operation into a Failure with the
// class, and words on what to do.
func diagnose(operation, stack string, programErr, err error, failed []string) error {
	var problems *stacks.Problems
	text := err.Error()
	switch {
	case errors.As(programErr, &problems) && problems.OnlyMissing():
		return &Failure{CodeMissingSecret, problems}
	case errors.As(programErr, &problems):
		return &Failure{CodeUsage, problems}
	case programErr != nil:
		return &Failure{CodeUsage, programErr}
	case auto.IsConcurrentUpdateError(err):
		return &Failure{CodeLocked, fmt.Errorf("%s: another update of stack %q is under way; wait for it, or if it was killed, clear its lock with: make pulumi ARGS=\"cancel --yes --stack %s\"", operation, stack, stack)}
	case strings.Contains(text, "incorrect passphrase"):
		return &Failure{CodePassphrase, fmt.Errorf("%s: the passphrase does not open the secrets of stack %q; put the right one into .killrvideo/passphrase or PULUMI_CONFIG_PASSPHRASE", operation, stack)}
	case strings.Contains(text, "must be encrypted"), strings.Contains(text, "must be of type"), strings.Contains(text, "missing configuration value"):
		return &Failure{CodeUsage, fmt.Errorf("%s: %s", operation, lastLine(text))}
	}
	return classify(operation, failed)
}

func classify(operation string, failed []string) error {
	all := strings.Join(failed, "\n")
	err := fmt.Errorf("%s failed; nothing that served before was removed. Mend the cause and run it again.\n%s", operation, all)
	switch {
	case strings.Contains(all, "port") && strings.Contains(all, "in use"), strings.Contains(all, "is taken"):
		return &Failure{CodePort, err}
	case strings.Contains(all, "rollout:Gate"):
		return &Failure{CodeGate, err}
	}
	return &Failure{CodeFailed, err}
}

func lastLine(text string) string {
	for _, line := range strings.Split(text, "\n") {
		if strings.Contains(line, "Stack '") {
			return strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "error: "))
		}
	}
	return text
}
