package provider_test

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/killrvideo/killrvideo-go/infra/porttest"
	"github.com/killrvideo/killrvideo-go/infra/provider/daemon"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

var buildFront = sync.OnceValues(func() (string, error) {
	return goBuild("github.com/killrvideo/killrvideo-go/infra/platform/local/front")
})

// beside are the inputs of the test program as one that chooses its port.
func (m programs) beside(key string, args ...string) map[string]property.Value {
	inputs := m.inputs(key)
	list := []property.Value{}
	for _, arg := range args {
		list = append(list, str(arg))
	}
	delete(inputs, "url")
	inputs["args"], inputs["portVariable"] = property.New(list), str("PORT")
	return inputs
}

// front are the inputs of a listener at the program's URL that passes
// connections on to the start that a stack knows.
func (m programs) front(t *testing.T, process *stack) map[string]property.Value {
	t.Helper()
	command, err := buildFront()
	must(t, err)
	return map[string]property.Value{
		"command": str(command), "dir": str(m.dir + "-front"), "url": str(m.url), "processDir": str(m.dir),
		"address": str(process.text("address")), "instance": str(process.text("instance")), "stopTimeoutSeconds": property.New(5.0),
	}
}

func newFrontStack(t *testing.T) *stack {
	s := newStack(t, newServer(t, nil), resource.FrontType)
	t.Cleanup(func() {
		if s.id != "" {
			must(t, s.delete())
		}
	})
	return s
}

func identityOf(s *stack) daemon.Identity {
	return daemon.Identity{PID: pid(s), Born: s.text("born")}
}

// asked asks a URL without a pause until it is told to stop, and counts the
// requests that were not answered.
func asked(url string) (stop func() (answered, lost int64)) {
	var answered, lost atomic.Int64
	over, done := make(chan struct{}), make(chan struct{})
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 20 * time.Second}
	go func() {
		defer close(done)
		for {
			select {
			case <-over:
				return
			default:
			}
			res, err := client.Get(url)
			if err != nil {
				lost.Add(1)
				continue
			}
			_ = res.Body.Close()
			answered.Add(1)
		}
	}()
	return func() (int64, int64) {
		close(over)
		<-done
		return answered.Load(), lost.Load()
	}
}

func TestTheOneBeforeServesUntilTheSwitch(t *testing.T) {
	t.Parallel()
	process, program := newProcessStack(t)
	must(t, process.create(program.beside(givenKey)))
	front := newFrontStack(t)
	must(t, front.create(program.front(t, process)))
	if program.get(t, "/key") != givenKey {
		t.Fatal("the first start does not serve")
	}
	stop := asked(program.url + "/env")

	if _, err := process.update(program.beside(otherKey, "-fail"), false); err == nil || !strings.Contains(err.Error(), "told to fail") {
		t.Fatalf("err = %v, want the log's tail", err)
	}
	if program.get(t, "/key") != givenKey || len(program.secretFolders(t)) != 1 {
		t.Error("a start that fails disturbs the one that serves, or leaves secrets")
	}
	first := pid(process)
	_, err := process.update(program.beside(otherKey), false)
	must(t, err)
	if program.get(t, "/key") != givenKey || pid(process) == first {
		t.Error("the new start serves before the switch")
	}
	third := givenKey + "-third"
	_, err = process.update(program.beside(third), false) // the second was not proved
	must(t, err)
	if n := len(program.secretFolders(t)); n != 2 {
		t.Errorf("%d starts have secrets, want the one that serves and the last one", n)
	}
	_, err = front.update(program.front(t, process), false)
	must(t, err)
	if program.get(t, "/key") != third || len(program.secretFolders(t)) != 1 {
		t.Error("the switch did not give the requests to the last start, or left the one before")
	}
	if d := front.diff(program.front(t, process)); d.HasChanges {
		t.Errorf("a second up changes %v", d.DetailedDiff)
	}
	if answered, lost := stop(); answered == 0 || lost > 1 { // the test program does not drain: the switch may cut one off
		t.Errorf("%d requests were answered and %d lost", answered, lost)
	}
}

// TestAnEarlierVersionsProcessServesUntilTheSwitch migrates a stack whose
// process listens itself where the front will.
func TestAnEarlierVersionsProcessServesUntilTheSwitch(t *testing.T) {
	t.Parallel()
	process, program := newProcessStack(t)
	must(t, process.create(program.inputs(givenKey)))
	note, err := filepath.Glob(filepath.Join(program.dir, "runs", "*.json"))
	must(t, err)
	text, err := os.ReadFile(note[0])
	must(t, err)
	must(t, os.RemoveAll(filepath.Join(program.dir, "runs"))) // as that version noted it
	must(t, os.WriteFile(filepath.Join(program.dir, "process.json"), text, 0o600))
	process.state = process.state.Delete("address") // which that version did not know

	for range 2 {
		if _, err := process.update(program.beside(otherKey, "-fail"), false); err == nil {
			t.Fatal("a program that fails was taken")
		}
		if program.get(t, "/key") != givenKey {
			t.Fatal("the earlier process does not serve any more")
		}
	}
	_, err = process.update(with(program.beside(otherKey), "owner", str("mark-1")), false)
	must(t, err)
	if program.get(t, "/key") != givenKey {
		t.Error("the earlier process was stopped before the switch")
	}
	front := newFrontStack(t)
	must(t, front.create(program.front(t, process)))
	eventually(t, func() bool { return !program.dead() })
	if program.get(t, "/key") != otherKey || len(program.secretFolders(t)) != 1 {
		t.Error("the new start does not serve, or the earlier one left its secrets")
	}
}

