package e2e

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// refusal is a setting that `up` must refuse before it touches anything.
type refusal struct {
	name   string
	secret bool
	// set are keys and values in turn.
	set  []string
	code int
	// words must all be in the message: the setting, what is wrong, the fix.
	words []string
}

func refusals() []refusal {
	key := func(name, value, why string) refusal {
		return refusal{name, true, []string{"jwtSecretKey", value}, 2,
			[]string{"jwtSecretKey", why, "openssl rand -base64 32", `make pulumi ARGS="config set --secret jwtSecretKey --stack dev"`}}
	}
	return []refusal{
		{"an unknown target", false, []string{"target", "moon"}, 2,
			[]string{"target", `must be one of local, cloudrun, ecs, kubernetes, not "moon"`, "cloudrun",
				`make pulumi ARGS="config set target local --stack dev"`}},
		key("a short key", "s3cr3t", "too short"),
		key("a repeated key", strings.Repeat("ab", 32), "repeat"),
		key("a placeholder", "change-me-to-a-long-random-value-of-32-bytes", "placeholder"),
		key("a phrase", "correct horse battery staple and some more words here", "phrase"),
		{"a malformed database id", false, []string{"astraDatabaseId", "https://db.example.org"}, 2,
			[]string{"astraDatabaseId", "not a name or an endpoint", `ARGS="config set astraDatabaseId`}},
		{"a malformed region", false, []string{"astraRegion", "EU West!"}, 2, []string{"astraRegion", "eu-west-1"}},
		{"a misspelt key", false, []string{"targt", "cloudrun"}, 2,
			[]string{"targt", "unknown setting; did you mean target?", `make pulumi ARGS="config rm targt --stack dev"`}},
		{"several at once", false, []string{"maxInstances", "0", "logLevel", "LOUD", "cpu", "many"}, 2,
			[]string{"3 problems", "maxInstances", "logLevel", "cpu"}},
	}
}

// TestRefusals gives a running stack bad input of every kind. Each is refused
// with its own exit code and the words that fix it, and breaks nothing.
func TestRefusals(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	outputs, _ := m.up()
	for _, r := range refusals() {
		t.Run(r.name, func(t *testing.T) { r.check(t, m) })
	}
	t.Run("a port of the API in use", func(t *testing.T) { portInUse(t, m, "local.port", m.port) })
	t.Run("a port of the embedded Astra in use", func(t *testing.T) { portInUse(t, m, "local.astraPort", m.astra) })
	t.Run("a wrong passphrase", func(t *testing.T) {
		printed, code := m.runWith([]string{"PULUMI_CONFIG_PASSPHRASE=not the one"}, "up")
		want(t, printed, code, 6, "passphrase", filepath.Join(m.home, "passphrase"), "PULUMI_CONFIG_PASSPHRASE")
	})
	t.Run("two at once", func(t *testing.T) { twoAtOnce(t, m) })
	t.Run("and all is as before", func(t *testing.T) {
		after, printed := m.up()
		if after["revision"] != outputs["revision"] || !strings.Contains(printed, "unchanged") {
			t.Errorf("the revision was %s and is %s:\n%s", outputs["revision"], after["revision"], printed)
		}
		ask(t, "GET", m.api("/health/ready"), nil).want(t, 200, "ready")
	})
}

func (r refusal) check(t *testing.T, m *machine) {
	for i := 0; i < len(r.set); i += 2 {
		args := []string{"config", "set", r.set[i], r.set[i+1], "--stack", "dev"}
		if r.secret {
			args = append(args, "--secret")
		}
		m.pulumi(args...)
	}
	printed, code := m.run("up")
	want(t, printed, code, r.code, r.words...)
	if r.secret && strings.Contains(printed, r.set[1]) {
		t.Errorf("the message shows the secret:\n%s", printed)
	}
	for i := 0; i < len(r.set); i += 2 {
		if r.set[i] == "target" {
			m.pulumi("config", "set", "target", "local", "--stack", "dev")
			continue
		}
		m.pulumi("config", "rm", r.set[i], "--stack", "dev")
	}
	ask(t, "GET", m.api("/health/ready"), nil).want(t, 200, "ready all the while")
}

func want(t *testing.T, printed string, code, wanted int, words ...string) {
	t.Helper()
	if code != wanted {
		t.Errorf("ended with %d, want %d:\n%s", code, wanted, printed)
	}
	for _, word := range words {
		if !strings.Contains(printed, word) {
			t.Errorf("%q is not in the message:\n%s", word, printed)
		}
	}
}

// portInUse moves a process to a port that another process has: it must go on
// where it was.
func portInUse(t *testing.T, m *machine, setting string, before int) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	_, taken, _ := net.SplitHostPort(listener.Addr().String())
	m.pulumi("config", "set", "--path", setting, taken, "--stack", "dev")
	printed, code := m.run("up")
	want(t, printed, code, 8, taken, "in use", "process "+itoa(os.Getpid()), `make pulumi ARGS="config set --path `+setting)
	ask(t, "GET", m.api("/health/ready"), nil).want(t, 200, "ready where it was")
	m.pulumi("config", "set", "--path", setting, itoa(before), "--stack", "dev")
	m.up()
	ask(t, "GET", m.api("/health/ready"), nil).want(t, 200, "ready after the fix")
}

// twoAtOnce starts an update while another one holds the stack's lock.
func twoAtOnce(t *testing.T, m *machine) {
	m.pulumi("config", "set", "logLevel", "DEBUG", "--stack", "dev")
	first := m.command(nil, "up")
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	locks := filepath.Join(m.home, "state", ".pulumi", "locks", "*", "*", "*", "*.json")
	eventually(t, func() bool { found, _ := filepath.Glob(locks); return len(found) > 0 })
	printed, code := m.run("up")
	want(t, printed, code, 5, "another update", "cancel --yes --stack dev")
	if err := first.Wait(); err != nil {
		t.Errorf("the first one ended with %v", err)
	}
	m.pulumi("config", "rm", "logLevel", "--stack", "dev")
}

// TestStateFolder is about the folder that everything is kept in.
func TestStateFolder(t *testing.T) {
	t.Run("without permission", withoutPermission)
	t.Run("without space", withoutSpace)
}

// withoutPermission runs as a user without permission to write there.
func withoutPermission(t *testing.T) {
	m := &machine{t: t, home: t.TempDir(), root: t.TempDir()}
	repository, err := filepath.Abs(checkout)
	if err != nil {
		t.Fatal(err)
	}
	open(t, m.root)
	m.program = filepath.Join(m.root, "program")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", m.program, "./stacks/local")
	build.Dir = repository
	m.must(build)
	text, err := os.ReadFile(filepath.Join(repository, "Pulumi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(m.root, "Pulumi.yaml"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(m.root, "Pulumi.yaml"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(m.home, 0o555); err != nil {
		t.Fatal(err)
	}
	output, _ := asUnprivileged(m.command(nil, "up"))
	want(t, string(output.text), output.code, 7, m.home, "permission denied", "check permissions", "nothing was changed")
}
