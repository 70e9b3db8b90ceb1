//go:build unix

package cli

import (
	"os"
	"os/exec"
	"syscall"
)

// ownGroup starts a command in a process group of its own, which the
// terminal's Ctrl-C does not reach.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func interrupt(process *os.Process) error { return process.Signal(os.Interrupt) }

// endedBySignal tells whether a signal ended the process, and not itself.
func endedBySignal(state *os.ProcessState) bool {
	status, ok := state.Sys().(syscall.WaitStatus)
	return ok && status.Signaled()
}

// killGroup kills the process and, if it leads one, its group.
func killGroup(process *os.Process, leads bool) error {
	if leads {
		return syscall.Kill(-process.Pid, syscall.SIGKILL)
	}
	return process.Kill()
}
