// Package goenv prepares the environment of the go commands that this project
// runs itself.
package goenv

import (
	"fmt"
	"os"
	"strings"
)

// Clean takes -mod and -modfile out of GOFLAGS, for this process and all that it
// starts: the checkout is a workspace, in which they are an error. Other flags
// of the user stay.
func Clean() error {
	flags := os.Getenv("GOFLAGS")
	var kept []string
	for _, flag := range strings.Fields(flags) {
		name, _, _ := strings.Cut(strings.TrimLeft(flag, "-"), "=")
		if name != "mod" && name != "modfile" {
			kept = append(kept, flag)
		}
	}
	if err := os.Setenv("GOFLAGS", strings.Join(kept, " ")); err != nil {
		return fmt.Errorf("clean GOFLAGS: %w", err)
	}
	return nil
}
