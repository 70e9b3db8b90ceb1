package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/enginetest"
	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

// TestTeamLife is the life of a stack in a bucket with two people who work in
// turn, one of whom is killed in the middle of an update: the other one is told
// of the lock and how to free it, goes on, and nothing is lost.
func TestTeamLife(t *testing.T) {
	server := startCloudServer(t)
	kinds := map[string]string{"kms": server.key(t)}
	if os.Getenv("FAILURES") != "" { // make matrix has the time for both
		kinds["passphrase"] = passphraseSecrets
	}
	for name, secrets := range kinds {
		t.Run(name, func(t *testing.T) {
			ada := deployedClone(t, server)
			ada.must("team", "--", "-backend", server.backend(t, "life-"+name), "-secrets", secrets)
			grace := newClone(t, server, nil)
			grace.pull(ada)
			if secrets == passphraseSecrets {
				t.Setenv(passphraseVariable, ada.read(".killrvideo/passphrase"))
			}
			grace.must("pulumi", "--", "config", "set", "logLevel", "ERROR", "--stack", "prod")
			grace.must("up")
			ada.pull(grace)

			ada.must("pulumi", "--", "config", "set", "logLevel", "DEBUG", "--stack", "prod")
			ada.killedDuringUp()
			grace.pull(ada)
			grace.findsTheLock()
			grace.frees()
			ada.pull(grace)
			if printed := ada.must("up"); strings.Contains(printed, "created") || strings.Contains(printed, "updated") {
				t.Errorf("after the colleague's up there was something left to do:\n%s", printed)
			}
			for _, c := range []*clone{ada, grace} {
				c.sees("DEBUG")
			}
			grace.must("down")
			if printed, err := ada.run("status"); exit.Code(err) != exit.NoStack.Code {
				t.Errorf("after down, status ended with %v:\n%s", err, printed)
			}
		})
	}
}

// killedDuringUp kills the engine while the program of an update runs.
func (c *clone) killedDuringUp() {
	c.t.Helper()
	processes := enginetest.NewProcesses(c.t)
	real, err := exec.LookPath("pulumi")
	if err != nil {
		c.t.Fatal(err)
	}
	tools := c.t.TempDir()
	processes.Script(c.t, filepath.Join(tools, "pulumi"), real, "")
	path := os.Getenv("PATH")
	c.t.Setenv("PATH", tools+string(os.PathListSeparator)+path)
	c.during = func() {
		if err := processes.Kill(); err != nil {
			c.t.Error(err)
		}
	}
	printed, err := c.run("up")
	c.during = nil
	c.t.Setenv("PATH", path)
	if err == nil || !strings.Contains(err.Error(), "killed") {
		c.t.Fatalf("up survived its engine: %v\n%s", err, printed)
	}
	if strings.Contains(printed+err.Error(), teamSecret) {
		c.t.Error("a secret was printed")
	}
}

// findsTheLock tries everything that changes the stack.
func (c *clone) findsTheLock() {
	c.t.Helper()
	for _, verb := range []string{"up", "down"} {
		printed, err := c.run(verb)
		if exit.Code(err) != exit.Locked.Code || !strings.Contains(err.Error(), `cancel --yes --stack prod`) {
			c.t.Errorf("%s of a locked stack ended with %d: %v\n%s", verb, exit.Code(err), err, printed)
		}
	}
}

// frees removes the lock as the message says, and ends what was begun.
func (c *clone) frees() {
	c.t.Helper()
	c.must("pulumi", "--", "cancel", "--yes", "--stack", "prod")
	if text := c.must("pulumi", "--", "stack", "export", "--stack", "prod"); !strings.Contains(text, "test:index:Thing") {
		c.t.Errorf("after the kill the state is\n%s", text)
	}
	c.must("up")
}

// sees asks for the output of the last update, and for a secret.
func (c *clone) sees(level string) {
	c.t.Helper()
	if got := strings.TrimSpace(c.must("pulumi", "--", "stack", "output", "level", "--stack", "prod")); got != level {
		c.t.Errorf("the output is %q, want %s", got, level)
	}
	if got := strings.TrimSpace(c.must("pulumi", "--", "config", "get", "nvidiaApiKey", "--stack", "prod")); got != teamSecret {
		c.t.Error("the secret cannot be read")
	}
}
