package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/infra/operate"
)

const operateDocument = "docs/operate.md"

// operator runs commands on a deployed stack and looks for its secrets in what
// they print.
type operator struct {
	*machine
	printed strings.Builder
}

// must runs a command that has to end with a code.
func (o *operator) must(t *testing.T, code int, verb string, args ...string) string {
	t.Helper()
	printed, got := o.run(verb, args...)
	o.printed.WriteString(printed)
	if got != code {
		t.Fatalf("%s %v ended with %d, want %d:\n%s", verb, args, got, code, printed)
	}
	return printed
}

// value runs a command with --json and reads what it printed.
func (o *operator) value(t *testing.T, into any, code int, verb string, args ...string) {
	t.Helper()
	cmd := o.command(nil, verb, append([]string{"--json"}, args...)...)
	text, _ := cmd.Output()
	o.printed.Write(text)
	if got := cmd.ProcessState.ExitCode(); got != code {
		t.Fatalf("%s --json ended with %d, want %d:\n%s", verb, got, code, text)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%s --json printed no JSON: %v\n%s", verb, err, text)
	}
}

// TestOperate runs every command for a deployed stack on target local, in the
// order of the document whose transcripts it makes.
func TestOperate(t *testing.T) {
	t.Parallel()
	o := &operator{machine: newMachine(t)}
	for _, verb := range []string{"status", "logs", "drift", "rollback", "open"} {
		want(t, o.must(t, 10, verb), 10, 10, "nothing is deployed", "make up")
	}
	o.up()
	parts := []struct {
		name string
		run  func(*testing.T, *operator)
	}{
		{"status", statusOf}, {"logs", logsOf}, {"open", opened}, {"nothing earlier", nothingEarlier}, {"drift", driftOf},
		{"rotate", rotatesAll}, {"rotate again after a failure", rotationGoesOn}, {"a leak", leakKeepsNothing}, {"rollback", rollsBack},
		{"orphans", orphans},
	}
	for _, part := range parts {
		if !t.Run(part.name, func(t *testing.T) { part.run(t, o) }) {
			return
		}
	}
	t.Run("no secret was printed", func(t *testing.T) {
		for _, name := range []string{"ASTRA_DB_APPLICATION_TOKEN", "ASTRA_DB_READ_ONLY_TOKEN", "JWT_SECRET_KEY"} {
			if strings.Contains(o.printed.String(), o.secretFile(name)) {
				t.Errorf("the value of %s was printed", name)
			}
		}
		if strings.Contains(o.printed.String(), "AstraCS:") || strings.Contains(o.printed.String(), o.adminToken()) {
			t.Error("a token was printed")
		}
	})
}

func statusOf(t *testing.T, o *operator) {
	o.transcript(t, operateDocument, "status", o.must(t, 0, "status"))
	var s operate.Status
	o.value(t, &s, 0, "status")
	switch {
	case !s.Ready, len(s.Instances) != 1, !s.Instances[0].Serves, s.Instances[0].Revision != s.Revision, s.ProvedAt == "":
		t.Errorf("got %+v", s)
	case len(s.Credentials) != 3, s.Credentials[0].AgeDays != 0, s.Credentials[0].ID == "", len(s.Deployments) != 1:
		t.Errorf("got %+v", s)
	}
	pid := o.pid(t, "killrvideo-dev")
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return ask(t, "GET", o.api("/health"), nil).status == 0 })
	printed := o.must(t, 4, "status")
	want(t, printed, 4, 4, "failed", "process "+strconv.Itoa(pid)+" has ended", "make logs FAILED=1")
	o.up()
}

