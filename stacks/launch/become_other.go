//go:build !unix

package main

import (
	"errors"
	"os"
	"os/exec"
)

// become runs the program and ends with its exit code: there is no exec here.
func become(program string, args, env []string) error {
	cmd := exec.Command(program, args...)
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = env, os.Stdin, os.Stdout, os.Stderr
	err := cmd.Run()
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		os.Exit(ended.ExitCode())
	}
	if err == nil {
		os.Exit(0)
	}
	return err
}
