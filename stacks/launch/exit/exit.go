// Package exit maps classes of errors to exit codes. The list of classes is the
// one place for them: commands, launcher and README read it. An error belongs to
// a class by wrapping it; no message is ever searched.
package exit

import (
	"errors"
	"fmt"
	"strings"
)

// Class is a class of errors with an exit code of its own. It is an error that
// others wrap: errors.Is(err, exit.Gate).
type Class struct {
	Code    int
	Meaning string
}

func (c *Class) Error() string { return c.Meaning }

// The classes of errors.
var (
	Failed        = &Class{1, "any other failure"}
	Usage         = &Class{2, "bad settings or arguments"}
	MissingSecret = &Class{3, "a secret is missing"}
	Gate          = &Class{4, "the gate failed: the revision does not serve"}
	Locked        = &Class{5, "another update is under way"}
	Passphrase    = &Class{6, "wrong passphrase"}
	StateFolder   = &Class{7, "the state folder cannot be written"}
	Port          = &Class{8, "a port is in use"}
	Interrupted   = &Class{9, "interrupted, by Ctrl-C or SIGTERM"}
	NoStack       = &Class{10, "there is no such stack, or it is not deployed"}
	Protected     = &Class{11, "the stack is protected against removal"}
	Drift         = &Class{12, "something was changed without the stack"}
	NotConfirmed  = &Class{13, "a change on a cloud was not confirmed"}
)

// Classes are all there are, by code.
func Classes() []*Class {
	return []*Class{Failed, Usage, MissingSecret, Gate, Locked, Passphrase, StateFolder, Port, Interrupted, NoStack, Protected, Drift,
		NotConfirmed}
}

// ClassOf is the outermost class that an error wraps, Failed if it wraps none.
func ClassOf(err error) *Class {
	var class *Class
	if errors.As(err, &class) {
		return class
	}
	return Failed
}

// Code is the exit code for an error, 0 for none.
func Code(err error) int {
	if err == nil {
		return 0
	}
	return ClassOf(err).Code
}

// classified is an error of a class, with the error's own text.
type classified struct {
	class *Class
	err   error
}

func (c *classified) Error() string   { return c.err.Error() }
func (c *classified) Unwrap() []error { return []error{c.class, c.err} }

// With gives an error the class.
func (c *Class) With(err error) error { return &classified{c, err} }

// Errorf is fmt.Errorf for an error of the class.
func (c *Class) Errorf(format string, args ...any) error { return c.With(fmt.Errorf(format, args...)) }

// Markdown is the table of exit codes for a README.
func Markdown() string {
	var b strings.Builder
	b.WriteString("| code | class |\n|---|---|\n| 0 | done |\n")
	for _, class := range Classes() {
		fmt.Fprintf(&b, "| %d | %s |\n", class.Code, class.Meaning)
	}
	return b.String()
}
