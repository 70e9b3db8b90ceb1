package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/porttest"
)

// strange is a folder name with what shells, URLs and make have a use for.
const strange = "a b&ñ#%41?c"

// workplace is a copy of the checkout in which a reader calls make.
type workplace struct {
	t           *testing.T
	dir         string
	port, astra int
}

func newWorkplace(t *testing.T) *workplace {
	t.Helper()
	root := checkoutRoot(t)
	w := &workplace{t: t, dir: filepath.Join(t.TempDir(), strange), port: porttest.Free(t), astra: porttest.Free(t)}
	copyCheckout(t, root, w.dir)
	shareCLI(t, root, filepath.Join(w.dir, ".killrvideo"))
	return w
}

// command is a command line for a shell in the checkout.
func (w *workplace) command(line string, env ...string) *exec.Cmd {
	cmd := exec.Command("bash", "-c", line)
	cmd.Dir = w.dir
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); !strings.HasPrefix(name, "KILLRVIDEO_") && name != "MAKEFLAGS" && name != "MAKELEVEL" {
			cmd.Env = append(cmd.Env, pair)
		}
	}
	cmd.Env = append(append(cmd.Env, "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true"), env...)
	return cmd
}

func (w *workplace) try(line string, env ...string) (string, int) {
	w.t.Helper()
	cmd := w.command(line, env...)
	output, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		w.t.Fatalf("%s: %v", line, err)
	}
	return string(output), cmd.ProcessState.ExitCode()
}

// must runs a command that has to succeed.
func (w *workplace) must(line string, env ...string) string {
	w.t.Helper()
	printed, code := w.try(line, env...)
	if code != 0 {
		w.t.Fatalf("%s ended with %d:\n%s", line, code, printed)
	}
	return printed
}

func (w *workplace) api(path string) string { return "http://127.0.0.1:" + strconv.Itoa(w.port) + path }

// deploy gives the stack its ports and brings it up.
func (w *workplace) deploy() {
	w.t.Helper()
	w.t.Cleanup(func() { _, _ = w.try("make down") })
	w.must(`make pulumi ARGS="config set --path local.port ` + strconv.Itoa(w.port) + `"`)
	w.must(`make pulumi ARGS="config set --path local.astraPort ` + strconv.Itoa(w.astra) + ` --stack dev"`)
	w.must("make up")
	ask(w.t, "GET", w.api("/health/ready"), nil).want(w.t, 200, "ready")
}

// TestThroughMake is what a reader does with make, in a folder whose name has
// every character that a path may have and a shell, a URL or make may trip over.
func TestThroughMake(t *testing.T) {
	t.Parallel()
	w := newWorkplace(t)
	t.Run("doctor creates no state", func(t *testing.T) {
		w.must("make doctor")
		for _, name := range []string{"passphrase", "state", "work"} {
			if _, err := os.Stat(filepath.Join(w.dir, ".killrvideo", name)); err == nil {
				t.Errorf("doctor made %s", name)
			}
		}
	})
	w.deploy()
	for _, line := range []string{
		"make help", "make doctor", "make preview", "make plan", "make plan DETAILS=1", "make plan JSON=1", "make seed",
		`make pulumi ARGS="stack output --stack dev"`,
		"GOFLAGS=-mod=mod make preview",
	} {
		t.Run(line, func(t *testing.T) { (&workplace{t, w.dir, w.port, w.astra}).must(line) })
	}
	t.Run("another keyspace", func(t *testing.T) { otherKeyspace(t, w) })
	t.Run("causes are printed", func(t *testing.T) { causes(t, w) })
	t.Run("the printed fixes work", func(t *testing.T) { fixes(t, w) })
	t.Run("an empty passphrase is ignored aloud", func(t *testing.T) {
		printed := w.must("make preview", "PULUMI_CONFIG_PASSPHRASE=")
		if !strings.Contains(printed, "PULUMI_CONFIG_PASSPHRASE is exported but empty and is ignored") {
			t.Errorf("not a word about it:\n%s", printed)
		}
	})
	t.Run("dev", func(t *testing.T) { develops(t, w) })
	w.must("make down")
	t.Run("a changed target moves the settings", func(t *testing.T) { moves(t, w) })
}

