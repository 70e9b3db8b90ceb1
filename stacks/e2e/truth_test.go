package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// TestLocalStackKeepsServing fails the gate of a new revision: its token is
// deleted after it was proved. The revision before goes on, all the while.
func TestLocalStackKeepsServing(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	before, _ := m.up()
	old := m.tokenIDs()
	watched := m.watch(t)
	m.pulumi("config", "set", "gateTimeoutSeconds", "5", "--stack", "dev")
	m.pulumi("config", "set", "astraTokenGeneration", "2", "--stack", "dev")
	failed := m.actAt("index:Process killrvideo-dev updating", func(int) { m.deleteTokensBut(old) }, nil, "up")
	want(t, failed.printed, failed.code, 4, "gate-dev", "status 503", "data store refuses the credentials")
	_, told, _ := strings.Cut(failed.printed, "up failed; ") // after the engine's own account
	if strings.Contains(told, `"/health`) || strings.Count(told, "refuses the credentials") != 1 {
		t.Errorf("the gate's own requests are shown, or the reason is not quoted once:\n%s", told)
	}
	ready := ask(t, "GET", m.api("/health/ready"), nil).want(t, 200, "ready with the revision before")
	if ready.body["revision"] != before["revision"] {
		t.Errorf("revision %v serves, want %s", ready.body["revision"], before["revision"])
	}
	m.pulumi("config", "set", "astraTokenGeneration", "3", "--stack", "dev")
	after, _ := m.up()
	ready = ask(t, "GET", m.api("/health/ready"), nil).want(t, 200, "ready after all")
	if ready.body["revision"] != after["revision"] || after["revision"] == before["revision"] {
		t.Errorf("revision %v serves, want %s", ready.body["revision"], after["revision"])
	}
	if lost := watched(); lost > 0 {
		t.Errorf("%d requests were not answered with 200", lost)
	}
	if n := len(m.processes("/bin/killrvideo-")); n != 1 {
		t.Errorf("%d processes of the API run, want 1", n)
	}
}

// watch asks for readiness again and again, and counts what was not 200.
func (m *machine) watch(t *testing.T) func() int64 {
	var lost atomic.Int64
	over, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for tick := time.NewTicker(20 * time.Millisecond); ; <-tick.C {
			select {
			case <-over:
				tick.Stop()
				return
			default:
			}
			if a := ask(t, "GET", m.api("/health"), nil); a.status != 200 {
				lost.Add(1)
			}
		}
	}()
	return func() int64 {
		close(over)
		<-done
		return lost.Load()
	}
}

// tokenIDs are the tokens of the embedded Astra beside the administrator's.
func (m *machine) tokenIDs() (ids []string) {
	m.t.Helper()
	list := ask(m.t, "GET", m.devops("/clientIdSecrets"), nil, "Authorization", "Bearer "+m.adminToken()).want(m.t, 200, "list tokens")
	clients, _ := list.body["clients"].([]any)
	for _, client := range clients {
		id, _ := client.(map[string]any)["clientId"].(string)
		if id != "" && !strings.Contains(m.adminToken(), ":"+id+":") {
			ids = append(ids, id)
		}
	}
	return ids
}

// deleteTokensBut deletes tokens behind the stack's back.
func (m *machine) deleteTokensBut(kept []string) {
	m.t.Helper()
	for _, id := range m.tokenIDs() {
		if !slices.Contains(kept, id) {
			ask(m.t, "DELETE", m.devops("/clientIdSecrets/"+id), nil, "Authorization", "Bearer "+m.adminToken()).want(m.t, 204, "delete a token")
		}
	}
}

// processes are those of this machine's programs with these words in their
// command line.
func (m *machine) processes(words string) (pids []int) {
	paths, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range paths {
		text, _ := os.ReadFile(path)
		if line := string(text); strings.Contains(line, m.home) && strings.Contains(line, words) {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			pids = append(pids, pid)
		}
	}
	return pids
}

