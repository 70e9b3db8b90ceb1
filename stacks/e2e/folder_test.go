package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// unprivilegedID is a user and group without rights.
const unprivilegedID = 65534

// ended is what a command printed and how it ended.
type ended struct {
	text []byte
	code int
}

// asUnprivileged runs a command without the rights of the administrator, whom no
// permission stops.
func asUnprivileged(cmd *exec.Cmd) (ended, error) {
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: unprivilegedID, Gid: unprivilegedID}}
	}
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	err := cmd.Run()
	return ended{output.Bytes(), cmd.ProcessState.ExitCode()}, err
}

// open lets every user read a folder and its parents, as far as the test
// made them.
func open(t *testing.T, dir string) {
	t.Helper()
	for ; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			return
		}
	}
}

// withoutSpace deploys into a file system that is too small, frees space, and
// deploys again.
func withoutSpace(t *testing.T) {
	dir := t.TempDir()
	if os.Geteuid() != 0 {
		t.Skip("mounting a small file system is the administrator's right")
	}
	if err := mount(dir, "1g", 0); err != nil {
		if os.Getenv("CONTAINER_TESTS") != "" {
			t.Fatalf("a small file system cannot be mounted: %v", err)
		}
		t.Skipf("needs the right to mount a small file system: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	m := newMachineIn(t, dir)
	for _, lent := range []string{"killrvideo", "front", "astra-local"} { // up builds them again
		_ = os.Remove(filepath.Join(dir, "bin", lent))
	}
	if err := mount(dir, "8m", syscall.MS_REMOUNT); err != nil {
		t.Fatal(err)
	}
	printed, code := m.run("up")
	want(t, printed, code, 7, "no space left on device", "is full; free space there")
	if err := mount(dir, "1g", syscall.MS_REMOUNT); err != nil {
		t.Fatal(err)
	}
	m.up()
	ask(t, "GET", m.api("/health/ready"), nil).want(t, 200, "ready once there was space")
	if printed, code := m.run("down"); code != 0 {
		t.Errorf("down ended with %d:\n%s", code, printed)
	}
}

func mount(dir, size string, flags uintptr) error {
	return syscall.Mount("tmpfs", dir, "tmpfs", flags, "size="+size)
}

func itoa(n int) string { return strconv.Itoa(n) }
