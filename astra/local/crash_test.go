package local_test

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/local"
)

// program is the built binary, run as a process that can be killed.
func program(t *testing.T) string {
	t.Helper()
	_ = os.Getenv("SOURCES") // see test.sh
	path := filepath.Join(t.TempDir(), "astra-local")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", path, "./cmd/astra-local")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return path
}

func launch(t *testing.T, path, dir string) (*embedded, *exec.Cmd) {
	t.Helper()
	cmd := exec.Command(path, "-dir", dir)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	e := &embedded{}
	for lines := bufio.NewScanner(stdout); e.url == "" && lines.Scan(); {
		e.url, _ = strings.CutPrefix(lines.Text(), "url: ")
		if !strings.HasPrefix(e.url, "http") {
			e.url = ""
		}
	}
	token, err := os.ReadFile(filepath.Join(dir, "admin-token"))
	if err != nil || e.url == "" {
		t.Fatalf("it did not come up: %v", err)
	}
	e.admin = strings.TrimSpace(string(token))
	return e, cmd
}

// crashTarget is where a crash test writes, and how it finds a write again.
type crashTarget struct{ create, document, find, found string }

// TestAcknowledgedWritesSurviveKill kills the process under writes from several
// clients and looks for every write that had been answered.
func TestAcknowledgedWritesSurviveKill(t *testing.T) {
	t.Parallel()
	path := program(t)
	for name, target := range map[string]crashTarget{
		"table": {
			`{"createTable":{"name":"written","definition":{"columns":{"id":"int"},"primaryKey":"id"}}}`,
			`{"id":%d}`, `{"findOne":{"filter":{"id":%d}}}`, `"id":%d`,
		},
		// Found by a word, so that the text index is compared too.
		"collection": {
			`{"createCollection":{"name":"written","options":{"vector":{"dimension":2}}}}`,
			`{"_id":%d,"$lexical":"w%[1]d","$vector":[1,%[1]d]}`,
			`{"findOne":{"filter":{"$lexical":{"$match":"w%d"}}}}`, `"_id":%d`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			target.crash(t, path)
		})
	}
}

func (target crashTarget) crash(t *testing.T, path string) {
	t.Helper()
	dir, acknowledged := t.TempDir(), &record{}
	for round := range 3 {
		e, cmd := launch(t, path, dir)
		if round == 0 {
			e.done(t, keyspace, target.create)
		}
		target.writeUntilKilled(t, e, cmd, round, acknowledged)
	}
	e, cmd := launch(t, path, dir)
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}()
	for _, id := range acknowledged.ids {
		r := e.done(t, keyspace+"/written", fmt.Sprintf(target.find, id))
		if !strings.Contains(r.text, fmt.Sprintf(target.found, id)) {
			t.Errorf("write %d was acknowledged and is lost", id)
		}
	}
	if len(acknowledged.ids) < 150 {
		t.Errorf("only %d writes were acknowledged; that shows nothing", len(acknowledged.ids))
	}
}

// record holds the writes that were answered.
type record struct {
	mu  sync.Mutex
	ids []int
}

func (r *record) add(id int) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ids = append(r.ids, id)
	return len(r.ids)
}

// writeUntilKilled has four clients write; the process is killed after a
// number of answers, in the middle of other writes.
func (target crashTarget) writeUntilKilled(t *testing.T, e *embedded, cmd *exec.Cmd, round int, acknowledged *record) {
	t.Helper()
	var clients sync.WaitGroup
	for client := range 4 {
		clients.Go(func() {
			for i := range 1000 {
				id := round*100_000 + client*1000 + i
				body := strings.NewReader(fmt.Sprintf(`{"insertOne":{"document":`+target.document+`}}`, id))
				request, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, e.url+"/v1/"+keyspace+"/written", body)
				request.Header.Set("Token", e.admin)
				request.Header.Set("Content-Type", "application/json")
				response, err := http.DefaultClient.Do(request)
				if err != nil {
					return // the process is gone
				}
				_ = response.Body.Close()
				if response.StatusCode == http.StatusOK && acknowledged.add(id) == (round+1)*60 {
					_ = cmd.Process.Kill()
				}
			}
		})
	}
	clients.Wait()
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}

func TestFolderIsLocked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	server, err := local.Open(local.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := local.Open(local.Config{Dir: dir}); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("a second one opened the folder: %v", err)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := local.Open(local.Config{Dir: dir})
	if err != nil {
		t.Fatalf("after the first one ended: %v", err)
	}
	_ = again.Close()
}

func TestOnlyLoopback(t *testing.T) {
	t.Parallel()
	err := local.Run(t.Context(), []string{"-dir", t.TempDir(), "-addr", "0.0.0.0:0"}, nil, os.Stdout)
	if err == nil || !strings.Contains(err.Error(), "loopback") {
		t.Errorf("it listens on every address: %v", err)
	}
}
