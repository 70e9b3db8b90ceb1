package e2e_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// A platform's probe gives up after a few seconds, and an outage that replaces
// no instance lasts longer than its failures in a row.
const (
	probeTimeout = 5 * time.Second
	outage       = 35 * time.Second
)

// TestProbesDuringASlowAstra: Astra answers nothing for half a minute, or its
// connections silently lose all bytes. No probe that a platform sends to an
// instance that serves fails meanwhile, and none restarts it or one that starts:
// that one only gets no requests. The database's state is told all along.
func TestProbesDuringASlowAstra(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]func(*testing.T) (endpoint string, set func(failing bool)){
		"slow": func(t *testing.T) (string, func(bool)) {
			astra := newFaulty(t)
			return astra.url, func(failing bool) { astra.mode.Store(map[bool]string{true: "slow", false: ""}[failing]) }
		},
		"silent": func(t *testing.T) (string, func(bool)) {
			path := newRelay(t, strings.TrimPrefix(system.astra.URL, "http://"))
			return "http://" + path.address, path.silent.Store
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			endpoint, set := begin(t)
			p := instance(t, "ASTRA_DB_API_ENDPOINT="+endpoint)
			p.recovers(t, []attempt{{method: http.MethodGet, path: "/health/serving"}})
			p.recovers(t, []attempt{{method: http.MethodGet, path: "/api/v1/videos/latest"}}) // opens connections
			set(true)
			starting := instance(t, "ASTRA_DB_API_ENDPOINT="+endpoint)
			var probes sync.WaitGroup
			for _, each := range []probe{
				{p, "/health", 200}, {p, "/health/serving", 200}, {starting, "/health", 200}, {starting, "/health/serving", 503},
				{p, "/health/ready", 503},
			} {
				probes.Go(func() { each.sendFor(t, outage) })
			}
			probes.Wait()
			set(false)
			for _, each := range []*process{p, starting} {
				for _, path := range []string{"/health/ready", "/health/serving", "/api/v1/videos/latest"} {
					each.recovers(t, []attempt{{method: http.MethodGet, path: path}})
				}
			}
		})
	}
}

// probe is what a platform asks an instance, and what it should be told.
type probe struct {
	p    *process
	path string
	want int
}

// sendFor asks each second. One answer of /health/ready may be from before the
// outage, as the service asks once a second.
func (r probe) sendFor(t *testing.T, long time.Duration) {
	t.Helper()
	for end, asked := time.Now().Add(long), 0; time.Now().Before(end); asked++ {
		status, took, err := r.send(t)
		if err != nil || status != r.want && !(asked == 0 && r.path == "/health/ready") {
			t.Errorf("%s: %d after %v: %v", r.path, status, took, err)
			return
		}
		time.Sleep(time.Second - min(took, time.Second))
	}
}

func (r probe) send(t *testing.T) (status int, took time.Duration, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), probeTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.p.url+r.path, nil)
	if err != nil {
		return 0, 0, err
	}
	began := time.Now()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, time.Since(began), err
	}
	return response.StatusCode, time.Since(began), response.Body.Close()
}
