package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/provider/failure"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/stacks"
	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

const (
	gateURN    = "urn:pulumi:dev::killrvideo::astradb:index:Gate::gate-dev"
	processURN = "urn:pulumi:dev::killrvideo::astradb:index:Process::killrvideo-dev"
	roleURN    = "urn:pulumi:dev::killrvideo::astradb:index:Role::role-dev"
)

// The class comes from types; the texts are chosen to mislead.
func TestDiagnose(t *testing.T) {
	bad := &stacks.Problems{Stack: "dev", List: []stacks.Problem{{Key: "cpu"}}}
	missing := &stacks.Problems{Stack: "dev", List: []stacks.Problem{{Key: "astraDeployToken", Missing: true}}}
	gate := failedResource{gateURN, resource.GateType}
	process := failedResource{processURN, resource.ProcessType}
	role := failedResource{roleURN, "astradb:index:Role"}
	for name, test := range map[string]struct {
		outcome  outcome
		recorded failure.Class
		class    *exit.Class
	}{
		"bad settings":   {outcome{program: bad}, "", exit.Usage},
		"missing secret": {outcome{program: missing}, "", exit.MissingSecret},
		"a broken build": {outcome{program: errors.New("service/main.go:7: undefined: x")}, "", exit.Failed},
		"the gate":       {outcome{ran: true, resources: []failedResource{gate}}, "", exit.Gate},
		"a port":         {outcome{ran: true, resources: []failedResource{process}}, failure.PortInUse, exit.Port},
		"a process": {outcome{ran: true, resources: []failedResource{process},
			messages: []string{"it logged: port 8000 is already in use"}}, "", exit.Failed},
		"a taken name": {outcome{ran: true, resources: []failedResource{role}, messages: []string{"the name is taken, port in use"}},
			"", exit.Failed},
		"mentions a gate": {outcome{ran: true, resources: []failedResource{role}, messages: []string{"astradb:index:Gate"}}, "",
			exit.Failed},
		"mentions a passphrase": {outcome{ran: true, engine: errors.New("incorrect passphrase")}, "", exit.Failed},
		"mentions settings": {outcome{ran: true, engine: errors.New("must be encrypted, must be of type, missing configuration value")},
			"", exit.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			c := repository(t)
			if err := c.sync(); err != nil {
				t.Fatal(err)
			}
			c.build = func(stacks.Source, *stacks.Config) (platform.Platform, error) { return nil, nil }
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
			if err := c.diagnose(test.outcome); exit.ClassOf(err) != test.class {
				t.Errorf("exit code %d, want %d: %v", exit.Code(err), test.class.Code, err)
			}
		})
	}
}

// TestACanceledProgramHidesNoCause: the engine cancels the program's calls when a
// resource failed.
func TestACanceledProgramHidesNoCause(t *testing.T) {
	const cause = "the token may write rows"
	for name, program := range map[string]error{
		"canceled call":    fmt.Errorf("register: %w", status.Error(codes.Canceled, "context canceled")),
		"engine is gone":   status.Error(codes.Unavailable, "error reading from server: EOF"),
		"canceled context": fmt.Errorf("wait: %w", context.Canceled),
	} {
		t.Run(name, func(t *testing.T) {
			c := repository(t)
			if err := c.sync(); err != nil {
				t.Fatal(err)
			}
			failed := outcome{operation: "up", ran: true, program: program, engine: errors.New("failed"), messages: []string{cause}}
			if err := c.diagnose(failed); !strings.Contains(err.Error(), cause) {
				t.Errorf("the cause is not said: %v", err)
			}
			failed.messages = nil
			if err := c.diagnose(failed); !errors.Is(err, program) {
				t.Errorf("without another cause it says %v", err)
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
	c.build = func(stacks.Source, *stacks.Config) (platform.Platform, error) { return nil, nil }
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
	if exit.ClassOf(err) != exit.Passphrase || !strings.Contains(err.Error(), c.home.passphraseFile()) {
		t.Errorf("got %d: %v", exit.Code(err), err)
	}
}

// Pulumi checks types before it runs the program; ours are the better words.
func TestSettingsThatPulumiRefuses(t *testing.T) {
	c := repository(t)
	if err := c.sync(); err != nil {
		t.Fatal(err)
	}
	c.build = func(stacks.Source, *stacks.Config) (platform.Platform, error) { return nil, nil }
	if err := os.WriteFile(c.file.Path(), []byte("config: {killrvideo:maxInstances: many}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := c.diagnose(outcome{operation: "up", engine: errors.New("exit status 1")})
	if exit.ClassOf(err) != exit.Usage || !strings.Contains(err.Error(), "maxInstances") || !strings.Contains(err.Error(), "--stack dev") {
		t.Errorf("got %d: %v", exit.Code(err), err)
	}
}

func TestClassOfCLI(t *testing.T) {
	t.Parallel()
	for cli, want := range map[int]*exit.Class{1: exit.Failed, 2: exit.Usage, 6: exit.NoStack, 7: exit.Failed, 255: exit.Failed} {
		if got := classOfCLI(cli); got != want {
			t.Errorf("%d became %d, want %d", cli, got.Code, want.Code)
		}
	}
}

// TestAServiceThatIsNotReadyIsAFailedGate, although the question ended the program.
func TestAServiceThatIsNotReadyIsAFailedGate(t *testing.T) {
	t.Parallel()
	unready := errors.New("the service is not ready")
	c := &command{unready: unready}
	err := c.diagnose(outcome{operation: "up", ran: true, program: errors.New("an Apply: " + unready.Error())})
	if exit.ClassOf(err) != exit.Gate || !errors.Is(err, unready) || strings.Count(err.Error(), unready.Error()) != 1 {
		t.Errorf("class %v: %v", exit.ClassOf(err), err)
	}
}