func logsOf(t *testing.T, o *operator) {
	ask(t, "GET", o.api("/api/v1/videos/latest"), nil).want(t, 200, "latest")
	ask(t, "GET", o.api("/api/v1/nothing"), nil).want(t, 404, "an unknown path")
	o.transcript(t, operateDocument, "logs", o.must(t, 0, "logs", "--", "-lines", "2"))
	cmd := o.command(nil, "logs", "--json", "--", "-lines", "1")
	text, err := cmd.Output()
	var line struct {
		RequestID string `json:"request_id"`
	}
	if err != nil || json.Unmarshal(text, &line) != nil || line.RequestID == "" {
		t.Fatalf("got %s, %v", text, err)
	}
	for _, test := range []struct {
		args  []string
		lines int
	}{
		{[]string{"-request", line.RequestID}, 1},
		{[]string{"-request", "none"}, 0},
		{[]string{"-level", "ERROR"}, 0},
		{[]string{"-since", "2030-01-01T00:00:00Z"}, 0},
		{[]string{"-since", "1h", "-lines", "2"}, 2},
	} {
		text, err := o.command(nil, "logs", append([]string{"--json", "--"}, test.args...)...).Output()
		if got := strings.Count(string(text), "\n"); got != test.lines || err != nil {
			t.Errorf("%v gave %d lines, want %d: %v\n%s", test.args, got, test.lines, err, text)
		}
	}
	want(t, o.must(t, 2, "logs", "--", "-since", "yesterday"), 2, 2, "yesterday", "15m")
	want(t, o.must(t, 2, "logs", "--", "-levl", "INFO"), 2, 2, "levl", "usage")
	follows(t, o)
}

// follows interrupts a log that goes on.
func follows(t *testing.T, o *operator) {
	cmd := o.command(nil, "logs", "--", "-follow")
	out := &shared{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	out.waitFor(t, "listening")
	ask(t, "GET", o.api("/api/v1/followed"), nil)
	out.waitUntil(t, "three requests", func(text string) bool { return strings.Count(text, "status=404") >= 2 })
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("an interrupted log ended with %v:\n%s", err, out)
	}
}

func opened(t *testing.T, o *operator) {
	if printed := o.must(t, 0, "open"); printed != o.api("/docs")+"\n" {
		t.Errorf("printed was %q", printed)
	}
}

func nothingEarlier(t *testing.T, o *operator) {
	want(t, o.must(t, 0, "rollback"), 0, 0, "no earlier revision was proved")
	var done struct{ From, To, Reason string }
	o.value(t, &done, 0, "rollback")
	if done.To != "" || done.Reason == "" {
		t.Errorf("got %+v", done)
	}
}

