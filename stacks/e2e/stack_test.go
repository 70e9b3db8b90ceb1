// Package e2e drives the real Pulumi engine with the real program, the real
// embedded Astra and the real API, as make does, in a state folder of its own.
package e2e

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/porttest"
	"github.com/killrvideo/killrvideo-go/stacks/enginetest"
)

// checkout is the root of the repository.
const checkout = "../.."

// machine is a stack `dev` with a state folder and ports of its own.
type machine struct {
	t           *testing.T
	home        string
	program     string
	root        string
	port, astra int
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	return newMachineIn(t, t.TempDir())
}

// newMachineIn keeps everything but its program in the folder home.
func newMachineIn(t *testing.T, home string) *machine {
	t.Helper()
	_ = os.Getenv("SOURCES") // see test.sh
	m := &machine{t: t, home: home, root: checkoutRoot(t), port: porttest.Free(t), astra: porttest.Free(t)}
	m.buildOnce()
	shareCLI(t, m.root, m.home)
	m.pulumi("config", "set-all", "--path", "--plaintext", "local.port="+strconv.Itoa(m.port),
		"--plaintext", "local.astraPort="+strconv.Itoa(m.astra), "--stack", "dev")
	t.Cleanup(func() { _, _ = m.run("down") })
	return m
}

// buildOnce builds the program, and lends the state folder those that a
// deployment builds.
func (m *machine) buildOnce() {
	m.t.Helper()
	shared := enginetest.SharedPrograms(m.t, m.root)
	m.program = filepath.Join(shared, "stack-local")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", m.program, "./stacks/local")
	build.Env = append(os.Environ(), "GOTMPDIR="+shared) // there it is replaced in one step
	m.must(build)
	enginetest.LendPrograms(m.t, m.root, m.home)
}

// shareCLI lends the checkout's built Pulumi CLI, if there is none on PATH, to
// a state folder.
func shareCLI(t *testing.T, root, home string) {
	t.Helper()
	enginetest.CLI(t, root)
	if built := filepath.Join(root, ".killrvideo", "bin", "pulumi"); isFile(built) {
		check(t, os.MkdirAll(filepath.Join(home, "bin"), 0o700))
		check(t, os.Symlink(built, filepath.Join(home, "bin", "pulumi")))
	}
}

func (m *machine) must(cmd *exec.Cmd) {
	m.t.Helper()
	if cmd.Dir == "" {
		cmd.Dir = m.root
	}
	if output, err := cmd.CombinedOutput(); err != nil {
		m.t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args[:2], " "), err, output)
	}
}

// run calls a command of the program and returns what it printed and its exit
// code.
func (m *machine) run(verb string, args ...string) (string, int) {
	return m.runWith(nil, verb, args...)
}

func (m *machine) runWith(env []string, verb string, args ...string) (string, int) {
	cmd := m.command(env, verb, args...)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	_ = cmd.Run()
	return output.String(), cmd.ProcessState.ExitCode()
}

// command is a call of the program that has not begun.
func (m *machine) command(env []string, verb string, args ...string) *exec.Cmd {
	cmd := exec.Command(m.program, append([]string{verb, "--stack", "dev"}, args...)...)
	cmd.Dir = m.root
	cmd.Env = append(os.Environ(), "KILLRVIDEO_ROOT="+m.root, "KILLRVIDEO_HOME="+m.home,
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true")
	cmd.Env = append(cmd.Env, env...)
	return cmd
}

func (m *machine) pulumi(args ...string) string {
	m.t.Helper()
	output, code := m.run("pulumi", append([]string{"--"}, args...)...)
	if code != 0 {
		m.t.Fatalf("pulumi %s ended with %d\n%s", args[0], code, output)
	}
	return output
}

// up deploys, which must succeed, and returns the outputs and all that was
// printed.
func (m *machine) up() (map[string]string, string) {
	m.t.Helper()
	output, code := m.run("up")
	if code != 0 {
		m.t.Fatalf("up ended with %d\n%s\nAPI's log:\n%s", code, output, m.apiLog())
	}
	return outputsIn(output), output
}

func outputsIn(text string) map[string]string {
	outputs := map[string]string{}
	for _, line := range strings.Split(text, "\n") {
		if name, value, found := strings.Cut(line, ": "); found && !strings.ContainsAny(name, " \t") {
			outputs[name] = value
		}
	}
	return outputs
}

func (m *machine) apiLog() string {
	files, _ := filepath.Glob(filepath.Join(m.home, "run", "dev", "api", "*log*"))
	var all strings.Builder
	for _, file := range files {
		text, _ := os.ReadFile(file)
		all.Write(text)
	}
	return all.String()
}

func (m *machine) api(path string) string { return fmt.Sprintf("http://127.0.0.1:%d%s", m.port, path) }

func (m *machine) devops(path string) string {
	return fmt.Sprintf("http://127.0.0.1:%d/v2%s", m.astra, path)
}

// adminToken is the embedded Astra's administrator, made for this test's own
// data folder.
func (m *machine) adminToken() string {
	m.t.Helper()
	text, err := os.ReadFile(filepath.Join(m.home, "run", "dev", "astra-data", "admin-token"))
	if err != nil {
		m.t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

// serviceToken is the token with which the running API writes.
func (m *machine) serviceToken() string {
	m.t.Helper()
	return m.secretFile("ASTRA_DB_APPLICATION_TOKEN")
}

// secretFile is a secret that the running API was given.
func (m *machine) secretFile(name string) string {
	m.t.Helper()
	files, _ := filepath.Glob(filepath.Join(m.home, "run", "dev", "api", "secrets", "*", name))
	if len(files) != 1 {
		m.t.Fatalf("%d files hold %s, want 1: %v", len(files), name, files)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		m.t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}
