package e2e

import (
	"crypto/rand"
	"encoding/base64"
	"strconv"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/porttest"
)

// TestTwoStacksShareNoKey gives a second stack of the same state folder the
// first one's key. The engine's preview refuses it, without showing it.
func TestTwoStacksShareNoKey(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	key := madeUpKey()
	m.pulumi("config", "set", "--secret", "jwtSecretKey", key, "--stack", "dev")
	m.up()

	twin := m.twin(t)
	twin.set("--secret", "jwtSecretKey", key)
	printed, code := twin.run("preview")
	want(t, printed, code, 2, "jwtSecretKey", "key of stack dev too", "openssl rand -base64 32",
		`ARGS="config set --secret jwtSecretKey --stack twin"`)
	if strings.Contains(printed, key) {
		t.Errorf("the message shows the key:\n%s", printed)
	}
	twin.set("--secret", "jwtSecretKey", madeUpKey())
	if printed, code := twin.run("preview"); code != 0 || strings.Contains(printed, "was not compared") {
		t.Errorf("with a key of its own, preview ended with %d:\n%s", code, printed)
	}
	// The first stack keeps its key: only others are compared.
	if printed, code := m.run("preview"); code != 0 {
		t.Errorf("preview of the first stack ended with %d:\n%s", code, printed)
	}
}

// madeUpKey is a key for a test, and opens nothing.
func madeUpKey() string {
	var random [32]byte
	_, _ = rand.Read(random[:])
	return base64.StdEncoding.EncodeToString(random[:])
}

// other is a second stack of a machine.
type other struct {
	t *testing.T
	m *machine
}

func (m *machine) twin(t *testing.T) other {
	o := other{t, m}
	o.set("--path", "local.port", strconv.Itoa(porttest.Free(t)))
	o.set("--path", "local.astraPort", strconv.Itoa(porttest.Free(t)))
	return o
}

func (o other) run(verb string, args ...string) (string, int) {
	cmd := o.m.command(nil, verb, args...)
	for i, arg := range cmd.Args {
		if arg == "dev" {
			cmd.Args[i] = "twin"
		}
	}
	output, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		o.t.Fatalf("%s: %v", verb, err)
	}
	return string(output), cmd.ProcessState.ExitCode()
}

func (o other) set(args ...string) {
	o.t.Helper()
	if printed, code := o.run("pulumi", append([]string{"--", "config", "set", "--stack", "twin"}, args...)...); code != 0 {
		o.t.Fatalf("config set ended with %d\n%s", code, printed)
	}
}
