//go:build unix

package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// throttle bounds the processor time of an instance, as a platform does.
type throttle interface {
	// share is a percentage of one processor; unlimited for all there is.
	share(percent int) error
}

const unlimited = 0

// period is in which the share is given; what is left of it the instance waits.
const period = 100 * time.Millisecond

// throttled puts the instance into a control group of its own. Without the right
// to make one, the instance is stopped and continued in turn, which starves it as
// well.
func throttled(t *testing.T, p *process) throttle {
	t.Helper()
	for _, make := range []func(*testing.T, int) (throttle, error){newCgroup1, newCgroup2} {
		made, err := make(t, p.cmd.Process.Pid)
		if err == nil {
			t.Logf("throttled by %T", made)
			return made
		}
		t.Log(err)
	}
	return newDutyCycle(t, p)
}

// lift gives the instance the processor while do runs, as Cloud Run does while a
// request is in flight, and then next to none.
func lift(t *testing.T, th throttle, do func()) {
	t.Helper()
	must(t, th.share(unlimited))
	do()
	must(t, th.share(1))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// cgroup is a control group; write sets its share.
type cgroup struct{ write func(percent int) error }

func (c cgroup) share(percent int) error { return c.write(percent) }

func newCgroup1(t *testing.T, pid int) (throttle, error) {
	dir, err := join(t, "/sys/fs/cgroup/cpu", "cpu.cfs_quota_us", pid)
	return cgroup{func(percent int) error {
		quota := "-1"
		if percent != unlimited {
			quota = strconv.Itoa(percent * int(period.Microseconds()) / 100)
		}
		return os.WriteFile(filepath.Join(dir, "cpu.cfs_quota_us"), []byte(quota), 0o600)
	}}, err
}

func newCgroup2(t *testing.T, pid int) (throttle, error) {
	dir, err := join(t, "/sys/fs/cgroup", "cpu.max", pid)
	return cgroup{func(percent int) error {
		quota := "max"
		if percent != unlimited {
			quota = strconv.Itoa(percent * int(period.Microseconds()) / 100)
		}
		return os.WriteFile(filepath.Join(dir, "cpu.max"), fmt.Appendf(nil, "%s %d", quota, period.Microseconds()), 0o600)
	}}, err
}

// join makes a control group that bounds processors, and moves the process there.
func join(t *testing.T, root, control string, pid int) (dir string, err error) {
	dir = filepath.Join(root, fmt.Sprintf("killrvideo-test-%d", pid))
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", fmt.Errorf("no control group: %w", err)
	}
	t.Cleanup(func() { // after the process has ended: this was registered later, so move it out first
		_ = os.WriteFile(filepath.Join(root, "cgroup.procs"), []byte(strconv.Itoa(pid)), 0o600)
		if err := os.Remove(dir); err != nil {
			t.Errorf("the control group is left: %v", err)
		}
	})
	if _, err := os.Stat(filepath.Join(dir, control)); err != nil {
		return "", fmt.Errorf("this control group does not bound processors: %w", err)
	}
	return dir, os.WriteFile(filepath.Join(dir, "cgroup.procs"), []byte(strconv.Itoa(pid)), 0o600)
}

// dutyCycle stops the process for the rest of each period.
type dutyCycle struct{ percent *atomic.Int32 }

func (d dutyCycle) share(percent int) error { d.percent.Store(int32(percent)); return nil }

func newDutyCycle(t *testing.T, p *process) throttle {
	t.Helper()
	d := dutyCycle{&atomic.Int32{}}
	ended, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for ticks := time.NewTicker(period); ; {
			select {
			case <-ended:
				ticks.Stop()
				return
			case <-ticks.C:
			}
			percent := d.percent.Load()
			if percent == unlimited {
				continue
			}
			_ = p.cmd.Process.Signal(syscall.SIGSTOP)
			time.Sleep(period * time.Duration(100-percent) / 100)
			_ = p.cmd.Process.Signal(syscall.SIGCONT)
		}
	}()
	t.Cleanup(func() { close(ended); <-done })
	return d
}
