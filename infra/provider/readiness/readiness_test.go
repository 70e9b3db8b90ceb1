package readiness_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/provider/readiness"
)

func proofOf(url string) readiness.Proof {
	return readiness.Proof{URL: url, Revision: "r2", Consecutive: 3, Timeout: 150 * time.Millisecond, Interval: time.Millisecond}
}

// serve answers the n-th question, from 1, with answer(n).
func serve(t *testing.T, answer func(n int64) (status int, body string)) (string, *atomic.Int64) {
	t.Helper()
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != readiness.Path {
			http.Error(w, "wrong path "+r.URL.Path, http.StatusTeapot)
			return
		}
		status, body := answer(asked.Add(1))
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(server.Close)
	return server.URL, &asked
}

func TestWaitNeedsAnswersInARow(t *testing.T) {
	t.Parallel()
	url, asked := serve(t, func(n int64) (int, string) {
		if n == 3 || n == 1 {
			return 200, `{"status":"ready","revision":"r1"}`
		}
		return 200, `{"status":"ready","revision":"r2"}`
	})
	proof := proofOf(url + "/")
	proof.Timeout = 10 * time.Second
	if err := proof.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := asked.Load(); got != 6 {
		t.Errorf("asked %d times, want 6: the wrong third answer starts the count again", got)
	}
}

func TestFailureSaysWhy(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status int
		body   string
		want   []string
	}{
		"another revision": {200, `{"status":"ready","revision":"r1"}`,
			[]string{"status 200 from revision r1", "Other revisions answered: r1 (", "another revision has the traffic"}},
		"not ready, and why": {503, `{"status":"not ready","reason":"data store refuses the credentials","revision":"r2"}`,
			[]string{"status 503 Service Unavailable, and the reason: data store refuses the credentials", "its database does not answer"}},
		"not ready": {503, "{\"status\":\n\"not ready\"}",
			[]string{"status 503 Service Unavailable", `Body: {"status": "not ready"}`, "its database does not answer"}},
		"sign-in":       {403, "", []string{"status 403", "sign-in"}},
		"redirect":      {302, "", []string{"status 302", "redirects"}},
		"other program": {200, "<html>hello</html>", []string{"without a revision", "<html>hello</html>", "another program"}},
		"long body":     {500, strings.Repeat("x", 5000), []string{"status 500", strings.Repeat("x", 300) + "…"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, _ := serve(t, func(int64) (int, string) { return test.status, test.body })
			err := proofOf(url).Wait(t.Context())
			var failure *readiness.Failure
			if !errors.As(err, &failure) {
				t.Fatalf("err = %v, want a Failure", err)
			}
			for _, want := range append(test.want, "revision r2 does not serve at "+url, "What to do:") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the report lacks %q:\n%v", want, err)
				}
			}
			if n := strings.Count(err.Error(), "refuses the credentials"); n > 1 {
				t.Errorf("the reason is given %d times:\n%v", n, err)
			}
			if strings.Contains(err.Error(), strings.Repeat("x", 301)) {
				t.Error("the body is not shortened")
			}
		})
	}
}

func TestFailureShowsTheLogsTail(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "log")
	text := strings.Repeat("an early line\n", 90000) + "listen: address already in use\n"
	if err := os.WriteFile(log, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	proof := proofOf("http://127.0.0.1:1") // nothing can listen there without being root
	proof.LogFile = log
	err := proof.Wait(t.Context())
	for _, want := range []string{"no answer (", "nothing listens there", "Last lines of " + log, "address already in use"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the report lacks %q:\n%v", want, err)
		}
	}
	if n := strings.Count(err.Error(), "an early line"); n != 19 {
		t.Errorf("%d early lines are shown, want 19: the last 20 lines in all", n)
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	url, _ := serve(t, func(n int64) (int, string) {
		if n == 2 {
			cancel()
		}
		return 503, ""
	})
	proof := proofOf(url)
	proof.Timeout = time.Hour
	if err := proof.Wait(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want the context's", err)
	}
}

