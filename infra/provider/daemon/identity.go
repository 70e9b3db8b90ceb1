package daemon

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// Identity is one process for ever: its pid and when that pid was born. A
// number that the system gives to another process later is not it.
type Identity struct {
	PID int `json:"pid"`
	// Born is opaque: on Linux the boot and the clock tick of the start, else
	// what ps says.
	Born string `json:"born"`
}

// Alive says whether the process runs. One that has ended but that its parent
// has not yet asked about does not.
func (i Identity) Alive() bool {
	if i.PID <= 0 || i.Born == "" {
		return false
	}
	now, err := identify(i.PID)
	return err == nil && now == i
}

// identify names the process that has a pid now; an ended one is an error.
func identify(pid int) (Identity, error) {
	born, err := bornLinux(pid)
	if _, statErr := os.Stat("/proc/self/stat"); statErr != nil {
		born, err = bornPS(pid)
	}
	return Identity{PID: pid, Born: born}, err
}

// bornLinux reads field 22 of proc(5)'s stat, the start in clock ticks since
// boot, and adds the boot.
func bornLinux(pid int) (string, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", fmt.Errorf("look at process %d: %w", pid, err)
	}
	// The command's name, in parentheses, may hold spaces and parentheses.
	_, rest, _ := strings.Cut(string(stat), "(")
	fields := strings.Fields(rest[strings.LastIndex(rest, ")")+1:])
	if len(fields) < 20 {
		return "", fmt.Errorf("look at process %d: its stat has %d fields", pid, len(fields))
	}
	// While it ends, its first thread is gone before the others, which still
	// hold its files and its port.
	if threads := fields[17]; ended(fields[0]) && (threads == "0" || threads == "1") {
		return "", fmt.Errorf("process %d has ended", pid)
	}
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return "", fmt.Errorf("read the id of this boot: %w", err)
	}
	return strings.TrimSpace(string(boot)) + "/" + fields[19], nil
}

func bornPS(pid int) (string, error) {
	cmd := exec.Command("ps", "-o", "state=", "-o", "lstart=", "-p", strconv.Itoa(pid))
	cmd.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC")
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("look at process %d: %w", pid, err)
	}
	state, born, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	if state == "" || ended(state) {
		return "", fmt.Errorf("process %d has ended", pid)
	}
	return strings.Join(strings.Fields(born), " "), nil
}

// ended are the states of a process that only waits to be forgotten.
func ended(state string) bool { return strings.ContainsAny(state[:1], "ZXx") }
