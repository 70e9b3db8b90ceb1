package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// interrupted is how an operation ended that got Ctrl-C at a step.
type interrupted struct {
	printed string
	code    int
	reached bool
}

// interruptAt runs a command in a process group of its own, and sends that
// group SIGINT, as a terminal does, when a line with these words is printed;
// and again as soon as the first one was answered, if twice.
func (m *machine) interruptAt(words string, twice bool, verb string, args ...string) interrupted {
	m.t.Helper()
	answered := func(group int, line string) {
		if twice && strings.HasPrefix(line, "interrupted: ") {
			_ = syscall.Kill(group, syscall.SIGINT)
		}
	}
	return m.actAt(words, func(group int) { _ = syscall.Kill(group, syscall.SIGINT) }, answered, verb, args...)
}

// actAt runs a command in a process group of its own, which it hands over with
// a minus, and acts on the first line with these words, and on every later one.
func (m *machine) actAt(words string, first func(group int), later func(group int, line string), verb string, args ...string) interrupted {
	m.t.Helper()
	cmd := m.command(nil, verb, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	reader, writer := io.Pipe()
	cmd.Stdout, cmd.Stderr = writer, writer
	cmd.WaitDelay = time.Minute // what a killed command started may hold its output open
	if err := cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	group := -cmd.Process.Pid
	go func() {
		_ = cmd.Wait()
		_ = writer.Close()
	}()
	var ended interrupted
	var text strings.Builder
	for lines := bufio.NewScanner(reader); lines.Scan(); {
		line := lines.Text()
		fmt.Fprintln(&text, line)
		if !ended.reached && strings.Contains(line, words) {
			ended.reached = true
			first(group)
		}
		if later != nil {
			later(group, line)
		}
	}
	ended.printed, ended.code = text.String(), cmd.ProcessState.ExitCode()
	return ended
}

// orderly asks that nothing of an interrupted operation is left: no lock, no
// operation whose outcome is unknown, no secrets but those of what runs.
func (m *machine) orderly(t *testing.T, at string, was interrupted) {
	t.Helper()
	if !was.reached {
		t.Fatalf("%s: the step was not reached:\n%s", at, was.printed)
	}
	switch {
	case was.code == 0: // it was the last step, and it was done
	case was.code != 9:
		t.Errorf("%s: ended with %d, want 9:\n%s", at, was.code, was.printed)
	case !strings.Contains(was.printed, "was interrupted"), !strings.Contains(was.printed, "Go on with: make"):
		t.Errorf("%s: the message does not say what happened and how to go on:\n%s", at, was.printed)
	}
	if locks, _ := filepath.Glob(filepath.Join(m.home, "state", ".pulumi", "locks", "*", "*", "*", "*.json")); len(locks) > 0 {
		t.Errorf("%s: the lock is left: %v", at, locks)
	}
	var state struct {
		Deployment struct {
			Pending []any `json:"pending_operations"`
		}
	}
	if err := json.Unmarshal([]byte(m.pulumi("stack", "export", "--stack", "dev")), &state); err != nil {
		t.Fatal(err)
	}
	if n := len(state.Deployment.Pending); n > 0 {
		t.Errorf("%s: %d operations are pending:\n%s", at, n, was.printed)
	}
	for folder, program := range map[string]string{"api": "/bin/killrvideo-", "astra": "/bin/astra-local-"} {
		folders, _ := filepath.Glob(filepath.Join(m.home, "run", "dev", folder, "secrets", "*"))
		if running := len(m.processes(program)); len(folders) > running {
			t.Errorf("%s: %d processes run, and secrets are left of more: %v\n%s", at, running, folders, was.printed)
		}
	}
}

// TestInterrupts sends one and two Ctrl-C at every step of up, refresh and
// down. What served goes on serving, and the next command goes on where the
// interrupted one ended.
func TestInterrupts(t *testing.T) {
	t.Parallel()
	for name, twice := range map[string]bool{"one": false, "two": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			t.Run("from nothing", func(t *testing.T) { interruptFirst(t, m, twice) })
			t.Run("a change", func(t *testing.T) { interruptChange(t, m, twice) })
			t.Run("refresh", func(t *testing.T) { interruptRefresh(t, m, twice) })
			t.Run("down", func(t *testing.T) { interruptDown(t, m, twice) })
		})
	}
}

func interruptFirst(t *testing.T, m *machine, twice bool) {
	for _, step := range []string{
		"index:Process astra-dev creating", "index:Role role-dev creating",
		"index:Schema schema-dev creating", "index:Token token-dev creating", "index:SigningKey signing-key creating",
		"index:Process killrvideo-dev creating",
		"index:Gate gate-dev creating",
	} {
		m.orderly(t, step, m.interruptAt(step, twice, "up"))
	}
	m.up()
	ask(t, "GET", m.api("/health/ready"), nil).want(t, 200, "ready after all")
}

func interruptChange(t *testing.T, m *machine, twice bool) {
	for i, step := range []string{
		"index:Token token-dev creating", "index:SigningKey signing-key updating", "index:Process killrvideo-dev updating",
		"index:Gate gate-dev updating", "index:Token token-dev deleting",
	} {
		generation := strconv.Itoa(i + 2)
		m.pulumi("config", "set", "jwtKeyGeneration", generation, "--stack", "dev")
		m.pulumi("config", "set", "astraTokenGeneration", generation, "--stack", "dev")
		m.orderly(t, step, m.interruptAt(step, twice, "up"))
		ask(t, "GET", m.api("/health/ready"), nil).want(t, 200, "ready after an interrupt at "+step)
	}
	m.up()
	ask(t, "GET", m.api("/health/ready"), nil).want(t, 200, "ready after all")
}

func interruptRefresh(t *testing.T, m *machine, twice bool) {
	for _, step := range []string{"astra-dev refreshing", "role-dev refreshing", "token-dev refreshing", "gate-dev refreshing"} {
		m.orderly(t, step, m.interruptAt(step, twice, "pulumi", "--", "refresh", "--yes", "--stack", "dev"))
		ask(t, "GET", m.api("/health/ready"), nil).want(t, 200, "ready after an interrupt at "+step)
	}
	m.pulumi("refresh", "--yes", "--stack", "dev")
}

// interruptDown interrupts the deletions that take a moment. One that takes none
// is over, and the next one has begun, when its line is read.
func interruptDown(t *testing.T, m *machine, twice bool) {
	for _, step := range []string{"index:Process killrvideo-dev deleting", "index:Process astra-dev deleting"} {
		m.orderly(t, step, m.interruptAt(step, twice, "down"))
	}
	if printed, code := m.run("down"); code != 0 {
		t.Errorf("down ended with %d:\n%s", code, printed)
	}
	if a := ask(t, "GET", m.api("/health"), nil); a.status != 0 {
		t.Error("the API still answers after down")
	}
}
