//go:build !unix

package cli

import (
	"math"
	"os"
	"os/exec"
)

// ownGroup does nothing where there are no process groups.
func ownGroup(*exec.Cmd) {}

// interrupt cannot ask in another way than by ending the process.
func interrupt(process *os.Process) error { return process.Kill() }

func endedBySignal(*os.ProcessState) bool { return true } // interrupt kills it

func killGroup(process *os.Process, _ bool) error { return process.Kill() }

// freeSpace is unknown here.
func freeSpace(string) uint64 { return math.MaxUint64 }
