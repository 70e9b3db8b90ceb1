package daemon_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/provider/daemon"
	"github.com/killrvideo/killrvideo-go/infra/provider/daemon/daemontest"
)

// specOf is the test program on a free port, in a folder of its own.
func specOf(t *testing.T, args ...string) daemon.Spec {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer listener.Close()
	executable, err := os.Executable()
	must(t, err)
	dir := filepath.Join(t.TempDir(), "state")
	return daemon.Spec{
		Command: executable, Args: append([]string{"-addr", listener.Addr().String()}, args...),
		Env: map[string]string{daemontest.Role: "1"}, Dir: dir, WorkingDir: dir,
		URL: "http://" + listener.Addr().String(), HealthPath: "/health",
		StartTimeout: 20 * time.Second, StopTimeout: 10 * time.Second,
	}
}

// start runs a spec and stops it when the test ends.
func start(t *testing.T, s daemon.Spec) daemon.Run {
	t.Helper()
	run, err := daemon.Start(t.Context(), s)
	must(t, err)
	t.Cleanup(func() { must(t, daemon.Stop(context.Background(), run.Identity, s.StopTimeout)) })
	return run
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestStartAndStop(t *testing.T) {
	t.Parallel()
	run := start(t, specOf(t))
	if !run.Alive() {
		t.Fatal("a healthy program is not alive")
	}
	must(t, daemon.Stop(t.Context(), run.Identity, 10*time.Second))
	if run.Alive() {
		t.Error("a stopped program is alive")
	}
	must(t, daemon.Stop(t.Context(), run.Identity, time.Second)) // stopping it again is no error
}

func TestADeafProgramIsKilled(t *testing.T) {
	t.Parallel()
	run := start(t, specOf(t, "-deaf"))
	must(t, daemon.Stop(t.Context(), run.Identity, 100*time.Millisecond))
	if run.Alive() {
		t.Error("a program that ignores SIGTERM outlived Stop")
	}
}

func TestAnotherOwnerOfThePidIsLeftAlone(t *testing.T) {
	t.Parallel()
	run := start(t, specOf(t))
	reused := run.Identity
	reused.Born += "-earlier"
	if reused.Alive() {
		t.Error("a process with another birth counts as the same")
	}
	must(t, daemon.Stop(t.Context(), reused, time.Second))
	if !run.Alive() {
		t.Error("Stop ended a process that it was not asked to end")
	}
	for _, none := range []daemon.Identity{{}, {PID: os.Getpid()}, {PID: -1, Born: "x"}} {
		if none.Alive() {
			t.Errorf("%v counts as alive", none)
		}
	}
}

func TestTheProgramHasASessionOfItsOwn(t *testing.T) {
	t.Parallel()
	run := start(t, specOf(t))
	group, err := syscall.Getpgid(run.PID)
	must(t, err)
	if group != run.PID {
		t.Errorf("process %d is in group %d, so what ends that group ends it", run.PID, group)
	}
}

func TestWhatAnInterruptedRunLeftIsStopped(t *testing.T) {
	t.Parallel()
	s := specOf(t)
	left := start(t, s) // its owner forgets it, as a killed deployment would
	run := start(t, s)
	if left.Alive() || !run.Alive() {
		t.Error("the second start did not take over from the first")
	}
}

func TestStartEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s := specOf(t, "-sick")
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := daemon.Start(ctx, s)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("err = %v, want the context's", err)
	}
	if conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://")); err == nil {
		conn.Close()
		t.Error("the program still listens")
	}
}

func TestTheLogOfTheStartBeforeIsKept(t *testing.T) {
	t.Parallel()
	s := specOf(t)
	run := start(t, s)
	must(t, daemon.Stop(t.Context(), run.Identity, 10*time.Second))
	start(t, s)
	for _, path := range []string{s.LogFile(), s.LogFile() + ".1"} {
		text, err := os.ReadFile(path)
		must(t, err)
		if n := strings.Count(string(text), "program listens"); n != 1 {
			t.Errorf("%s tells of %d starts, want 1", path, n)
		}
	}
}

func TestAMissingProgramIsNamed(t *testing.T) {
	t.Parallel()
	s := specOf(t)
	s.Command = "/nowhere/killrvideo"
	if _, err := daemon.Start(t.Context(), s); err == nil || !strings.Contains(err.Error(), "/nowhere/killrvideo") {
		t.Errorf("err = %v, want the program's path in it", err)
	}
}

func TestForgetLeavesTheNoteOfAnother(t *testing.T) {
	t.Parallel()
	s := specOf(t)
	run := start(t, s)
	other := daemon.Identity{PID: run.PID, Born: "another"}
	note := filepath.Join(s.Dir, "process.json")
	must(t, daemon.Forget(s.Dir, other))
	if _, err := os.Stat(note); err != nil {
		t.Errorf("the note about the running process is gone: %v", err)
	}
	must(t, daemon.Forget(s.Dir, run.Identity))
	if _, err := os.Stat(note); err == nil {
		t.Error("the note is still there")
	}
}

func TestKeepSecretsKeepsOneStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, instance := range []string{"a", "b", "c"} {
		must(t, os.MkdirAll(filepath.Join(dir, "secrets", instance), 0o700))
	}
	must(t, daemon.KeepSecrets(dir, "b"))
	left, err := filepath.Glob(filepath.Join(dir, "secrets", "*"))
	must(t, err)
	if len(left) != 1 || filepath.Base(left[0]) != "b" {
		t.Errorf("left = %v, want b alone", left)
	}
	must(t, daemon.RemoveSecrets(dir, "b"))
	if _, err := os.Stat(filepath.Join(dir, "secrets")); err == nil {
		t.Error("an empty folder of secrets is left")
	}
}
