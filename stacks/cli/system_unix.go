//go:build unix

package cli

import (
	"math"
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

// freeSpace is how many bytes this user may still write below dir.
func freeSpace(dir string) uint64 {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return math.MaxUint64
	}
	return fs.Bavail * uint64(fs.Bsize)
}
