package app

import (
	"errors"
	"fmt"
	"strings"
)

// Problem is one thing that is wrong with the description of a service, or with
// what a platform was told beside it.
type Problem struct {
	// Key is the setting, such as cloudrun.region or cpu.
	Key string
	// What is wrong with it.
	What string
	// Example is a valid value; a list or an object is JSON.
	Example string
	// SecretFile is an example of a file with the value, for a secret.
	SecretFile string
	// Unread tells that the setting does nothing there and has to go.
	Unread bool
}

// Problems are all problems at once.
type Problems []Problem

// Add notes a problem.
func (p *Problems) Add(key, example, what string, args ...any) {
	*p = append(*p, Problem{Key: key, What: fmt.Sprintf(what, args...), Example: example})
}

// AddSecret notes a problem with a secret, whose value comes from a file.
func (p *Problems) AddSecret(key, file, what string) {
	*p = append(*p, Problem{Key: key, What: what, SecretFile: file})
}

// AddUnread notes a setting that does nothing beside the others.
func (p *Problems) AddUnread(key, what string, args ...any) {
	*p = append(*p, Problem{Key: key, What: fmt.Sprintf(what, args...), Unread: true})
}

// ProblemsOf are those of an error of Validate, none of nil.
func ProblemsOf(err error) (p Problems) {
	errors.As(err, &p)
	return p
}

// OrNil is the problems as an error, nil when there are none.
func (p Problems) OrNil() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// Error has a line for each problem, with what fixes it.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		fix := "set it, for example, to " + problem.Example
		switch {
		case problem.Unread:
			fix = "leave it out"
		case problem.SecretFile != "":
			fix = "read it as a secret from a file such as " + problem.SecretFile
		}
		lines[i] = fmt.Sprintf("%s: %s; %s", problem.Key, problem.What, fix)
	}
	return strings.Join(lines, "\n")
}
