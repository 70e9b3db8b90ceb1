//go:build unix

package daemon

import (
	"os/exec"
	"syscall"
)

// detach gives the command a session of its own.
func detach(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return nil
}

// killSession kills the session's leader and what it started in its group.
func killSession(leader int) error { return syscall.Kill(-leader, syscall.SIGKILL) }
