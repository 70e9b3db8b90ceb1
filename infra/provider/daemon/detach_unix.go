//go:build unix

package daemon

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// detach gives the command a session of its own, and none of the files that
// this process inherited open: a lock or a pipe of the program that
// started the deployment would be held for as long as the program lives.
func detach(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return closeInherited()
}

// closeInherited marks every open file but the standard ones to be closed when a
// program is started. Go does so for what it opens itself.
func closeInherited() error {
	entries, err := os.ReadDir("/dev/fd")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("list the open files: %w", err)
	}
	for _, entry := range entries {
		if fd, err := strconv.Atoi(entry.Name()); err == nil && fd > 2 {
			syscall.CloseOnExec(fd)
		}
	}
	return nil
}

// killSession kills the session's leader and what it started in its group.
func killSession(leader int) error { return syscall.Kill(-leader, syscall.SIGKILL) }
