package provider_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/killrvideo/killrvideo-go/infra/porttest"
	"github.com/killrvideo/killrvideo-go/infra/provider/daemon/daemontest"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// programs makes inputs for the test program on one port and folder.
type programs struct {
	url, dir string
}

func newPrograms(t *testing.T) programs {
	t.Helper()
	return programs{url: "http://" + porttest.Address(porttest.Free(t)), dir: filepath.Join(t.TempDir(), "state")}
}

func (m programs) inputs(key string, args ...string) map[string]property.Value {
	executable, err := os.Executable()
	if err != nil {
		panic(err)
	}
	list := []property.Value{str("-addr"), str(strings.TrimPrefix(m.url, "http://"))}
	for _, arg := range args {
		list = append(list, str(arg))
	}
	return map[string]property.Value{
		"command": str(executable), "args": property.New(list), "dir": str(m.dir), "url": str(m.url),
		"env":                 property.New(map[string]property.Value{daemontest.Role: str("1")}),
		"secrets":             property.New(map[string]property.Value{"KEY": str(key)}).WithSecret(true),
		"startTimeoutSeconds": property.New(20.0), "stopTimeoutSeconds": property.New(1.0),
	}
}

func newProcessStack(t *testing.T) (*stack, programs) {
	s := newStack(t, newServer(t, nil), resource.ProcessType)
	t.Cleanup(func() {
		if s.id != "" {
			must(t, s.delete())
		}
	})
	return s, newPrograms(t)
}

// get returns the body of a path of the program.
func (m programs) get(t *testing.T, path string) string {
	t.Helper()
	res, err := http.Get(m.url + path)
	must(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	must(t, err)
	return string(body)
}

func (m programs) dead() bool {
	conn, err := net.Dial("tcp", strings.TrimPrefix(m.url, "http://"))
	if err == nil {
		conn.Close()
	}
	return err != nil
}

func (m programs) secretFolders(t *testing.T) []string {
	t.Helper()
	folders, err := filepath.Glob(filepath.Join(m.dir, "secrets", "*"))
	must(t, err)
	return folders
}

func pid(s *stack) int { return int(s.state.Get("pid").AsNumber()) }

func TestProcessLifeCycle(t *testing.T) {
	t.Parallel()
	s, program := newProcessStack(t)
	if v := s.previewCreate(program.inputs(givenKey)).Get("url"); !v.IsString() {
		t.Errorf("url = %v at preview, want it known", v)
	}
	must(t, s.create(program.inputs(givenKey)))
	if got := program.get(t, "/key"); got != givenKey {
		t.Errorf("the program reads another key than the given one")
	}
	if d := s.diff(program.inputs(givenKey)); d.HasChanges {
		t.Errorf("a second up changes %v", d.DetailedDiff)
	}
	noSecretOutside(t, s.state, givenKey)

	first, instance := pid(s), s.text("instance")
	_, err := s.update(program.inputs(otherKey), false)
	must(t, err)
	if program.get(t, "/key") != otherKey || pid(s) == first || s.text("instance") == instance {
		t.Error("the update did not restart the program with its new secret")
	}
	if n := len(program.secretFolders(t)); n != 1 {
		t.Errorf("%d secret folders are left, want the running program's", n)
	}
	must(t, s.delete())
	s.id = ""
	if !program.dead() || len(program.secretFolders(t)) != 0 {
		t.Error("after the deletion the program or its secrets are still there")
	}
}

func TestProcessFilesArePrivate(t *testing.T) {
	t.Parallel()
	s, program := newProcessStack(t)
	must(t, s.create(program.inputs(givenKey)))
	must(t, filepath.Walk(program.dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v, others can read it", path, info.Mode())
		}
		return err
	}))
}

func TestProcessGetsNoForeignEnvironment(t *testing.T) {
	t.Setenv("PULUMI_CONFIG_PASSPHRASE", "passphrase-generated-for-this-test")
	s, program := newProcessStack(t)
	must(t, s.create(program.inputs(givenKey)))
	if env := program.get(t, "/env"); strings.Contains(env, "PASSPHRASE") || strings.Contains(env, givenKey) {
		t.Error("the program's environment holds the deployment's passphrase or the secret itself")
	}
}

func TestDeadProcessIsAChange(t *testing.T) {
	t.Parallel()
	s, program := newProcessStack(t)
	must(t, s.create(program.inputs(givenKey)))
	must(t, syscall.Kill(pid(s), syscall.SIGKILL))
	eventually(t, func() bool { return program.dead() && !identityOf(s).Alive() })

	if running := s.read().Properties.Get("running"); running.AsBool() {
		t.Error("a refresh says that the dead process runs")
	}
	d := s.diff(program.inputs(givenKey))
	if d.DetailedDiff["running"].Kind != p.Update || len(d.DetailedDiff) != 1 {
		t.Fatalf("diff = %v, want an update of `running`", d.DetailedDiff)
	}
	preview, err := s.update(program.inputs(givenKey), true)
	must(t, err)
	if !preview.Get("instance").HasComputed() || preview.Get("token").HasComputed() {
		t.Errorf("preview = %v, want an unknown instance and a known token", preview)
	}
	_, err = s.update(program.inputs(givenKey), false)
	must(t, err)
	if program.dead() {
		t.Error("the update did not start it again")
	}
}

