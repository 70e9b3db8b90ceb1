package daemon_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/porttest"
	"github.com/killrvideo/killrvideo-go/infra/provider/daemon"
	"github.com/killrvideo/killrvideo-go/infra/provider/daemon/daemontest"
)

// specOf is the test program on a free port, in a folder of its own.
func specOf(t *testing.T, args ...string) daemon.Spec {
	t.Helper()
	address := porttest.Address(porttest.Free(t))
	executable, err := os.Executable()
	must(t, err)
	dir := filepath.Join(t.TempDir(), "state")
	return daemon.Spec{
		Command: executable, Args: append([]string{"-addr", address}, args...),
		Env: map[string]string{daemontest.Role: "1"}, Dir: dir, WorkingDir: dir,
		URL: "http://" + address, HealthPath: "/health",
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

// keeping is a spec whose start leaves a run alone.
func keeping(s daemon.Spec, run daemon.Run) daemon.Spec {
	s.Keep = []string{run.Instance}
	return s
}

var must = daemontest.Must

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
	for _, path := range []string{s.LogFile(""), s.LogFile("") + ".1"} {
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
	s.Command = "/nowhere/shop"
	if _, err := daemon.Start(t.Context(), s); err == nil || !strings.Contains(err.Error(), "/nowhere/shop") {
		t.Errorf("err = %v, want the program's path in it", err)
	}
}

func TestAStartBesideTheOneThatServes(t *testing.T) {
	t.Parallel()
	s := specOf(t)
	s.URL, s.Args, s.PortVariable = "", nil, "PORT"
	serving := start(t, s)
	must(t, daemon.Serve(s.Dir, strings.TrimPrefix(serving.URL, "http://"), serving.Instance))
	left := start(t, keeping(s, serving))
	second := start(t, keeping(s, serving))
	if !serving.Alive() || left.Alive() || !second.Alive() || serving.URL == second.URL {
		t.Errorf("serving %v, what an interrupted run left %v, second %v, at %s and %s; want the first and the last, at ports of their own",
			serving.Alive(), left.Alive(), second.Alive(), serving.URL, second.URL)
	}
	must(t, daemon.StopRecorded(t.Context(), s.Dir, s.StopTimeout, second.Instance))
	must(t, daemon.Serve(s.Dir, strings.TrimPrefix(second.URL, "http://"), second.Instance))
	if text, err := os.ReadFile(filepath.Join(s.Dir, "log")); err != nil || !strings.Contains(string(text), second.URL[len("http://"):]) {
		t.Errorf("the log under its lasting name is not that of the start that serves: %q, %v", text, err)
	}
	if serving.Alive() || !second.Alive() {
		t.Error("the switch did not stop the one before, or stopped the new one")
	}
	records, err := daemon.Recorded(s.Dir)
	must(t, err)
	if len(records) != 1 || records[0].Instance != second.Instance {
		t.Errorf("recorded are %v", records)
	}
}

func TestClearStopsAllThatIsRecorded(t *testing.T) {
	t.Parallel()
	s := specOf(t)
	s.URL, s.Args, s.PortVariable, s.Owner, s.Secrets = "", nil, "PORT", "mark-1", map[string]string{"KEY": "generated-for-this-test"}
	first := start(t, s)
	second := start(t, keeping(s, first))
	must(t, daemon.Clear(t.Context(), s.Dir, s.StopTimeout))
	left, _ := filepath.Glob(filepath.Join(s.Dir, "secrets", "*", "*"))
	if first.Alive() || second.Alive() || len(left) > 0 {
		t.Errorf("alive: %v, %v; secrets: %v", first.Alive(), second.Alive(), left)
	}
	if !daemon.Owns(s.Dir, "mark-2") {
		t.Error("the folder still has an owner")
	}
}

func TestAnEarlierVersionsProcessIsKnown(t *testing.T) {
	t.Parallel()
	s := specOf(t)
	run := start(t, s)
	must(t, os.RemoveAll(filepath.Join(s.Dir, "runs")))
	note := fmt.Sprintf(`{"pid":%d,"born":%q}`, run.PID, run.Born)
	must(t, os.WriteFile(filepath.Join(s.Dir, "process.json"), []byte(note), 0o600))
	must(t, daemon.Rewrite(s.Dir, daemon.Record{Identity: run.Identity, Instance: run.Instance, URL: run.URL}))
	records, err := daemon.Recorded(s.Dir)
	must(t, err)
	if len(records) != 1 || records[0].Instance != run.Instance || !records[0].Alive() {
		t.Errorf("recorded are %v", records)
	}
	must(t, daemon.StopRecorded(t.Context(), s.Dir, s.StopTimeout))
	if run.Alive() {
		t.Error("it was not stopped")
	}
}

func TestAFolderOfAnotherStateIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := specOf(t)
	s.Owner = "mark-1"
	run := start(t, s)
	other := s
	other.Owner = "mark-2"
	_, err := daemon.Start(t.Context(), other)
	var owned *daemon.OwnedError
	if !errors.As(err, &owned) || !strings.Contains(err.Error(), fmt.Sprintf("kill %d", run.PID)) {
		t.Fatalf("err = %v, want a refusal that names the process", err)
	}
	must(t, os.Remove(filepath.Join(s.Dir, "owner")))
	if _, err := daemon.Start(t.Context(), other); !errors.As(err, &owned) {
		t.Fatalf("err = %v, want a refusal of a folder without owner in which something runs", err)
	}
	if !run.Alive() {
		t.Error("the other state's process was stopped")
	}
	must(t, daemon.Adopt(s.Dir, "mark-1"))
	if daemon.Owns(s.Dir, "mark-2") || !daemon.Owns(s.Dir, "mark-1") {
		t.Error("the folder has another owner than the one that adopted it")
	}
}
