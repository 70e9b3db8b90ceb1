package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// shell is a shell program in the engine's place. It prints its events.
func shell(t *testing.T, ctx context.Context, patience time.Duration, text string) (events *bufio.Scanner, ended <-chan error) {
	t.Helper()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", "-c", text)
	cmd.Stdout = writer
	ownGroup(cmd)
	result := make(chan error, 1)
	go func() {
		result <- engine{patience: patience, say: func(string) {}, cut: func(int, string) {}}.supervise(ctx, cmd, true)
		_ = writer.Close()
	}()
	t.Cleanup(func() { _ = reader.Close() })
	return bufio.NewScanner(reader), result
}

func expectLine(t *testing.T, events *bufio.Scanner, want string) {
	t.Helper()
	if !events.Scan() || events.Text() != want {
		t.Fatalf("got %q, want %q", events.Text(), want)
	}
}

func TestTheEngineGetsOneInterruptAndTheTimeToFinish(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	events, ended := shell(t, ctx, time.Minute, `trap 'echo interrupt; n=$((n+1))' INT; echo ready
		while [ "${n:-0}" = 0 ]; do sleep 0.05; done; sleep 0.3; echo finished $n; exit 7`)
	expectLine(t, events, "ready")
	cancel(errInterrupted)
	expectLine(t, events, "interrupt")
	expectLine(t, events, "finished 1")
	var exit *exec.ExitError
	if err := <-ended; !errors.As(err, &exit) || exit.ExitCode() != 7 {
		t.Errorf("err = %v, want the engine's own end", err)
	}
	if !wasInterrupted(ctx) {
		t.Error("the context does not know that it was interrupted")
	}
}

func TestAnEngineThatDoesNotEndIsKilled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	cmd := exec.Command("sh", "-c", `trap '' INT; echo ready; while :; do sleep 1; done`)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	ownGroup(cmd)
	ended, how := make(chan error, 1), ""
	go func() {
		ended <- engine{patience: 50 * time.Millisecond, say: func(string) {}, cut: func(_ int, h string) { how = h }}.supervise(ctx, cmd, true)
	}()
	expectLine(t, bufio.NewScanner(stdout), "ready")
	cancel(errInterrupted)
	if err := <-ended; !errors.Is(err, errKilled) || how != "did not end within 50ms and was killed" {
		t.Errorf("err = %v, it %s", err, how)
	}
}

func TestTheEngineHasAGroupOfItsOwn(t *testing.T) {
	t.Parallel()
	own := engine{path: writeScript(t, "ps -o pgid= -p $$; echo $$; echo $NAME; exit 3"), patience: time.Minute, say: func(string) {},
		cut: func(int, string) {}}
	out, _, code, err := own.Run(t.Context(), t.TempDir(), strings.NewReader(""), []io.Writer{io.Discard}, nil, []string{"NAME=value"}, "up")
	words := strings.Fields(out)
	var exit *exec.ExitError
	if code != 3 || !errors.As(err, &exit) || len(words) != 3 || words[0] != words[1] || words[2] != "value" {
		t.Errorf("code %d, %v, %q; want the group of the process itself, and the variable", code, err, out)
	}
}

func writeScript(t *testing.T, text string) string {
	t.Helper()
	path := t.TempDir() + "/pulumi"
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestStackIn(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"qa":  {"refresh", "--stack", "qa", "--yes"},
		"qb":  {"up", "--stack=qb"},
		"qc":  {"up", "-s", "qc"},
		"dev": {"up", "--stack"},
	} {
		if got := stackIn(args, "dev"); got != want {
			t.Errorf("%v: got %s, want %s", args, got, want)
		}
	}
}

func TestAnEngineThatASignalEndsLeavesNoLock(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", "-c", "echo ready; exec sleep 60")
	cmd.Stdout = writer
	ownGroup(cmd)
	cut := 0
	ended := make(chan error, 1)
	go func() {
		ended <- engine{patience: time.Minute, say: func(string) {}, cut: func(pid int, _ string) { cut = pid }}.supervise(ctx, cmd, true)
	}()
	expectLine(t, bufio.NewScanner(reader), "ready")
	cancel(errInterrupted)
	<-ended
	if cut == 0 || cut != cmd.Process.Pid {
		t.Fatalf("told %d, want the process %d that the signal ended", cut, cmd.Process.Pid)
	}

	c := repository(t)
	locks := filepath.Join(c.home.state(), ".pulumi", "locks", "organization", "killrvideo", "dev")
	if err := os.MkdirAll(locks, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, pid := range map[string]int{"own": cut, "other": cut + 1} {
		if err := os.WriteFile(filepath.Join(locks, name+".json"), fmt.Appendf(nil, `{"pid":%d,"username":"ada"}`, pid), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c.cutPID = cut
	said := c.released()
	left, _ := filepath.Glob(filepath.Join(locks, "*"))
	if len(left) != 1 || filepath.Base(left[0]) != "other.json" {
		t.Errorf("said %q, left are %v; want the lock of another process alone", said, left)
	}
}
