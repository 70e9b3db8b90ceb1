//go:build unix

package main

import (
	"fmt"
	"syscall"
)

// become replaces this process by the program.
func become(program string, args, env []string) error {
	return fmt.Errorf("start %s: %w", program, syscall.Exec(program, append([]string{program}, args...), env))
}