// TestLocalStackTellsTheTruth deletes a token behind the stack: an up that has
// nothing to do fails, and the commands that it prints put it right.
func TestLocalStackTellsTheTruth(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.up()
	m.deleteTokensBut(nil)
	printed, code := m.run("up")
	want(t, printed, code, 4, "not ready", "refresh --yes --stack dev", "make up")
	if printed, code = m.run("preview"); code != 0 || strings.Contains(printed, " to ") || !strings.Contains(printed, "unchanged") {
		t.Errorf("a preview is not empty, or ended with %d:\n%s", code, printed)
	}
	m.pulumi("refresh", "--yes", "--stack", "dev")
	m.up()
	ask(t, "GET", m.api("/health/ready"), nil).want(t, 200, "ready after what was printed")
	m.pulumi("config", "set", "gate", "off", "--stack", "dev")
	m.pulumi("config", "set", "gateReason", "tried without it", "--stack", "dev")
	for range 2 {
		if _, printed := m.up(); !strings.Contains(printed, "the gate is off (tried without it)") {
			t.Errorf("up does not say that the gate is off:\n%s", printed)
		}
	}
}

// TestLocalStackAfterAKill kills the engine, with all that belongs to it, while
// it changes the API's process. Cancel and down then leave nothing behind.
func TestLocalStackAfterAKill(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.up()
	m.pulumi("config", "set", "logLevel", "DEBUG", "--stack", "dev")
	killed := m.actAt("index:Process killrvideo-dev updating", func(group int) {
		eventually(t, func() bool { return len(m.processes("/bin/killrvideo-")) > 1 })
		for _, pid := range family(-group) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}, nil, "up")
	if !killed.reached {
		t.Fatalf("the step was not reached:\n%s", killed.printed)
	}
	ask(t, "GET", m.api("/health/ready"), nil).want(t, 200, "ready after the kill")
	m.pulumi("cancel", "--yes", "--stack", "dev")
	if printed, code := m.run("down"); code != 0 {
		t.Fatalf("down ended with %d:\n%s", code, printed)
	}
	if left := m.processes("/bin/"); len(left) > 0 {
		t.Errorf("processes are left: %v", left)
	}
	if left, _ := filepath.Glob(filepath.Join(m.home, "run", "dev", "*", "secrets", "*", "*")); len(left) > 0 {
		t.Errorf("secret files are left: %v", left)
	}
}

// family is a process and all that it started and those started, but not what
// left them for a session of its own.
func family(pid int) []int {
	all := []int{pid}
	paths, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range paths {
		text, _ := os.ReadFile(path)
		_, rest, _ := strings.Cut(string(text), ") ")
		fields := strings.Fields(rest)
		if len(fields) < 4 || fields[1] != strconv.Itoa(pid) {
			continue
		}
		child, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if fields[3] != strconv.Itoa(child) { // field 6 is the session
			all = append(all, family(child)...)
		}
	}
	return all
}

// TestLocalStackDownWithADeadAstra removes a stack whose processes died, with
// the machine perhaps, in a checkout that does not build any more.
func TestLocalStackDownWithADeadAstra(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.up()
	token := m.serviceToken()
	for _, pid := range m.processes("/bin/") {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	eventually(t, func() bool { return ask(t, "GET", m.devops("/currentOrg"), nil).status == 0 })
	printed, code := m.runWith([]string{"GOROOT=" + filepath.Join(m.home, "no-go-here")}, "down") // so that no build succeeds
	want(t, printed, code, 0, "does not build", "the embedded Astra is not running")
	nothingGranted(t, m, token)
}

// TestLocalStackChangesItsEnvironment changes a setting that names nothing on
// this machine: the API goes on where it was, with its data and its key.
func TestLocalStackChangesItsEnvironment(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	before, _ := m.up()
	session := m.login("ada@example.org")
	watched := m.watch(t)
	m.pulumi("config", "set", "environment", "qa", "--stack", "dev")
	after, printed := m.up()
	if after["environment"] != "qa" || after["jwtKeyId"] != before["jwtKeyId"] {
		t.Errorf("the outputs are %v, before %v:\n%s", after, before, printed)
	}
	ask(t, "GET", m.api("/api/v1/users/me"), nil, "Authorization", "Bearer "+session).want(t, 200, "a session from before")
	if lost := watched(); lost > 0 {
		t.Errorf("%d requests were not answered with 200", lost)
	}

	twin := m.twin(t)
	twin.set("environment", "qa")
	printed, code := twin.run("up")
	want(t, printed, code, 2, `"qa" is the environment of stack dev`, "config set environment twin --stack twin")
	ask(t, "GET", m.api("/health/ready"), nil).want(t, 200, "ready beside the other stack")
}