// TestAFolderGetsItsNewName: an earlier version named it by the environment.
func TestAFolderGetsItsNewName(t *testing.T) {
	t.Parallel()
	process, program := newProcessStack(t)
	data := filepath.Join(t.TempDir(), "data")
	inputs := with(program.inputs(givenKey, "-token", filepath.Join(data, "token")), "tokenFile", str(filepath.Join(data, "token")))
	must(t, os.MkdirAll(data, 0o700))
	must(t, os.WriteFile(filepath.Join(data, "rows"), []byte("data"), 0o600))
	must(t, process.create(inputs))
	before := program.dir
	program.dir += "-by-stack"
	next := with(program.inputs(givenKey, "-token", filepath.Join(data+"-by-stack", "token")),
		"tokenFile", str(filepath.Join(data+"-by-stack", "token")))
	_, err := process.update(with(next, "owner", str("mark-1")), false)
	must(t, err)
	if _, err := os.Stat(before); err == nil || program.get(t, "/key") != givenKey {
		t.Error("the folder was not moved, or the program does not run")
	}
	if rows, err := os.ReadFile(filepath.Join(data+"-by-stack", "rows")); string(rows) != "data" {
		t.Errorf("the data did not move along: %v", err)
	}
}

// TestDeleteStopsWhatAKilledDeploymentStarted: the state does not know it.
func TestDeleteStopsWhatAKilledDeploymentStarted(t *testing.T) {
	t.Parallel()
	process, program := newProcessStack(t)
	must(t, process.create(program.beside(givenKey)))
	front := newFrontStack(t)
	must(t, front.create(program.front(t, process)))
	before := process.state
	_, err := process.update(program.beside(otherKey), false)
	must(t, err)
	unknown := identityOf(process)
	process.state = before // the engine was killed before it wrote the new state
	must(t, front.delete())
	front.id = ""
	must(t, process.delete())
	process.id = ""
	if left := program.secretFolders(t); len(left) > 0 || unknown.Alive() {
		t.Errorf("left are %v; the process that the state does not know runs: %v", left, unknown.Alive())
	}
}

func TestAFolderOfAnotherStateIsRefused(t *testing.T) {
	t.Parallel()
	process, program := newProcessStack(t)
	must(t, process.create(with(program.beside(givenKey), "owner", str("mark-1"))))
	stranger := newStack(t, newServer(t, nil), resource.ProcessType)
	err := stranger.create(with(program.beside(otherKey), "owner", str("mark-2")))
	if err == nil || !strings.Contains(err.Error(), "another state") {
		t.Errorf("err = %v", err)
	}
	if !identityOf(process).Alive() {
		t.Error("the other state's process was stopped")
	}
}

func TestAFrontMovesToAnotherPort(t *testing.T) {
	t.Parallel()
	process, program := newProcessStack(t)
	must(t, process.create(program.beside(givenKey)))
	front := newFrontStack(t)
	must(t, front.create(program.front(t, process)))
	address := porttest.Address(porttest.Free(t))
	listener, err := net.Listen("tcp", address)
	must(t, err)
	there := "http://" + address
	inputs := with(program.front(t, process), "url", str(there))
	_, err = front.update(with(inputs, "portSetting", str("pulumi config set --path local.port 8001")), false)
	if err == nil || !strings.Contains(err.Error(), "pulumi config set --path local.port 8001") || program.get(t, "/key") != givenKey {
		t.Errorf("err = %v, want how to choose another port, and the listener where it was", err)
	}
	must(t, listener.Close())
	_, err = front.update(inputs, false)
	must(t, err)
	if (programs{url: there}).get(t, "/key") != givenKey || !program.dead() {
		t.Error("the listener did not move")
	}
}

func TestADeadFrontIsStartedAgain(t *testing.T) {
	t.Parallel()
	process, program := newProcessStack(t)
	must(t, process.create(program.beside(givenKey)))
	front := newFrontStack(t)
	must(t, front.create(program.front(t, process)))
	must(t, syscall.Kill(pid(front), syscall.SIGKILL))
	eventually(t, func() bool { return !identityOf(front).Alive() })
	if d := front.diff(program.front(t, process)); !d.HasChanges {
		t.Error("a dead listener is no change")
	}
	_, err := front.update(program.front(t, process), false)
	must(t, err)
	if program.get(t, "/key") != givenKey {
		t.Error("it does not pass connections on")
	}
}

func TestFrontCheckNamesTheField(t *testing.T) {
	t.Parallel()
	process, program := newProcessStack(t)
	must(t, process.create(program.beside(givenKey)))
	front := newFrontStack(t)
	for field, value := range map[string]property.Value{
		"command": str(""), "dir": str("relative"), "processDir": str("relative"), "url": str("http://0.0.0.0:80"),
		"address": str("nowhere"), "instance": str(""), "stopTimeoutSeconds": property.New(-1.0),
	} {
		if _, failures := front.check(with(program.front(t, process), field, value)); len(failures) != 1 || failures[0].Property != field {
			t.Errorf("%s: failures = %v", field, failures)
		}
	}
}

func TestAnOwnersMarkStays(t *testing.T) {
	t.Parallel()
	owner := newStack(t, newServer(t, nil), resource.OwnerType)
	if preview := owner.previewCreate(nil); !preview.Get("mark").HasComputed() {
		t.Errorf("a preview knows the mark: %v", preview)
	}
	must(t, owner.create(nil))
	if d := owner.diff(nil); d.HasChanges || len(owner.text("mark")) != 16 || owner.text("mark") != owner.id {
		t.Errorf("changes %v, mark %s, id %s", d.HasChanges, owner.text("mark"), owner.id)
	}
}
