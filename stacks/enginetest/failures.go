package enginetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"

	"github.com/killrvideo/killrvideo-go/stacks/enginetest/fault"
)

// everyFailure says by the environment how much is tried: with "all" every step
// fails in every way, with "some" each step in one. Both write the document.
// Without it each step of what the document shows fails in one way.
const everyFailure = "FAILURES"

// scenario is an update whose steps fail.
type scenario struct {
	name string
	// begins asks for another update of the kind, after one that has ended.
	begins func(*failures)
	// later tells that the first update of the kind does more than the others.
	later bool
}

// scenarios are in the order of the document.
var scenarios = []scenario{
	{name: "first deployment", begins: (*failures).fromNothing},
	{name: "rotate the Astra tokens", begins: func(f *failures) { f.next("astraTokenGeneration") }},
	{name: "rotate the signing key", begins: func(f *failures) { f.next("jwtKeyGeneration") }},
	{name: "replace given Astra tokens", begins: (*failures).give, later: true},
}

// failures makes the steps of a stack's updates fail. The steps are those that the
// engine does.
type failures struct {
	*stack
	referee    *referee
	generation int
	// proved is what served when an update last passed.
	proved served
	// now is what was seen after the last update.
	now    look
	given  map[string]bool // client ids of tokens that the test made
	found  *results
	gives  bool // given tokens are deployed
	killed bool // an engine was, at least once
	// sessions is what users notice, nil where no service runs.
	sessions *sessions
	deployed bool
}

// Failures makes each step fail in every way if the environment says so, else in
// one, and holds what it sees against the document. Each scenario has a stack of
// its own.
func Failures(t *testing.T, place Place) {
	t.Helper()
	found, much := &results{}, os.Getenv(everyFailure)
	for _, of := range scenarios {
		if of.later && much == "" { // its steps are those of the minted tokens
			continue
		}
		t.Run(of.name, func(t *testing.T) {
			if much == "" && !written(t, place.Target, of.name) {
				t.Skip("docs/failures.md does not show it yet; run: make matrix")
			}
			f := newFailures(t, place, found)
			if much == "all" {
				f.cells(of)
			} else {
				f.chain(of)
			}
			f.at(t)
			f.remove()
		})
	}
	found.document(t, place.Target)
}

func newFailures(t *testing.T, place Place, found *results) *failures {
	t.Helper()
	f := &failures{given: map[string]bool{}, generation: 1, found: found}
	f.referee = &referee{version: place.Version, struck: map[string]bool{}}
	f.stack = openWith(t, place, arrangement{referee: f.referee})
	f.referee.kill = f.processes.Kill
	if f.cloud != nil {
		f.cloud.Hurry()
	} else {
		f.sessions = &sessions{url: f.url, email: "ada@example.org"}
		t.Cleanup(func() {
			if t.Failed() { // else it is removed
				f.at(t)
				_ = f.auto.Cancel(context.Background())
				_, _ = f.auto.Destroy(context.Background())
			}
		})
	}
	return f
}

func (f *failures) at(t *testing.T) { f.t = t }

// chain repeats an update until each of its steps has failed once, in one way: the
// first one that has not failed yet is the next one to fail.
func (f *failures) chain(of scenario) {
	f.t.Helper()
	f.prepare(of)
	of.begins(f)
	for {
		before := f.now
		f.referee.arm(fault.Before, fault.After, fault.Timeout, fault.Killed)
		printed, err := f.tryOnce()
		step, kind := f.referee.disarm()
		if kind == fault.None {
			f.passed(printed, err)
			return
		}
		f.judge(of, step, kind, before, printed, err)
		switch {
		case kind == fault.Killed:
			f.unlock()
		case err == nil:
			f.passed(printed, err)
			of.begins(f)
		}
		if f.t.Failed() {
			f.t.FailNow()
		}
	}
}

// prepare deploys what a scenario changes.
func (f *failures) prepare(of scenario) {
	f.t.Helper()
	if of.name != scenarios[0].name {
		f.passed(f.tryOnce())
	}
	if of.later {
		of.begins(f)
		f.passed(f.tryOnce())
	}
}

// cells makes each step of an update fail in each way. After each failure the next
// update must pass; then comes another one of the kind.
func (f *failures) cells(of scenario) {
	f.t.Helper()
	t := f.t
	f.prepare(of)
	of.begins(f)
	f.referee.arm()
	f.passed(f.tryOnce())
	steps := f.referee.steps()
	f.found.expect(of.name, steps)
	for _, name := range steps {
		for _, kind := range fault.Kinds() {
			if !befalls(kind, name) {
				continue
			}
			if !t.Run(name+", "+string(kind), func(t *testing.T) { f.at(t); f.cell(of, name, kind) }) {
				f.at(t)
				f.beginAgain(of)
			}
		}
	}
}

func (f *failures) cell(of scenario, name string, kind fault.Kind) {
	f.t.Helper()
	of.begins(f)
	before := f.now
	f.referee.aim(name, kind)
	printed, err := f.tryOnce()
	step, struck := f.referee.disarm()
	if struck == fault.None {
		f.t.Fatalf("the step was not done; up ended with %v after\n%s", err, strings.Join(f.referee.steps(), "\n"))
	}
	f.judge(of, step, kind, before, printed, err)
	if kind == fault.Killed {
		f.unlock()
	}
	f.passed(f.tryOnce()) // by the right clock, if it was wrong
	f.noteRemains()
}

// beginAgain makes what the next cell begins with, after one that failed.
func (f *failures) beginAgain(of scenario) {
	f.t.Helper()
	f.referee.arm()
	_ = f.auto.Cancel(f.t.Context())
	if f.cloud != nil {
		f.wipe()
	} else {
		f.clear(f.t.Context())
	}
	if f.gives {
		f.unset("astraToken")
		f.unset("astraReadOnlyToken")
	}
	f.gives, f.proved = false, served{}
	f.prepare(of)
}