// otherKeyspace moves a live stack to another keyspace: the new role is created
// while the old one is in use, and the old one goes at the end.
func otherKeyspace(t *testing.T, w *workplace) {
	w.must(`make pulumi ARGS="config set keyspace another --stack dev"`)
	printed := w.must("make up")
	ask(t, "GET", w.api("/health/ready"), nil).want(t, 200, "ready in the other keyspace")
	if !strings.Contains(printed, "index:Role") {
		t.Errorf("the role was not replaced:\n%s", printed)
	}
	admin, err := os.ReadFile(onlyFile(t, filepath.Join(w.dir, ".killrvideo", "run"), "admin-token"))
	if err != nil {
		t.Fatal(err)
	}
	roles := ask(t, "GET", "http://127.0.0.1:"+strconv.Itoa(w.astra)+"/v2/organizations/roles", nil,
		"Authorization", "Bearer "+strings.TrimSpace(string(admin))).want(t, 200, "list roles")
	if !strings.Contains(roles.text, "keyspace:another") || strings.Contains(roles.text, "keyspace:killrvideo") {
		t.Errorf("the roles are %s", roles.text)
	}
	w.must("make seed")
	w.must(`make pulumi ARGS="config rm keyspace --stack dev"`)
	w.must("make up")
}

// onlyFile is the one file of a name below a folder.
func onlyFile(t *testing.T, folder, name string) string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(folder, func(path string, _ os.DirEntry, err error) error {
		if filepath.Base(path) == name {
			found = append(found, path)
		}
		return err
	})
	if err != nil || len(found) != 1 {
		t.Fatalf("%s is at %q, %v", name, found, err)
	}
	return found[0]
}

// causes asks that what the system or Pulumi said is part of the message.
func causes(t *testing.T, w *workplace) {
	launch := "./.killrvideo/bin/launch "
	for _, c := range []struct {
		line, env string
		code      int
		words     []string
	}{
		{"make preview", "PULUMI_BACKEND_URL=file:///no/such/dir", 2, []string{"no such file or directory", "/no/such/dir"}},
		{launch + "preview --stack dev", "PULUMI_BACKEND_URL=file:///no/such/dir", 1, []string{"no such file or directory"}},
		{launch + "down --stack dev", "PULUMI_BACKEND_URL=file:///no/such/dir", 1, []string{"no such file or directory"}},
		{launch + "preview --stack dev", "PULUMI_CONFIG_PASSPHRASE_FILE=/no/such/file", 6, []string{"/no/such/file", "no such file"}},
		{launch + "up --stack nosuch", "", 10, []string{"no such stack", "Pulumi.nosuch.yaml"}},
		{launch + "pulumi --stack dev -- stack output --stack nosuch", "", 10, []string{"nosuch"}},
	} {
		printed, code := w.try(c.line, strings.Fields(c.env)...)
		want(t, printed, code, c.code, c.words...)
	}
	if left, _ := filepath.Glob(filepath.Join(w.dir, ".killrvideo", "work", "*nosuch*")); len(left) > 0 {
		t.Errorf("a stack that does not exist left %v", left)
	}
}

// command is a command that an output prints, as a reader would copy it.
var printedCommand = regexp.MustCompile(`(?m)make (?:pulumi ` + printedArgs + `|[a-z]+)(?: < \S+)?(?: && make pulumi ` + printedArgs + `)*`)

// printedArgs is ARGS= with a word of the shell in double or single quotes.
const printedArgs = `ARGS=(?:"(?:[^"\\]|\\.)*"|'[^']*')`

// fixes breaks settings of several kinds and runs what is printed.
func fixes(t *testing.T, w *workplace) {
	w.must(`make pulumi ARGS="config set maxInstances 0 --stack dev"`)
	w.must(`make pulumi ARGS="config set corsOrigins ftp://x --stack dev"`)
	w.must(`make pulumi ARGS="config set --path service.docs maybe --stack dev"`)
	w.must(`make pulumi ARGS="config set targt x --stack dev"`)
	printed, code := w.try("make preview")
	if code == 0 {
		t.Fatalf("bad settings were taken:\n%s", printed)
	}
	commands := printedCommand.FindAllString(printed[strings.LastIndex(printed, "problems in the settings"):], -1)
	commands = slices.DeleteFunc(commands, func(line string) bool { return !strings.Contains(line, "config ") })
	if len(commands) != 4 || strings.Contains(printed, "\n      pulumi ") {
		t.Fatalf("the fixes are %q in\n%s", commands, printed)
	}
	for _, line := range commands {
		w.must(line)
	}
	w.must("make preview")
	for _, key := range []string{"maxInstances", "corsOrigins", "service"} {
		w.must(`make pulumi ARGS="config rm ` + key + ` --stack dev"`)
	}
}

