package cli

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/provider/failure"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/infra/target"
	"github.com/killrvideo/killrvideo-go/stacks"
)

const (
	gateURN    = "urn:pulumi:dev::killrvideo::killrvideo:rollout:Gate::gate-dev"
	processURN = "urn:pulumi:dev::killrvideo::killrvideo:local:Process::killrvideo-dev"
	roleURN    = "urn:pulumi:dev::killrvideo::killrvideo:astra:Role::role-dev"
)

// The class comes from types; the texts are chosen to mislead.
func TestDiagnose(t *testing.T) {
	bad := &stacks.Problems{Stack: "dev", List: []stacks.Problem{{Key: "cpu"}}}
	missing := &stacks.Problems{Stack: "dev", List: []stacks.Problem{{Key: "astraDeployToken", Missing: true}}}
	gate := failedResource{gateURN, resource.GateType}
	process := failedResource{processURN, resource.ProcessType}
	role := failedResource{roleURN, "killrvideo:astra:Role"}
	for name, test := range map[string]struct {
		outcome  outcome
		recorded failure.Class
		code     int
	}{
		"bad settings":          {outcome{program: bad}, "", CodeUsage},
		"missing secret":        {outcome{program: missing}, "", CodeMissingSecret},
		"a broken build":        {outcome{program: errors.New("service/main.go:7: undefined: x")}, "", CodeFailed},
		"the gate":              {outcome{ran: true, resources: []failedResource{gate}}, "", CodeGate},
		"a port":                {outcome{ran: true, resources: []failedResource{process}}, failure.PortInUse, CodePort},
		"a process":             {outcome{ran: true, resources: []failedResource{process}, messages: []string{"it logged: port 8000 is already in use"}}, "", CodeFailed},
		"a taken name":          {outcome{ran: true, resources: []failedResource{role}, messages: []string{"the name is taken, port in use"}}, "", CodeFailed},
		"mentions a gate":       {outcome{ran: true, resources: []failedResource{role}, messages: []string{"killrvideo:rollout:Gate"}}, "", CodeFailed},
		"mentions a passphrase": {outcome{ran: true, engine: errors.New("incorrect passphrase")}, "", CodeFailed},
		"mentions settings":     {outcome{ran: true, engine: errors.New("must be encrypted, must be of type, missing configuration value")}, "", CodeFailed},
	} {
		t.Run(name, func(t *testing.T) {
			c := repository(t)
			if err := c.sync(); err != nil {
				t.Fatal(err)
			}
			c.build = func(stacks.Source, *stacks.Config) (target.Target, error) { return nil, nil }
			if test.recorded != "" {
				t.Setenv(failure.Variable, c.failures())
				if err := failure.Note(failure.Record{Class: test.recorded, URN: processURN}); err != nil {
					t.Fatal(err)
				}
			}
			test.outcome.operation = "up"
			if test.outcome.engine == nil {
				test.outcome.engine = errors.New("failed")
			}
			if err := c.diagnose(test.outcome); ExitCode(err) != test.code {
				t.Errorf("exit code %d, want %d: %v", ExitCode(err), test.code, err)
			}
		})
	}
}

// Whatever is known of a failure is printed.
func TestTheCauseIsPrinted(t *testing.T) {
	c := repository(t)
	if err := c.sync(); err != nil {
		t.Fatal(err)
	}
	c.build = func(stacks.Source, *stacks.Config) (target.Target, error) { return nil, nil }
	for name, o := range map[string]outcome{
		"the engine's":  {engine: errors.New("failed to select stack: exit status 255\ncode: 255\nstdout: \nstderr: error: the cause of it\n")},
		"of its own":    {engine: errors.New("the cause of it")},
		"the program's": {program: errors.New("the cause of it"), ran: true},
		"of a resource": {engine: errors.New("failed"), messages: []string{"the cause of it"}, ran: true},
	} {
		if err := c.diagnose(o); !strings.Contains(err.Error(), "the cause of it") || strings.Contains(err.Error(), "stdout:") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAWrongPassphraseIsFoundByTrying(t *testing.T) {
	c := repository(t)
	if err := c.sync(); err != nil {
		t.Fatal(err)
	}
	text := "encryptionsalt: v1:MTIzNDU2Nzg=:v1:bm90IHRoZSBub25jZQ==:bm90IHRoZSB0ZXh0\nconfig: {}\n"
	if err := os.WriteFile(c.file.Path(), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	err := c.diagnose(outcome{operation: "up", engine: errors.New("exit status 1")})
	if ExitCode(err) != CodePassphrase || !strings.Contains(err.Error(), c.home.passphraseFile()) {
		t.Errorf("got %d: %v", ExitCode(err), err)
	}
}

// Pulumi checks types before it runs the program; ours are the better words.
func TestSettingsThatPulumiRefuses(t *testing.T) {
	c := repository(t)
	if err := c.sync(); err != nil {
		t.Fatal(err)
	}
	c.build = func(stacks.Source, *stacks.Config) (target.Target, error) { return nil, nil }
	if err := os.WriteFile(c.file.Path(), []byte("config: {killrvideo:maxInstances: many}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := c.diagnose(outcome{operation: "up", engine: errors.New("exit status 1")})
	if ExitCode(err) != CodeUsage || !strings.Contains(err.Error(), "maxInstances") || !strings.Contains(err.Error(), "--stack dev") {
		t.Errorf("got %d: %v", ExitCode(err), err)
	}
}

func TestCodeOfCLI(t *testing.T) {
	t.Parallel()
	for cli, want := range map[int]int{1: CodeFailed, 2: CodeUsage, 6: CodeNoStack, 7: CodeFailed, 255: CodeFailed} {
		if got := codeOfCLI(cli); got != want {
			t.Errorf("%d became %d, want %d", cli, got, want)
		}
	}
}
