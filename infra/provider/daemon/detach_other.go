//go:build !unix

package daemon

import (
	"errors"
	"os/exec"
)

// errUnsupported is the answer on systems without sessions and signals.
var errUnsupported = errors.New("local processes need Linux, macOS or another Unix; on Windows use WSL")

func detach(*exec.Cmd) error { return errUnsupported }

func killSession(int) error { return errUnsupported }
