package e2e_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/service/store/astratest"
)

// stalled are requests that stop before their end.
var stalled = map[string]string{
	"1 MiB announced": "POST /api/v1/users/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1048576\r\n\r\n" +
		strings.Repeat(" ", 1<<20-1),
	"1 MiB where a token is needed": "POST /api/v1/videos HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n" +
		strings.Repeat(" ", 1<<20-1),
	"64 KiB announced": "POST /api/v1/users/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 65536\r\n\r\n" +
		strings.Repeat(" ", 64<<10-1),
	"64 KiB where a token is needed": "POST /api/v1/videos HTTP/1.1\r\nHost: x\r\nContent-Length: 65536\r\n\r\n" +
		strings.Repeat(" ", 64<<10-1),
	"nothing announced": "POST /api/v1/users/register HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\n" +
		strings.Repeat(" ", 64<<10-1),
	"readers of a page": "GET /docs/assets/redoc.js HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
	"many headers":      "GET /health HTTP/1.1\r\nHost: x\r\n" + manyHeaders(2200),
	"in the headers":    "GET /health HTTP/1.1\r\nHost: x\r\nX-Long: " + strings.Repeat("x", 32<<10-64),
}

func manyHeaders(n int) string {
	var lines strings.Builder
	for i := range n {
		fmt.Fprintf(&lines, "a%d: \r\n", i)
	}
	return lines.String()
}

// TestStalledRequestsAreCheap: 400 anonymous connections that stall do not take
// the process above 64 MiB, nor the service from others. No rate limit helps here.
func TestStalledRequestsAreCheap(t *testing.T) {
	t.Parallel()
	for name, request := range stalled {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := instance(t)
			p.settle(t)
			var sending, open sync.WaitGroup
			sending.Add(400)
			stop := make(chan struct{})
			for range 400 {
				open.Go(func() { stall(t, p.url, request, sending.Done, stop) })
			}
			sending.Wait()
			for range 3 {
				p.call(t, http.MethodGet, "/health", "", nil).want(t, 200, "")
				p.smallBody(t)
			}
			close(stop)
			open.Wait() // until the service has let go of all of them
			peak := p.memory(t, "VmHWM")
			t.Logf("at most %.1f MiB", peak)
			if peak > 64 {
				t.Errorf("the process took %.1f MiB", peak)
			}
			creatorAt(t, p)
		})
	}
}

// smallBody sends one, and again while it is told to: in the first moment of a
// burst the small beginnings of the large bodies may hold all that there is.
func (p *process) smallBody(t *testing.T) {
	t.Helper()
	astratest.Eventually(t, func() (bool, any) {
		a := p.call(t, http.MethodPost, "/api/v1/users/login", "", map[string]any{})
		if a.status == 503 && a.header.Get("Retry-After") != "" {
			return false, a.raw
		}
		a.want(t, 422, "")
		return true, nil
	})
}

// stall sends what it can of a request, reads nothing until it is told to stop,
// and waits until the service hangs up.
func stall(t *testing.T, url, request string, sent func(), stop <-chan struct{}) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		sent()
		t.Error(err)
		return
	}
	defer conn.Close()
	_ = conn.(*net.TCPConn).SetReadBuffer(4 << 10)
	_ = conn.SetDeadline(time.Now().Add(deadline))
	_, _ = io.WriteString(conn, request) // the service may refuse it before its end
	sent()
	<-stop
	_, _ = io.Copy(io.Discard, conn)
}

// settle lets the peak of the process begin again.
func (p *process) settle(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", p.cmd.Process.Pid), []byte("5"), 0); err != nil {
		t.Fatal(err)
	}
	t.Logf("before: %.1f MiB", p.memory(t, "VmHWM"))
}