// develops saves a mistake and its repair while make dev runs.
func develops(t *testing.T, w *workplace) {
	source := filepath.Join(w.dir, "service", "main.go")
	sound, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	cmd := w.command("exec make dev")
	out := &shared{}
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); _ = cmd.Wait() })
	out.waitFor(t, "Ctrl-C ends it")
	if !strings.Contains(out.String(), "no sample data was added") {
		t.Errorf("data was added to a database that has some:\n%s", out)
	}
	save := func(text string) {
		if err := os.WriteFile(source, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	save(strings.Replace(string(sound), "func main() {", "func main() {\n\tnonsense()\n", 1))
	out.waitFor(t, "undefined: nonsense")
	if text := out.String(); strings.Count(text, "undefined: nonsense") != 1 || !strings.Contains(text, "\nservice/main.go:") {
		t.Errorf("the mistake is not said once, from the root:\n%s", text)
	}
	ask(t, "GET", w.api("/health/ready"), nil).want(t, 200, "ready all the while")
	// Two saves in a row: what serves in the end is the second.
	save(string(sound) + "\nfunc init() { println(\"first\") }\n")
	locks := filepath.Join(w.dir, ".killrvideo", "state", ".pulumi", "locks", "*", "*", "*", "*.json")
	eventually(t, func() bool { found, _ := filepath.Glob(locks); return len(found) > 0 })
	save(string(sound) + "\nfunc init() { println(\"second\") }\n")
	serves := regexp.MustCompile(`(?s)revision [0-9a-f]+ serves.*revision ([0-9a-f]+) serves`)
	out.waitUntil(t, "two cycles", serves.MatchString)
	out.waitFor(t, "\nsecond\n") // in the log of what serves
	said := serves.FindStringSubmatch(out.String())
	ready := ask(t, "GET", w.api("/health/ready"), nil).want(t, 200, "ready")
	if ready.body["revision"] != said[1] {
		t.Errorf("%s serves after %s:\n%s", ready.text, said[1], out)
	}
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if text := out.String(); strings.Contains(text, "another update") {
		t.Errorf("two updates met:\n%s", text)
	}
	save(string(sound))
	w.must("make up")
}

// moves makes a cloud's stack of the local one, and back.
func moves(t *testing.T, w *workplace) {
	printed := w.must(`make pulumi ARGS="config set target ecs --stack dev"`)
	committed, err := os.ReadFile(filepath.Join(w.dir, "Pulumi.dev.yaml"))
	if err != nil || !strings.Contains(string(committed), "target: ecs") || !strings.Contains(printed, "Pulumi.dev.yaml") {
		t.Errorf("the committed file is\n%s\n%v, and printed was\n%s", committed, err, printed)
	}
	w.must(`make pulumi ARGS="config set --path ecs.region eu-west-1 --stack dev"`)
	committed, _ = os.ReadFile(filepath.Join(w.dir, "Pulumi.dev.yaml"))
	if !strings.Contains(string(committed), "region: eu-west-1") {
		t.Errorf("a setting of a stack on a cloud is not in the committed file:\n%s", committed)
	}
	w.must(`make pulumi ARGS="config set target local --stack dev"`)
	w.must("make doctor")
}

// shared is a buffer that a process writes while a test reads it.
type shared struct {
	lock sync.Mutex
	text bytes.Buffer
}

func (s *shared) Write(text []byte) (int, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.text.Write(text)
}

func (s *shared) String() string {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.text.String()
}

func (s *shared) waitFor(t *testing.T, want string) {
	t.Helper()
	s.waitUntil(t, want, func(text string) bool { return strings.Contains(text, want) })
}

func (s *shared) waitUntil(t *testing.T, what string, holds func(text string) bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Minute)
	for tick := time.NewTicker(100 * time.Millisecond); !holds(s.String()); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("%s was not printed:\n%s", what, s)
		}
	}
}
