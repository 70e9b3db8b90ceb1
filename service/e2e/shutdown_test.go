//go:build unix

package e2e_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/service/store/astratest"
)

const inFlight = 4

// TestSIGTERMOnAThrottledProcessor gives an instance the times of each target, as
// its reviewed plan has them, and a tenth of a processor. It answers what is in
// flight at SIGTERM and ends in time; the plan is held to kill it later
// (TestTimes of each target).
func TestSIGTERMOnAThrottledProcessor(t *testing.T) {
	t.Parallel()
	plans, err := filepath.Glob("../../stacks/testdata/*-prod/plan.txt")
	if err != nil || len(plans) < 4 {
		t.Fatalf("the reviewed plans are %v: %v", plans, err)
	}
	for _, path := range plans {
		target, _, _ := strings.Cut(filepath.Base(filepath.Dir(path)), "-")
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			times := timesOf(t, path)
			astra := newFaulty(t)
			p, err := startAPI(t.Context(), t.TempDir(), append(times.settings, "ASTRA_DB_API_ENDPOINT="+astra.url)...)
			must(t, err)
			t.Cleanup(func() { _ = p.cmd.Process.Kill() })
			p.call(t, http.MethodGet, "/api/v1/videos/latest", "", nil).want(t, 200, "")
			must(t, throttled(t, p).share(10))
			p.idleConnection(t)
			astra.mode.Store("late")
			var answers sync.WaitGroup
			sent := astra.refused.Load()
			for n := range inFlight {
				request := attempt{method: http.MethodGet, path: fmt.Sprintf("/api/v1/videos/by-tag/tag%d", n)} // none shares an answer
				answers.Go(func() {
					if status, wrong := request.try(t.Context(), p.url); status != 200 {
						t.Errorf("a request in flight got %d %s", status, wrong)
					}
				})
			}
			astratest.Eventually(t, func() (bool, any) { return astra.refused.Load() >= sent+inFlight, "they are not in flight" })
			began := time.Now()
			must(t, p.cmd.Process.Signal(syscall.SIGTERM))
			answers.Wait()
			<-p.read
			if err := p.cmd.Wait(); err != nil {
				t.Errorf("it ended with %v", err)
			}
			if took := time.Since(began); took > times.timeout {
				t.Errorf("it took %v to end, want %v at most", took, times.timeout)
			} else {
				t.Logf("it took %v of %v", took.Round(time.Millisecond), times.timeout)
			}
		})
	}
}

// times are a target's settings of an instance's end.
type times struct {
	settings []string
	timeout  time.Duration
}

// timesOf reads them from a plan, in whichever form the target has variables.
func timesOf(t *testing.T, plan string) (found times) {
	t.Helper()
	text, err := os.ReadFile(plan)
	must(t, err)
	for _, name := range []string{"SHUTDOWN_GRACE_SECONDS", "SHUTDOWN_TIMEOUT_SECONDS", "KEEP_ALIVE_TIMEOUT_SECONDS"} {
		match := regexp.MustCompile(name + `[^0-9A-Z_]{1,60}([0-9]+)`).FindSubmatch(text)
		if match == nil {
			t.Fatalf("%s has no %s", plan, name)
		}
		found.settings = append(found.settings, fmt.Sprintf("%s=%s", name, match[1]))
		if name == "SHUTDOWN_TIMEOUT_SECONDS" {
			seconds, err := strconv.Atoi(string(match[1]))
			must(t, err)
			found.timeout = time.Duration(seconds) * time.Second
		}
	}
	return found
}

// idleConnection is one on which a balancer has sent a request and will send
// more; it must not keep the instance from ending.
func (p *process) idleConnection(t *testing.T) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	_, err = io.WriteString(conn, "GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
	must(t, err)
	begin := make([]byte, len("HTTP/1.1 200"))
	_, err = io.ReadFull(conn, begin)
	must(t, err)
}