// clear destroys what is deployed and removes what no state knows.
func (f *failures) clear(ctx context.Context) {
	f.t.Helper()
	_, err := f.auto.Destroy(ctx)
	must(f.t, err)
	f.deployed = false
	orphans := f.look().orphans
	for _, token := range orphans.Tokens {
		must(f.t, f.astra.DeleteToken(ctx, token.ClientID))
	}
	for _, role := range orphans.Roles {
		must(f.t, f.astra.DeleteRole(ctx, role.ID))
	}
}

// wipe makes the stack's state, its Astra and its cloud those of before the first
// update.
func (f *failures) wipe() {
	f.t.Helper()
	must(f.t, os.RemoveAll(filepath.Join(f.backend, ".pulumi")))
	must(f.t, os.CopyFS(f.backend, f.empty.backend))
	f.server.beginAgain(f.t)
	f.cloud.Forget()
	f.deployed, f.now, f.given = false, look{}, map[string]bool{}
}

// tryOnce deploys, one resource after the other, and looks at what is there
// afterwards, and for secrets in what is printed.
func (f *failures) tryOnce() (string, error) {
	f.t.Helper()
	must(f.t, f.processes.Forget())
	var output, errors strings.Builder
	_, err := f.auto.Up(f.t.Context(), optup.Parallel(1), optup.ProgressStreams(&output), optup.ErrorProgressStreams(&errors))
	printed := output.String() + errors.String()
	f.now = f.look()
	f.silent("the output of up", printed+fmt.Sprint(err))
	f.sound(f.t)
	return printed, err
}

// unlock finds the stack locked by an engine that was killed, and frees it.
func (f *failures) unlock() {
	f.t.Helper()
	f.killed = true
	if !f.found.sawLock {
		f.found.sawLock = true
		if _, err := f.auto.Up(f.t.Context()); err == nil || !strings.Contains(err.Error(), "the stack is currently locked") {
			f.t.Errorf("after a kill, up ended with %v", err)
		}
	}
	must(f.t, f.auto.Cancel(f.t.Context()))
}

// passed looks at an update that must have passed: its credentials are the only
// ones, and they serve.
func (f *failures) passed(printed string, err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatalf("up failed though no step was made to: %v\n%s", err, printed)
	}
	f.deployed = true
	now := f.now
	for _, role := range now.orphans.Roles { // as doctor removes them
		must(f.t, f.astra.DeleteRole(f.t.Context(), role.ID))
	}
	f.collect(now)
	if len(now.orphans.Tokens) > 0 {
		f.t.Errorf("the next up left %d tokens that no state knows", len(now.orphans.Tokens))
	}
	if n := len(now.known) - len(f.given); n != f.minted() {
		f.t.Errorf("%d minted tokens of the stack are on Astra, want %d", n, f.minted())
	}
	if now.revision == "" || now.revision != now.state.Text("revision") {
		f.t.Errorf("revision %q answers, and %q was deployed", now.revision, now.state.Text("revision"))
	}
	if len(now.refused) > 0 {
		f.t.Errorf("the service has tokens that Astra refuses: %v", now.refused)
	}
	if beside, _ := filepath.Glob(filepath.Join(f.backend, ".pulumi", "stacks", "*", "*.attrs")); len(beside) > 0 {
		f.t.Errorf("Pulumi wrote %v; a kill while it does makes the state unreadable", beside)
	}
	f.forget(now)
	f.proved = served{revision: now.revision, tokens: now.current, key: now.key.Current}
	f.sessions.renew(f.t)
}

// forget clears what the state notes of creations that a kill left without an
// outcome. It is the only trace of what they may have made on a cloud, so the
// engine keeps it until a person says so, as doctor tells.
func (f *failures) forget(now look) {
	f.t.Helper()
	if len(now.state.Pending) == 0 {
		return
	}
	if !f.killed {
		f.t.Errorf("%d operations are pending, and nothing was killed", len(now.state.Pending))
	}
	if f.found.sawPending { // the command is tried once, and takes as long as an update
		f.rewrite(func(state map[string]any) { delete(state, "pending_operations") })
	} else {
		_, err := f.auto.Refresh(f.t.Context(), optrefresh.ClearPendingCreates())
		must(f.t, err)
	}
	f.found.sawPending = true
	if f.now = f.look(); len(f.now.state.Pending) > 0 {
		f.t.Errorf("%d operations are still pending", len(f.now.state.Pending))
	}
}

// minted is how many tokens the stack has made for itself.
func (f *failures) minted() int {
	if f.gives {
		return 0
	}
	return 2
}

// next rotates by a setting.
func (f *failures) next(setting string) {
	f.generation++
	f.set(setting, strconv.Itoa(f.generation))
}

// fromNothing removes what is deployed, with the tables that destroy leaves: on a
// cloud it goes with all that was there, since destroy is tried once at the end.
func (f *failures) fromNothing() {
	f.t.Helper()
	f.proved = served{}
	switch {
	case !f.deployed:
	case f.cloud == nil:
		f.remove()
		f.server.beginAgain(f.t)
	default:
		f.wipe()
	}
}

// remove destroys the stack, whose credentials must go with it.
func (f *failures) remove() {
	f.t.Helper()
	f.destroy()
	f.deployed = false
	f.now = f.look()
	now := f.now
	if len(now.known) > len(f.given) || len(now.orphans.Tokens)+len(now.orphans.Roles) > 0 {
		f.t.Errorf("after destroy there are left %+v", now)
	}
}
