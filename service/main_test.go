package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/service/store/astratest"
)

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "killrvideo-")
	if err == nil {
		binary = filepath.Join(dir, "killrvideo")
		build := exec.Command("go", "build", "-tags=nomsgpack", "-ldflags=-s -w", "-o", binary, ".")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		build.Stderr = os.Stderr
		err = build.Run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "build the program:", err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// unknownToken is in the form of Astra's tokens; nothing accepts it.
var unknownToken = "AstraCS:canary-generated:" + strings.Repeat("0d", 32)

// settings suffice to start. Nothing answers at the endpoint.
func settings(more ...string) []string {
	return append([]string{
		"ASTRA_DB_APPLICATION_TOKEN=" + unknownToken, "ASTRA_DB_API_ENDPOINT=http://127.0.0.1:1",
		"ASTRA_DB_KEYSPACE=killrvideo", "JWT_SECRET_KEY=" + astratest.SigningKey(), "HOST=127.0.0.1", "PORT=0", "REVISION=r1",
	}, more...)
}

// output collects what a program prints and can wait for a line.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{}
}

func newOutput() *output { return &output{more: make(chan struct{}, 1)} }

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case o.more <- struct{}{}:
	default:
	}
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// line waits for the log line with this message.
func (o *output) line(t testing.TB, message string) map[string]any {
	t.Helper()
	deadline := time.After(3 * time.Minute)
	for {
		for _, text := range strings.Split(o.String(), "\n") {
			var line map[string]any
			if json.Unmarshal([]byte(text), &line) == nil && line["msg"] == message {
				return line
			}
		}
		select {
		case <-o.more:
		case <-deadline:
			t.Fatalf("no line %q in %s", message, o)
		}
	}
}

// process is the real program.
type process struct {
	*exec.Cmd
	out *output
	url string
}

func start(t testing.TB, env ...string) *process {
	t.Helper()
	_ = os.Getenv("SOURCES") // see test.sh
	p := &process{Cmd: exec.Command(binary), out: newOutput()}
	p.Env, p.Dir, p.Stdout, p.Stderr = env, t.TempDir(), p.out, p.out
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if p.ProcessState == nil {
			_ = p.Process.Kill()
			_ = p.Wait()
		}
	})
	p.url = "http://" + p.out.line(t, "listening")["address"].(string)
	return p
}

// end waits for the program and gives its exit code, -1 if a signal ended it.
func (p *process) end(t testing.TB) int {
	t.Helper()
	limit := time.AfterFunc(3*time.Minute, func() {
		t.Error("it did not end within 3 minutes")
		_ = p.Process.Kill()
	})
	defer limit.Stop()
	var exit *exec.ExitError
	if err := p.Wait(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return p.ProcessState.ExitCode()
}

func status(t testing.TB, url string) int {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode
}

func TestDrainOnSIGTERM(t *testing.T) {
	t.Parallel()
	p := start(t, settings("SHUTDOWN_GRACE_SECONDS=1")...)
	conn, finish := halfRequest(t, p)
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.out.line(t, "draining")
	if got := status(t, p.url+"/health/ready"); got != http.StatusServiceUnavailable {
		t.Errorf("ready is %d", got)
	}
	if got := status(t, p.url+"/health"); got != http.StatusOK {
		t.Errorf("a new request got %d", got)
	}
	waitUntilRefused(t, p)
	if answer := finish(); !strings.HasPrefix(answer, "HTTP/1.1 422 ") {
		t.Errorf("the request in flight got %q", answer)
	}
	_ = conn.Close()
	if code := p.end(t); code != 0 {
		t.Errorf("exit code %d: %s", code, p.out)
	}
	p.out.line(t, "stopped")
}

// TestKeepAliveConnectionsAreNotCut: a client that goes on with its connection
// while the process drains is told to close it before the process does.
func TestKeepAliveConnectionsAreNotCut(t *testing.T) {
	t.Parallel()
	p := start(t, settings("SHUTDOWN_GRACE_SECONDS=1")...)
	var clients sync.WaitGroup
	for range 8 {
		client := http.Client{Transport: &http.Transport{MaxConnsPerHost: 1}}
		clients.Go(func() {
			for told := false; !told; {
				response, err := client.Get(p.url + "/health")
				if err != nil {
					t.Errorf("a request over a connection that was not told to close: %v", err)
					return
				}
				_, _ = io.Copy(io.Discard, response.Body)
				_ = response.Body.Close()
				told = response.Close
			}
		})
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	clients.Wait()
	if code := p.end(t); code != 0 {
		t.Errorf("exit code %d: %s", code, p.out)
	}
}

// TestShutdownIsBounded: a platform kills what takes longer than it says, so the
// service gives up a request that does not end.
func TestShutdownIsBounded(t *testing.T) {
	t.Parallel()
	p := start(t, settings("SHUTDOWN_GRACE_SECONDS=0", "SHUTDOWN_TIMEOUT_SECONDS=3")...)
	conn, _ := halfRequest(t, p)
	defer conn.Close()
	began := time.Now()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := p.end(t); code != 1 {
		t.Errorf("exit code %d: %s", code, p.out)
	}
	// Without the bound it is requestTimeout.
	if took := time.Since(began); took >= requestTimeout-time.Second {
		t.Errorf("the end took %v", took)
	}
	if !strings.Contains(p.out.String(), "requests were still in flight") {
		t.Errorf("it does not say why: %s", p.out)
	}
}

// halfRequest sends a request but for its last bytes; finish sends them and
// gives the answer.
func halfRequest(t *testing.T, p *process) (conn net.Conn, finish func() string) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(conn, "POST /api/v1/users/login HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
	if err != nil {
		t.Fatal(err)
	}
	// The server asks for the body once a handler reads it: it is in flight.
	interim := make([]byte, len("HTTP/1.1 100 Continue\r\n\r\n"))
	if _, err := io.ReadFull(conn, interim); err != nil || !strings.HasPrefix(string(interim), "HTTP/1.1 100") {
		t.Fatalf("%q %v", interim, err)
	}
	return conn, func() string {
		if _, err := io.WriteString(conn, "{}"); err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(conn)
		if err != nil {
			t.Fatal(err)
		}
		return string(answer)
	}
}

// waitUntilRefused waits for the listener to close.
func waitUntilRefused(t *testing.T, p *process) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	var dialer net.Dialer
	for {
		conn, err := dialer.DialContext(ctx, "tcp", strings.TrimPrefix(p.url, "http://"))
		if errors.Is(err, syscall.ECONNREFUSED) {
			return
		}
		switch {
		case err == nil:
			_ = conn.Close()
		case !errors.Is(err, syscall.ECONNRESET): // reset: taken from the queue of a listener that closes
			t.Fatal(err)
		}
	}
}
