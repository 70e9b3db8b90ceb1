//go:build linux

package container

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/porttest"
)

// graceSeconds is the platform's limit between SIGTERM and SIGKILL.
const graceSeconds = 20

// hardened are the flags that stand for what the targets ask of their platform.
func hardened() []string {
	return []string{
		"--network=host", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges",
		"--memory=256m", "--pids-limit=64", "--health-interval=1s", "--health-start-period=1s",
	}
}

// testNoSettings starts the image bare: it must end by itself and name what
// is missing.
func testNoSettings(t *testing.T, e engine, image string) {
	args := append([]string{"run", "-d"}, hardened()...)
	container := e.run(t, append(args, image)...)
	e.after(t, "rm", "-f", container)
	if code := e.run(t, "wait", container); code == "0" {
		t.Error("it started without any setting")
	}
	log := logs(t, e, container)
	for _, name := range []string{"ASTRA_DB_APPLICATION_TOKEN", "ASTRA_DB_API_ENDPOINT", "ASTRA_DB_KEYSPACE", "JWT_SECRET_KEY"} {
		if !strings.Contains(log, name) {
			t.Errorf("the message does not name %s:\n%s", name, log)
		}
	}
}

// testProduction runs the image hardened, with secrets as files, against an
// embedded Astra that has a role of least privilege, through its whole life.
func testProduction(t *testing.T, e engine, image, revision, commit string) {
	prepared := prepare(t, startAstra(t))
	prepared.readableBy(t, 65532)
	port := freePort(t)
	args := append([]string{"run", "-d", "-v", prepared.dir + ":/run/secrets:ro"}, hardened()...)
	for _, setting := range []string{
		"HOST=127.0.0.1", "PORT=" + port, "REVISION=" + revision, "SHUTDOWN_GRACE_SECONDS=2",
		"ASTRA_DB_API_ENDPOINT=" + prepared.url, "ASTRA_DB_KEYSPACE=killrvideo",
		"ASTRA_DB_APPLICATION_TOKEN_FILE=/run/secrets/ASTRA_DB_APPLICATION_TOKEN",
		"ASTRA_DB_READ_ONLY_TOKEN_FILE=/run/secrets/ASTRA_DB_READ_ONLY_TOKEN", "JWT_SECRET_KEY_FILE=/run/secrets/JWT_SECRET_KEY",
	} {
		args = append(args, "-e", setting)
	}
	container := e.run(t, append(args, image)...)
	e.after(t, "rm", "-f", container)

	eventually(t, 30*time.Second, "HEALTHCHECK to say healthy", func() (bool, string) {
		state := e.run(t, "inspect", "-f", "{{.State.Status}} {{.State.Health.Status}}", container)
		if strings.HasPrefix(state, "exited") {
			t.Fatalf("the container ended:\n%s", logs(t, e, container))
		}
		return state == "running healthy", state
	})
	testReady(t, "http://127.0.0.1:"+port, revision)
	testVersion(t, "http://127.0.0.1:"+port, map[string]string{"version": "v0.0.0-test", "commit": commit, "revision": revision})
	if log := logs(t, e, container); !strings.Contains(log, `"msg":"memory limit","revision":"`+revision+`","mib":230`) {
		t.Errorf("the garbage collector does not know of the container's 256 MiB:\n%s", log)
	}
	testConfined(t, e.run(t, "inspect", "-f", "{{.State.Pid}}", container))
	told := e.run(t, "inspect", container) + logs(t, e, container)
	for _, secret := range prepared.secrets(t) {
		if strings.Contains(told, secret) {
			t.Error("a secret's value is in the container's description or log")
		}
	}
	testStop(t, e, container)
}

func testReady(t *testing.T, url, revision string) {
	var status int
	var body struct{ Status, Database, Revision string }
	eventually(t, 15*time.Second, "/health/ready to answer 200", func() (bool, string) {
		answer, err := http.Get(url + "/health/ready")
		if err != nil {
			return false, err.Error()
		}
		defer answer.Body.Close()
		text, _ := io.ReadAll(answer.Body)
		status, body.Revision = answer.StatusCode, ""
		err = json.Unmarshal(text, &body)
		return err == nil && status == http.StatusOK, fmt.Sprintf("%d %s", status, text)
	})
	if body.Status != "ready" || body.Database != "connected" || body.Revision != revision {
		t.Errorf("ready says %+v, want ready, connected and revision %s", body, revision)
	}
}

// testVersion wants the image to say what it was built from.
func testVersion(t *testing.T, url string, want map[string]string) {
	answer, err := http.Get(url + "/version")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	got := map[string]string{}
	if err := json.NewDecoder(answer.Body).Decode(&got); err != nil || !maps.Equal(got, want) {
		t.Errorf("/version says %v, %v, want %v", got, err, want)
	}
}

// testConfined reads from the kernel what the process may do.
func testConfined(t *testing.T, pid string) {
	text, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		t.Skipf("the engine's processes are not visible here: %v", err)
	}
	status := map[string][]string{}
	for _, line := range strings.Split(string(text), "\n") {
		if name, values, ok := strings.Cut(line, ":"); ok {
			status[name] = strings.Fields(values)
		}
	}
	for _, id := range append(status["Uid"], status["Gid"]...) {
		if n, err := strconv.Atoi(id); err != nil || n < 1000 {
			t.Errorf("the process runs as id %s, want 1000 or more", id)
		}
	}
	for name, want := range map[string]string{"CapEff": "0000000000000000", "CapBnd": "0000000000000000", "NoNewPrivs": "1"} {
		if len(status[name]) != 1 || status[name][0] != want {
			t.Errorf("%s is %v, want %s", name, status[name], want)
		}
	}
}

// testStop asks the container to end, as every platform does, with SIGTERM.
func testStop(t *testing.T, e engine, container string) {
	began := time.Now()
	e.run(t, "stop", "-t", strconv.Itoa(graceSeconds), container)
	if took := time.Since(began); took > graceSeconds*time.Second {
		t.Errorf("it took %v to end, the grace time is %d s", took, graceSeconds)
	}
	if state := e.run(t, "inspect", "-f", "{{.State.ExitCode}} {{.State.OOMKilled}}", container); state != "0 false" {
		t.Errorf("exit code and out-of-memory: %s, want 0 false\n%s", state, logs(t, e, container))
	}
}

func logs(t *testing.T, e engine, container string) string {
	t.Helper()
	out, err := e.command(t.Context(), "logs", container).CombinedOutput()
	if err != nil {
		t.Fatalf("docker logs: %v", err)
	}
	return string(out)
}

func freePort(t *testing.T) string { return strconv.Itoa(porttest.Free(t)) }
