package stacks

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/agext/levenshtein"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

// Problem is one thing that is wrong with a stack's settings.
type Problem struct {
	// Key is the setting, such as maxInstances.
	Key string
	// What is wrong, without the value if the setting is a secret.
	What string
	// Fix is the command that fixes it, in the form in which the reader called.
	Fix string
	// Missing tells that a secret is not set at all.
	Missing bool
}

// Problems are all problems of a stack's settings at once.
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
		fmt.Fprintf(&b, "\n  %s: %s\n      %s", problem.Key, problem.What, problem.Fix)
	}
	return b.String()
}

// Unwrap is the class of the error: a missing secret if nothing else is wrong.
func (p *Problems) Unwrap() error {
	if p.OnlyMissing() {
		return exit.MissingSecret
	}
	return exit.Usage
}

// OnlyMissing tells whether secrets that are not set are all that is wrong.
func (p *Problems) OnlyMissing() bool {
	return len(p.List) > 0 && !slices.ContainsFunc(p.List, func(problem Problem) bool { return !problem.Missing })
}

// orNil is the problems as an error, nil when there are none.
func (p *Problems) orNil() error {
	if len(p.List) == 0 {
		return nil
	}
	return p
}

// add notes a problem, unless the setting has one already: a value that is refused
// is not also missing.
func (p *Problems) add(key, fix, what string, args ...any) {
	if !p.has(key) {
		p.List = append(p.List, Problem{Key: key, What: fmt.Sprintf(what, args...), Fix: fix})
	}
}

func (p *Problems) has(key string) bool {
	return slices.ContainsFunc(p.List, func(known Problem) bool { return known.Key == key })
}

// unknown notes keys of this project that are not settings: a misspelt one would
// leave its default in force unnoticed.
func (p *Problems) unknown(keys []string) {
	var names []string
	for _, key := range Keys() {
		names = append(names, key.Name)
	}
	for _, full := range keys {
		key, ours := strings.CutPrefix(full, Namespace+":")
		if ours && !slices.Contains(names, key) {
			p.add(key, p.remove(key), "unknown setting; did you mean %s? Pulumi.yaml lists them all", nearest(key, names))
		}
	}
}

// movedMembers are settings that a group had once, and where they are now.
var movedMembers = map[string]string{"ecs.logRetentionDays": "logRetentionDays"}

// unknownMember notes a member of a group that is not a setting.
func (p *Problems) unknownMember(group, member string, known []string) {
	key := group + "." + member
	if moved := movedMembers[key]; moved != "" {
		p.add(key, p.removeMember(key)+" && "+p.set(moved, "VALUE"), "is the setting %s of every target now", moved)
		return
	}
	p.add(key, p.removeMember(key), "unknown setting of the group %s; did you mean %s?", group, nearest(member, known))
}

// join adds the problems that a target found to those of the general settings.
// Errors of another kind are returned as they are.
func join(stack string, general, ofTarget error) error {
	all := &Problems{Stack: stack}
	for _, err := range []error{general, ofTarget} {
		var problems *Problems
		var found platform.Problems
		ours, theirs := errors.As(err, &problems), errors.As(err, &found)
		if err != nil && !ours && !theirs {
			return err
		}
		if ours {
			all.List = append(all.List, problems.List...)
		}
		before := *all
		for _, one := range found {
			if !before.has(one.Key) {
				all.List = append(all.List, Problem{Key: one.Key, What: one.What, Fix: all.fix(one)})
			}
		}
	}
	return all.orNil()
}

// fix is the command that fixes what a target found.
func (p *Problems) fix(found platform.Problem) string {
	switch {
	case found.Unread && !strings.Contains(found.Key, "."):
		return p.remove(found.Key)
	case found.Unread:
		return p.removeMember(found.Key)
	case found.SecretFile != "":
		return caller.Pulumi(fmt.Sprintf("config set --secret --path %s --stack %s < %s", found.Key, p.Stack, found.SecretFile))
	case strings.Contains(found.Key, "."):
		return p.setMember(found.Key, found.Example)
	}
	return p.set(found.Key, found.Example)
}

// set is the command that gives a setting a value.
func (p *Problems) set(key, value string) string { return p.command("config set %s %s", key, value) }

// setSecret is the command that asks for a secret without showing it.
func (p *Problems) setSecret(key string) string { return p.command("config set --secret %s", key) }

func (p *Problems) remove(key string) string { return p.command("config rm %s", key) }

func (p *Problems) removeMember(key string) string { return p.command("config rm --path '%s'", key) }

// setMember is the command that sets a member of a group. Pulumi sets a list or
// an object item by item, after its previous value is removed.
func (p *Problems) setMember(key, value string) string {
	one := func(key, value string) string { return p.command("config set --path '%s' '%s'", key, value) }
	var list []string
	var object map[string]string
	steps := []string{p.removeMember(key)}
	switch {
	case json.Unmarshal([]byte(value), &list) == nil && list != nil:
		for i, item := range list {
			steps = append(steps, one(fmt.Sprintf("%s[%d]", key, i), item))
		}
	case json.Unmarshal([]byte(value), &object) == nil && object != nil:
		for _, name := range slices.Sorted(maps.Keys(object)) {
			steps = append(steps, one(fmt.Sprintf("%s[%q]", key, name), object[name]))
		}
	default:
		return one(key, value)
	}
	return strings.Join(steps, " && ")
}

// command is a command of the Pulumi CLI on this stack, in the caller's form.
func (p *Problems) command(format string, args ...any) string {
	return caller.Pulumi(fmt.Sprintf(format, args...) + " --stack " + p.Stack)
}

// nearest is the name with the least edit distance.
func nearest(wrong string, names []string) string {
	distance := func(name string) int { return levenshtein.Distance(strings.ToLower(wrong), strings.ToLower(name), nil) }
	return slices.MinFunc(names, func(a, b string) int { return distance(a) - distance(b) })
}