func TestProgressIsToldWhenItChanges(t *testing.T) {
	t.Parallel()
	url, _ := serve(t, func(n int64) (int, string) {
		if n < 5 {
			return 503, ""
		}
		return 200, `{"revision":"r2"}`
	})
	var lines []string
	proof := proofOf(url)
	proof.Timeout = 10 * time.Second
	proof.Progress = func(line string) { lines = append(lines, line) }
	if err := proof.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(lines) != 2 || !strings.Contains(lines[0], "503") || !strings.Contains(lines[1], "revision r2") {
		t.Errorf("progress = %q, want one line for 503 and one for 200", lines)
	}
}

func TestCheckURL(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{
		"http://127.0.0.1:8000": true, "https://api.example.com/base": true,
		"": false, "127.0.0.1:8000": false, "ftp://a": false, "http://": false, "http://a?b=c": false, "http://u:p@a": false,
	} {
		if err := readiness.CheckURL(text); (err == nil) != ok {
			t.Errorf("CheckURL(%q) = %v", text, err)
		}
	}
}

// TestARequestThatHangsIsSeen: it is the only one that was asked.
func TestARequestThatHangsIsSeen(t *testing.T) {
	t.Parallel()
	over := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-over }))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(over) })
	err := proofOf(server.URL).Wait(t.Context())
	for _, want := range []string{"and 1 requests", "Last: no answer", "does not answer: look at"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the report lacks %q:\n%v", want, err)
		}
	}
	if err != nil && strings.Contains(err.Error(), "status 0") {
		t.Errorf("the report speaks of a status that was not received:\n%v", err)
	}
}

func TestTheLogsTailHasNoProbesAndNoRepetition(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "log")
	text := `{"time":"1","level":"INFO","msg":"listening"}` + "\n"
	for i := range 100 {
		text += fmt.Sprintf(`{"time":"%d","msg":"not ready","request_id":"r%d","error":"no credentials"}`, i, i) + "\n" +
			fmt.Sprintf(`{"time":"%d","msg":"request","path":"/health/ready","status":503}`, i) + "\n"
	}
	if err := os.WriteFile(log, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if lines := readiness.Tail(log, 20, "no credentials"); len(lines) != 1 {
		t.Errorf("with the reason said already, shown are %q", lines)
	}
	lines := readiness.Tail(log, 20)
	if len(lines) != 2 || !strings.Contains(lines[0], "listening") || !strings.Contains(lines[1], "no credentials") {
		t.Errorf("shown are %q", lines)
	}
}

// TestHowARevisionIsRecognised: by a field, a nested one, a header, or by the
// status alone.
func TestHowARevisionIsRecognised(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body, header string
		proof        readiness.Proof
		right        bool
	}{
		"a field":                 {`{"version":"r2"}`, "", readiness.Proof{Field: "version"}, true},
		"a nested field":          {`{"build":{"revision":"r2"}}`, "", readiness.Proof{Field: "build.revision"}, true},
		"another field":           {`{"revision":"r2"}`, "", readiness.Proof{Field: "version"}, false},
		"a header":                {"hello", "r2", readiness.Proof{Header: "X-Revision"}, true},
		"another header's value":  {`{"revision":"r2"}`, "r1", readiness.Proof{Header: "X-Revision"}, false},
		"the status":              {"hello", "", readiness.Proof{StatusOnly: true}, true},
		"a status without others": {"hello", "", readiness.Proof{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/about" {
					http.Error(w, "wrong path", http.StatusTeapot)
					return
				}
				w.Header().Set("X-Revision", test.header)
				fmt.Fprint(w, test.body)
			}))
			t.Cleanup(server.Close)
			proof := proofOf(server.URL)
			proof.Path, proof.Field, proof.Header, proof.StatusOnly = "/about", test.proof.Field, test.proof.Header, test.proof.StatusOnly
			if test.right {
				proof.Timeout = time.Minute // ended by the right answers
			}
			if err := proof.Wait(t.Context()); (err == nil) != test.right {
				t.Errorf("right: %v, but the proof ended with %v", test.right, err)
			}
		})
	}
}
