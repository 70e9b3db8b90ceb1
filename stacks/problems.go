package stacks

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/target"
)

// Problem is one thing that is wrong with a stack's settings.
type Problem struct {
	// Key is the setting, such as maxInstances.
	Key string
	// What is wrong, without the value if the setting is a secret.
	What string
	// Cure is the command that mends it.
	Cure string
	// Missing tells that a secret is not there at all.
	Missing bool
}

// Problems is every problem of a stack's settings at once.
type Problems struct {
	Stack string
	List  []Problem
}

func (p *Problems) Error() string {
	var b strings.Builder
	noun := "problems"
	if len(p.List) == 1 {
		noun = "problem"
	}
	fmt.Fprintf(&b, "%d %s in the settings of stack %q:", len(p.List), noun, p.Stack)
	for _, problem := range p.List {
		fmt.Fprintf(&b, "\n  %s: %s\n      %s", problem.Key, problem.What, problem.Cure)
	}
	return b.String()
}

// OnlyMissing tells whether all that is wrong is secrets that were not set.
func (p *Problems) OnlyMissing() bool {
	for _, problem := range p.List {
		if !problem.Missing {
			return false
		}
	}
	return len(p.List) > 0
}

func (p *Problems) add(key, cure, what string, args ...any) {
	p.List = append(p.List, Problem{Key: key, What: fmt.Sprintf(what, args...), Cure: cure})
}

// set is the command that gives a setting a value.
func (p *Problems) set(key, value string) string {
	return p.command("config set %s %s", key, value)
}

// setSecret is the command that asks for a secret without showing it.
func (p *Problems) setSecret(key string) string {
	return p.command("config set --secret %s", key)
}

func (p *Problems) remove(key string) string {
	return p.command("config rm %s", key)
}

// command is a command of the Pulumi CLI on this stack, in the caller's form.
func (p *Problems) command(format string, args ...any) string {
	return caller.Pulumi(fmt.Sprintf(format, args...) + " --stack " + p.Stack)
}

// together joins the problems of a stack's settings with those that its target
// found, which come in the target's own form. What is wrong with a setting
// already needs no second word about it from the target.
func together(stack string, general, own error) error {
	all := &Problems{Stack: stack}
	for _, err := range []error{general, own} {
		var problems *Problems
		var ofTarget target.Problems
		if errors.As(err, &problems) {
			all.List = append(all.List, problems.List...)
		}
		if errors.As(err, &ofTarget) {
			all.ofTarget(ofTarget)
		}
		if err != nil && problems == nil && ofTarget == nil {
			return err
		}
	}
	return all.orNil()
}

func (p *Problems) ofTarget(found target.Problems) {
	before := slices.Clone(p.List)
	for _, one := range found {
		if !slices.ContainsFunc(before, func(known Problem) bool { return known.Key == one.Key }) {
			p.add(one.Key, p.cure(one), "%s", one.What)
		}
	}
}

// orNil is the problems as an error, nil when there are none.
func (p *Problems) orNil() error {
	if len(p.List) == 0 {
		return nil
	}
	return p
}
