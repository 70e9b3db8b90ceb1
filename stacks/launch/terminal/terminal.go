// Package terminal starts a program without the question that Bubble Tea, which
// the Pulumi SDK imports, asks the terminal while the program initializes: which
// background colour it has. Some terminals show the question, and one that does
// not answer costs five seconds. Nothing but TERM decides whether it is asked.
// This package uses the standard library only, since the launcher uses it.
package terminal

import (
	"os"
	"slices"
	"strings"
)

const (
	term  = "TERM"
	saved = "KILLRVIDEO_TERM"
	// unasked is a terminal that is never asked: several may be behind it.
	unasked = "screen"
)

// Unasked is env for a program that calls Restore.
func Unasked(env []string) []string {
	at := slices.IndexFunc(env, func(entry string) bool { return strings.HasPrefix(entry, term+"=") })
	if at < 0 {
		return env
	}
	env = append(slices.Clone(env), saved+strings.TrimPrefix(env[at], term))
	env[at] = term + "=" + unasked
	return env
}

// Restore gives the variable its value back, for what follows.
func Restore() {
	if value, changed := os.LookupEnv(saved); changed {
		_ = os.Setenv(term, value)
		_ = os.Unsetenv(saved)
	}
}