func TestFailedUpdateRestoresThePreviousProcess(t *testing.T) {
	t.Parallel()
	s, program := newProcessStack(t)
	must(t, s.create(program.inputs(givenKey)))
	_, err := s.update(program.inputs(otherKey, "-fail"), false)
	if err == nil || !strings.Contains(err.Error(), "told to fail") || !strings.Contains(err.Error(), "previous process runs again") {
		t.Fatalf("err = %v, want the log's tail and what happened to the previous process", err)
	}
	if strings.Contains(err.Error(), otherKey) {
		t.Error("the error shows a secret")
	}
	if program.get(t, "/key") != givenKey {
		t.Error("the previous process does not run with its own secret")
	}
	if n := len(program.secretFolders(t)); n != 1 {
		t.Errorf("%d secret folders are left, want the previous program's", n)
	}
	if d := s.diff(program.inputs(otherKey)); !d.HasChanges {
		t.Error("the next up does not try the update again")
	}
	_, err = s.update(program.inputs(otherKey), false)
	must(t, err)
	if program.get(t, "/key") != otherKey {
		t.Error("the repaired update does not run")
	}
}

func TestFailedStartLeavesNothing(t *testing.T) {
	t.Parallel()
	s, program := newProcessStack(t)
	sick := with(program.inputs(givenKey, "-sick", "-deaf"), "startTimeoutSeconds", property.New(1.0))
	err := s.create(sick)
	if err == nil || !strings.Contains(err.Error(), "503") || !strings.Contains(err.Error(), "program listens on") {
		t.Fatalf("err = %v, want the last answer and the log's tail", err)
	}
	if !program.dead() || len(program.secretFolders(t)) != 0 {
		t.Error("the program that did not become healthy, or its secrets, are still there")
	}
}

func TestTakenPortIsNamed(t *testing.T) {
	t.Parallel()
	s, program := newProcessStack(t)
	listener, err := net.Listen("tcp", strings.TrimPrefix(program.url, "http://"))
	must(t, err)
	defer listener.Close()
	inputs := with(program.inputs(givenKey), "portSetting", str("pulumi config set --path local.port 8001"))
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	err = s.create(inputs)
	for _, want := range []string{"port " + port + " is not free", "pulumi config set --path local.port 8001"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("err = %v, want %q in it", err, want)
		}
	}
}

func TestTokenFileBecomesASecretOutput(t *testing.T) {
	t.Parallel()
	s, program := newProcessStack(t)
	file := filepath.Join(t.TempDir(), "token")
	must(t, s.create(with(program.inputs(givenKey, "-token", file), "tokenFile", str(file))))
	if got := s.state.Get("token"); !got.Secret() || got.AsString() != "token-generated-for-this-test" {
		t.Error("the token is not a secret output, or not the file's content")
	}
}

func TestTimeoutsDoNotRestart(t *testing.T) {
	t.Parallel()
	s, program := newProcessStack(t)
	must(t, s.create(program.inputs(givenKey)))
	first := pid(s)
	_, err := s.update(with(program.inputs(givenKey), "stopTimeoutSeconds", property.New(2.0)), false)
	must(t, err)
	slower := with(program.inputs(givenKey), "stopTimeoutSeconds", property.New(2.0))
	if d := s.diff(with(slower, "portSetting", str("another"))); d.HasChanges {
		t.Errorf("another text for a message shows as %v", d.DetailedDiff)
	}
	if pid(s) != first || s.state.Get("stopTimeoutSeconds").AsNumber() != 2 {
		t.Error("another timeout restarts the program, or is not remembered")
	}
}

func TestProcessCheckNamesTheField(t *testing.T) {
	t.Parallel()
	s, program := newProcessStack(t)
	for field, value := range map[string]property.Value{
		"command": str(""), "dir": str("relative"), "url": str("http://0.0.0.0:80"), "healthPath": str("health"),
		"startTimeoutSeconds": property.New(-1.0), "stopTimeoutSeconds": property.New(-1.0),
		"env":     property.New(map[string]property.Value{"NOT A NAME": str("")}),
		"secrets": property.New(map[string]property.Value{"../../escape": str("")}),
	} {
		_, failures := s.check(with(program.inputs(givenKey), field, value))
		if len(failures) != 1 || failures[0].Property != field {
			t.Errorf("%s: failures = %v", field, failures)
		}
	}
	both := with(program.beside(givenKey), "url", str("http://127.0.0.1:8000"))
	if _, failures := s.check(both); len(failures) != 1 || failures[0].Property != "url" {
		t.Errorf("url and portVariable: failures = %v", failures)
	}
	s.checked(with(program.inputs(givenKey), "healthPath", str("tcp")))
}

// A process is asked on this machine, over HTTP, on a port that it was given.
func TestProcessURLs(t *testing.T) {
	t.Parallel()
	s, program := newProcessStack(t)
	for url, taken := range map[string]bool{
		"http://127.0.0.1:8000": true, "http://localhost:8000": true, "http://[::1]:8000": true, "http://127.8.8.8:1": true,
		"": false, "http://127.0.0.1": false, "http://127.0.0.1:0": false, "https://127.0.0.1:8000": false, "127.0.0.1:8000": false,
		"http://127.0.0.1:port": false, "http://192.0.2.1:8000": false, "http://example.com:8000": false, "unix://localhost:8000": false,
	} {
		_, failures := s.check(with(program.inputs(givenKey), "url", str(url)))
		if (len(failures) == 0) != taken || !taken && failures[0].Property != "url" {
			t.Errorf("%q: failures = %v", url, failures)
		}
	}
}

// eventually waits for a condition, with a limit.
func eventually(t *testing.T, condition func() bool) {
	t.Helper()
	deadline := time.After(2 * time.Minute)
	for !condition() {
		select {
		case <-deadline:
			t.Fatal(fmt.Errorf("it did not happen within two minutes"))
		case <-time.After(10 * time.Millisecond):
		}
	}
}