// memory is a line of the process's status in MiB: VmRSS is what it has, and
// VmHWM the most that it had.
func (p *process) memory(t *testing.T, name string) float64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	match := regexp.MustCompile(`(?m)^` + name + `:\s+(\d+) kB$`).FindSubmatch(status)
	if match == nil {
		t.Fatalf("no %s in %s", name, status)
	}
	kib, err := strconv.ParseFloat(string(match[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	return kib / 1024
}

// creatorAt registers an account at this instance: it still works.
func creatorAt(t *testing.T, p *process) {
	t.Helper()
	p.call(t, http.MethodPost, "/api/v1/users/register", "", registration(newEmail())).want(t, 201, "")
}

// TestRateLimitsHoldAgainstForgedHeaders: a limit of two logins a minute, and
// what the third attempt of a client is answered that makes up an address each time.
func TestRateLimitsHoldAgainstForgedHeaders(t *testing.T) {
	t.Parallel()
	const proxy, other = "127.0.0.2", "127.0.0.9"
	for name, test := range map[string]struct {
		trusted, from string
		forwarded     func(i int) []string
		third         int
	}{
		"nothing in front": {"", "127.0.0.1", func(i int) []string { return []string{fmt.Sprintf("203.0.113.%d", i)} }, 429},
		"past the proxy":   {proxy, other, func(i int) []string { return []string{fmt.Sprintf("203.0.113.%d", i)} }, 429},
		"past the proxy, in its name": {proxy, other, func(i int) []string {
			return []string{fmt.Sprintf("203.0.113.%d, %s", i, proxy)}
		}, 429},
		"through the proxy": {proxy, proxy, func(i int) []string {
			return []string{fmt.Sprintf("198.51.100.%d, 203.0.113.7", i)}
		}, 429},
		"through a proxy that adds a line": {proxy, proxy, func(i int) []string {
			return []string{fmt.Sprintf("198.51.100.%d", i), "203.0.113.7"}
		}, 429},
		"through two proxies": {proxy + ",192.0.2.0/24", proxy, func(i int) []string {
			return []string{fmt.Sprintf("198.51.100.%d, 203.0.113.7, 192.0.2.5", i)}
		}, 429},
		"many clients of a proxy": {proxy, proxy, func(i int) []string { return []string{fmt.Sprintf("203.0.113.%d", i)} }, 422},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := instance(t, "RATE_LIMIT_LOGINS=2", "TRUSTED_PROXIES="+test.trusted)
			client := from(t, test.from)
			var last int
			for i := range 3 {
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url+"/api/v1/users/login", strings.NewReader("{}"))
				if err != nil {
					t.Fatal(err)
				}
				req.Header["X-Forwarded-For"] = test.forwarded(i + 1)
				for _, ignored := range []string{"X-Real-Ip", "Forwarded", "X-Client-Ip", "Cf-Connecting-Ip", "True-Client-Ip"} {
					req.Header.Set(ignored, fmt.Sprintf("203.0.113.%d", i+1))
				}
				resp, err := client.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				_ = resp.Body.Close()
				last = resp.StatusCode
			}
			if last != test.third {
				t.Errorf("the third attempt: %d, want %d", last, test.third)
			}
		})
	}
}

// from is a client with this address.
func from(t *testing.T, address string) *http.Client {
	t.Helper()
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	transport := &http.Transport{DialContext: func(ctx context.Context, network, to string) (net.Conn, error) {
		return dialer.DialContext(ctx, network, to)
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// TestProbesByHead: balancers and monitors ask by HEAD.
func TestProbesByHead(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]int{"/health": 200, "/health/ready": 200, "/api/v1/videos/latest": 200, "/nope": 404} {
		if resp := at(t, http.MethodHead, path); resp.StatusCode != want || resp.Header.Get("Content-Type") == "" {
			t.Errorf("%s: %d %v", path, resp.StatusCode, resp.Header)
		}
	}
}

func TestCompressedBodyIsRefused(t *testing.T) {
	t.Parallel()
	var body bytes.Buffer
	w := gzip.NewWriter(&body)
	_, _ = io.WriteString(w, `{"email":"a@example.com","password":"x"}`)
	_ = w.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, system.url+"/api/v1/users/login", &body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Content-Encoding", "gzip")
	if a := send(t, req).want(t, 415, ""); a.header.Get("Accept-Encoding") != "identity" {
		t.Errorf("%v", a.header)
	}
}

func TestHSTSBehindTLS(t *testing.T) {
	t.Parallel()
	for proto, want := range map[string]string{"https": "max-age=31536000", "http": ""} {
		req := get(t, system.url+"/health")
		req.Header.Set("X-Forwarded-Proto", proto)
		if got := send(t, req).want(t, 200, "").header.Get("Strict-Transport-Security"); got != want {
			t.Errorf("%s: %q", proto, got)
		}
	}
}

// TestWritesOfAClientAreRateLimited, each of them, also with a valid token.
func TestWritesOfAClientAreRateLimited(t *testing.T) {
	t.Parallel()
	p := instance(t, "RATE_LIMIT_SUBMISSIONS=3")
	token := creator(t).token
	refused := 0
	for range 5 {
		a := p.call(t, http.MethodPut, "/api/v1/users/me", token, map[string]any{"firstName": "Ada"})
		switch a.status {
		case 200:
		case 429:
			refused++
		default:
			t.Errorf("%d %s", a.status, a.raw)
		}
	}
	if refused != 2 {
		t.Errorf("%d of 5 were refused, want 2", refused)
	}
}