// driftOf widens a role, revokes a token and stops a process behind the stack.
func driftOf(t *testing.T, o *operator) {
	o.transcript(t, operateDocument, "no drift", o.must(t, 0, "drift"))
	all := o.roles(t)
	wide := all[slices.IndexFunc(all, func(r devops.Role) bool { return r.ID == o.stackRole(t) })]
	wide.Policy.Actions = append(wide.Policy.Actions, "db-table-drop")
	o.admin(t, "PUT", "/organizations/roles/"+wide.ID, wide).want(t, 200, "widen the role")
	token := o.pulumi("stack", "output", "astraReadOnlyTokenClientId", "--stack", "dev")
	o.admin(t, "DELETE", "/clientIdSecrets/"+strings.TrimSpace(token), nil).want(t, 204, "revoke the token")
	if err := syscall.Kill(o.pid(t, "killrvideo-dev"), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	before := o.pulumi("stack", "export", "--stack", "dev")
	o.transcript(t, operateDocument, "drift", o.must(t, 12, "drift"))
	if after := o.pulumi("stack", "export", "--stack", "dev"); after != before {
		t.Error("the state was changed")
	}
	var report operate.DriftReport
	o.value(t, &report, 12, "drift")
	var names []string
	for _, change := range report.Changes {
		names = append(names, change.Name)
	}
	slices.Sort(names)
	if !slices.Equal(names, []string{"killrvideo-dev", "role-dev", "token-dev-reads"}) {
		t.Errorf("changed are %v", names)
	}
	want(t, o.must(t, 4, "status"), 4, 4, "db-table-drop", "token-dev-reads was deleted")
	o.pulumi("refresh", "--yes", "--stack", "dev") // as drift says
	o.up()
	o.must(t, 0, "drift")
}

func rotatesAll(t *testing.T, o *operator) {
	user, tokens := o.login("ada@example.org"), o.tokenIDs()
	o.transcript(t, operateDocument, "rotate", inOneOrder(o.must(t, 0, "rotate", "--", "-what", "all")))
	for _, id := range o.tokenIDs() {
		if slices.Contains(tokens, id) {
			t.Errorf("token %s was not revoked", id)
		}
	}
	o.me(t, user).want(t, 200, "a user who logged in before")
	var s operate.Status
	o.value(t, &s, 0, "status")
	last := s.Rotations[max(0, len(s.Rotations)-3):]
	if len(last) != 3 || last[0].What != "astraToken" || last[0].At == "" || last[2].What != "jwtSecretKey" || len(last[2].Fingerprint) != 64 {
		t.Errorf("the audit lines are %+v", s.Rotations)
	}
	want(t, o.must(t, 2, "rotate", "--", "-what", "everything"), 2, 2, "jwt, astra, all")
}

// inOneOrder sorts the steps that the engine does at the same time.
func inOneOrder(printed string) string {
	lines := strings.Split(printed, "\n")
	first := 0
	for i, line := range lines {
		if !strings.Contains(line, "Token ") && !strings.Contains(line, "SigningKey ") {
			slices.SortFunc(lines[first:i], func(a, b string) int { return strings.Compare(untimed(a), untimed(b)) })
			first = i + 1
		}
	}
	return strings.Join(lines, "\n")
}

// untimed is a step without its times.
func untimed(line string) string {
	line, _, _ = strings.Cut(line, " (after")
	_, line, _ = strings.Cut(line, " ")
	return line
}

// rotationGoesOn begins a rotation that does not come to its end: the next call
// makes no third generation.
func rotationGoesOn(t *testing.T, o *operator) {
	o.pulumi("config", "set", "astraTokenGeneration", "9", "--stack", "dev")
	printed := o.must(t, 0, "rotate", "--", "-what", "astra")
	want(t, printed, 0, 0, "the rotation goes on")
	if got := strings.TrimSpace(o.pulumi("config", "get", "astraTokenGeneration", "--stack", "dev")); got != "9" {
		t.Errorf("the generation is %s", got)
	}
}

func leakKeepsNothing(t *testing.T, o *operator) {
	user := o.login("ada@example.org")
	o.must(t, 0, "rotate", "--", "-what", "jwt", "-leak")
	o.me(t, user).want(t, 401, "a token signed with the leaked key")
	o.pulumi("config", "set", "--secret", "jwtSecretKey", madeUpKey(), "--stack", "dev")
	o.up()
	want(t, o.must(t, 2, "rotate", "--", "-what", "jwt"), 2, 2, "jwtSecretKey is your own", "config set --secret jwtSecretKey")
	o.must(t, 0, "rotate", "--", "-what", "jwt", "-leak")
	if text := strings.TrimSpace(o.pulumi("config", "get", "jwtSecretKey", "--stack", "dev")); text != "" {
		t.Error("the leaked key is still set")
	}
}

// rollsBack goes back to the revision before a change of settings, with the
// credentials in force, and the next up leaves it at that.
func rollsBack(t *testing.T, o *operator) {
	before, _ := o.up()
	o.pulumi("config", "set", "logLevel", "WARN", "--stack", "dev")
	o.pulumi("config", "set", "--path", "service.rateLimitViews", "7", "--stack", "dev")
	changed, _ := o.up()
	o.must(t, 0, "rotate", "--", "-what", "astra")
	rotated, _ := o.up()
	printed := o.must(t, 0, "rollback")
	o.transcript(t, operateDocument, "rollback", withoutProgress(printed))
	after, again := o.up()
	switch {
	case after["revision"] == changed["revision"], after["astraTokenClientId"] != rotated["astraTokenClientId"]:
		t.Errorf("after the roll-back\n%v\nbefore\n%v", after, before)
	case strings.Contains(again, "updated"), strings.Contains(again, "created"):
		t.Errorf("the next up changed something:\n%s", again)
	}
	settings, err := os.ReadFile(filepath.Join(o.home, "work", "Pulumi.dev.yaml"))
	written := string(settings)
	if err != nil || strings.Contains(written, "WARN") || strings.Contains(written, "rateLimitViews") ||
		!strings.Contains(written, "killrvideo@sha256:") {
		t.Errorf("the settings are\n%s\n%v", written, err)
	}
	want(t, o.must(t, 0, "rollback"), 0, 0, "no earlier revision was proved")
	o.pulumi("config", "set", "image", "killrvideo@sha256:"+strings.Repeat("0", 64), "--stack", "dev")
	printed, code := o.run("up")
	want(t, printed, code, 1, "is not on this machine", "config rm image --stack dev")
	o.pulumi("config", "rm", "image", "--stack", "dev")
	o.up()
}

// orphans are found, and removed on request only.
func orphans(t *testing.T, o *operator) {
	want(t, o.must(t, 0, "doctor", "--", "-orphans", "1"), 0, 0, "no token and no role of stack dev is an orphan")
	known := o.tokenIDs()
	o.mint(t, o.stackRole(t))
	all := o.roles(t)
	lost := all[slices.IndexFunc(all, func(r devops.Role) bool { return r.ID == o.stackRole(t) })]
	lost.ID, lost.Name = "", lost.Name[:len(lost.Name)-7]+"0123abc"
	o.admin(t, "POST", "/organizations/roles", lost).want(t, 201, "make a role that no state knows")
	want(t, o.must(t, 0, "doctor", "--", "-orphans", "1"), 0, 0, "orphan: token", "orphan: role", "make doctor ORPHANS=remove")
	if got := o.tokenIDs(); len(got) != len(known)+1 {
		t.Errorf("the tokens are %v, and were %v", got, known)
	}
	lock := filepath.Join(o.home, "state", ".pulumi", "locks", "organization", "killrvideo", "dev", "update.json")
	held := []byte(`{"pid":1,"username":"grace","hostname":"elsewhere","timestamp":"2026-11-30T12:00:00Z"}`)
	for _, err := range []error{os.MkdirAll(filepath.Dir(lock), 0o700), os.WriteFile(lock, held, 0o600)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	// During another update, what it has made is in no state yet.
	want(t, o.must(t, 5, "doctor", "--", "-orphans", "remove"), 5, 5, "another update", "cancel --yes --stack dev")
	if got := o.tokenIDs(); len(got) != len(known)+1 {
		t.Errorf("during another update the tokens are %v, and were %v", got, known)
	}
	if err := os.Remove(lock); err != nil {
		t.Fatal(err)
	}
	o.must(t, 0, "doctor", "--", "-orphans", "remove")
	if got, roles := o.tokenIDs(), o.roles(t); len(got) != len(known) || len(roles) != len(all) {
		t.Errorf("the tokens are %v, and were %v; the roles are %v, and were %v", got, known, roles, all)
	}
	ask(t, "GET", o.api("/health/ready"), nil).want(t, 200, "ready all the while")
}

// withoutProgress leaves out what the engine prints on the way.
func withoutProgress(printed string) string {
	changes := strings.LastIndex(printed, " -> ")
	changes += strings.Index(printed[max(0, changes):], "\n") + 1
	_, end, _ := strings.Cut(printed[max(0, changes):], "\nrevision ")
	return printed[:max(0, changes)] + "…\nrevision " + end
}
