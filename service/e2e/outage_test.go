package e2e_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/service/store/astratest"
)

// Astra is down until the service has probed it three times, which stands for any
// time. Meanwhile errors are answered immediately, and Astra gets few calls.
func TestAstraIsDownForAWhile(t *testing.T) {
	t.Parallel()
	astra, all := newFaulty(t), attempts(t)
	p := instance(t, "ASTRA_DB_API_ENDPOINT="+astra.url)
	p.recovers(t, []attempt{{method: http.MethodGet, path: "/health/serving"}})
	p.recovers(t, all[:1])
	astra.mode.Store("connections dropped")
	latest, looks, asked, left := all[0], 0, astra.refused.Load(), false
	answered, slow := 0, 0
	for start := time.Now(); looks < 3; answered++ {
		if time.Since(start) > 2*time.Minute {
			t.Fatalf("Astra was looked for %d times", looks)
		}
		before := time.Now()
		if status, wrong := latest.try(t.Context(), p.url); status != 503 || wrong != "" {
			t.Fatalf("%d %s", status, wrong)
		}
		if time.Since(before) > 500*time.Millisecond {
			slow++
		}
		now := astra.refused.Load()
		if now > asked && left { // once it had been left in peace
			looks++
		}
		left, asked = now == asked || left, now
	}
	if answered < 100 || slow > answered/10 || int(asked) > answered/2 {
		t.Errorf("of %d answers %d were slow, and Astra was asked %d times", answered, slow, asked)
	}
	p.call(t, http.MethodGet, "/health", "", nil).want(t, 200, "")
	if got := p.at(t, http.MethodGet, "/health/ready", "", nil).StatusCode; got != 503 {
		t.Errorf("ready is %d", got)
	}
	// No platform takes the instance away, so that clients get our own answer.
	p.call(t, http.MethodGet, "/health/serving", "", nil).want(t, 200, "")
	starting := instance(t, "ASTRA_DB_API_ENDPOINT="+astra.url)
	if got := starting.at(t, http.MethodGet, "/health/serving", "", nil).StatusCode; got != 503 {
		t.Errorf("an instance that starts during the outage is sent requests: %d", got)
	}
	starting.call(t, http.MethodGet, "/health", "", nil).want(t, 200, "")
	astra.mode.Store("")
	starting.recovers(t, []attempt{{method: http.MethodGet, path: "/health/serving"}})
	p.recovers(t, all[:3])
	p.recovers(t, []attempt{{method: http.MethodGet, path: "/health/ready"}})
}

// The token of a running service is revoked in Astra, and its next revision
// gets another one.
func TestARevokedTokenIsReplaced(t *testing.T) {
	t.Parallel()
	more := ownKeyspace(t, system.astra)
	setting := func(name string) string {
		for _, pair := range more {
			if value, found := strings.CutPrefix(pair, name+"="); found {
				return value
			}
		}
		t.Fatalf("%s is not set", name)
		return ""
	}
	old := instance(t, more...)
	a := old.call(t, http.MethodPost, "/api/v1/users/register", "", registration(newEmail())).want(t, 201, "")
	token := a.text(t, "token")
	video := old.call(t, http.MethodPost, "/api/v1/videos", token, address(goodAddress)).want(t, 202, "").text(t, "videoId")
	for range 5 {
		old.call(t, http.MethodPost, "/api/v1/videos/id/"+video+"/view", "", nil).want(t, 204, "")
	}
	if err := system.astra.Revoke(t.Context(), astra.Token(setting("ASTRA_DB_APPLICATION_TOKEN"))); err != nil {
		t.Fatal(err)
	}
	refused := []attempt{
		{"GET", "/api/v1/videos/latest", "", ""},
		{"GET", "/api/v1/users/me", token, ""},
		{"POST", "/api/v1/videos/id/" + video + "/view", "", ""},
		{"POST", "/api/v1/videos", token, `{"youtubeUrl":"` + goodAddress + `"}`},
		{"PUT", "/api/v1/users/me", token, `{"firstName":"New"}`},
	}
	refuseAll(t, old, refused)
	next, err := system.astra.Mint(t.Context(), "next-"+unknownID(), setting("ASTRA_DB_KEYSPACE"), astratest.WriteActions())
	if err != nil {
		t.Fatal(err)
	}
	replaced := instance(t, append(more, "ASTRA_DB_APPLICATION_TOKEN="+next.Reveal())...)
	detail := replaced.call(t, http.MethodGet, "/api/v1/videos/id/"+video, "", nil).want(t, 200, "")
	if detail.body["views"] != 5.0 {
		t.Errorf("views: %s", detail.raw)
	}
	replaced.call(t, http.MethodGet, "/api/v1/users/me", token, nil).want(t, 200, "")
	replaced.call(t, http.MethodPost, "/api/v1/videos/id/"+video+"/view", token, nil).want(t, 204, "")
	old.call(t, http.MethodGet, "/health", "", nil).want(t, 200, "")
	a, err = exchange(get(t, old.url+"/health/ready"))
	if err != nil || a.status != 503 || a.body["reason"] != "data store refuses the credentials" {
		t.Errorf("%v %s", err, a.raw)
	}
}

func get(t *testing.T, url string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// A thousand views through four processes at once.
func TestViewsThroughSeveralProcessesAreAllCounted(t *testing.T) {
	t.Parallel()
	id := submit(t, creator(t), nil)
	const processes, workers, each = 4, 25, 10
	var all []*process
	for range processes {
		all = append(all, instance(t))
	}
	var group sync.WaitGroup
	for _, p := range all {
		for range workers {
			group.Go(func() {
				for range each {
					if a := p.call(t, http.MethodPost, "/api/v1/videos/id/"+id+"/view", "", nil); a.status != 204 {
						t.Errorf("%d %s", a.status, a.raw)
					}
				}
			})
		}
	}
	group.Wait()
	for _, p := range all {
		if n := p.call(t, http.MethodGet, "/api/v1/videos/id/"+id, "", nil).want(t, 200, "").body["views"]; n != float64(processes*workers*each) {
			t.Errorf("%v views of %d", n, processes*workers*each)
		}
	}
}

var residentLine = regexp.MustCompile(`(?m)^process_resident_memory_bytes (\S+)$`)

func (p *process) resident(t *testing.T) float64 {
	t.Helper()
	match := residentLine.FindStringSubmatch(p.metrics(t))
	if match == nil {
		t.Fatal("process_resident_memory_bytes is not among the metrics")
	}
	bytes, err := strconv.ParseFloat(match[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return bytes
}

// However often Astra fails and comes back, and whichever clients call,
// the service takes no more memory than after the first rounds.
func TestMemoryStaysFlat(t *testing.T) {
	t.Parallel()
	astra, all := newFaulty(t), attempts(t)
	p := instance(t, "ASTRA_DB_API_ENDPOINT="+astra.url, "RATE_LIMIT_VIEWS=1000000")
	const mib = 1 << 20
	first, last := 0.0, 0.0
	for round := range 8 {
		astra.mode.Store("")
		p.recovers(t, all[:3])
		p.crowd(t, round, all)
		astra.mode.Store([]string{"500", "connections dropped", "half an answer", "token revoked"}[round%4])
		refuseAll(t, p, all)
		if last = p.resident(t); round == 3 { // each way to fail has been seen
			first = last
		}
	}
	astra.mode.Store("")
	t.Logf("%.1f MiB, at last %.1f MiB", first/mib, last/mib)
	if last > first+20*mib || last > 150*mib {
		t.Errorf("%.1f MiB have become %.1f MiB", first/mib, last/mib)
	}
}

// crowd is many clients, each with an address and a path of its own.
func (p *process) crowd(t *testing.T, round int, all []attempt) {
	t.Helper()
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			for i := range 50 {
				req := get(t, fmt.Sprintf("%s%s?nothing=%d", p.url, all[i%4].path, i))
				req.Header.Set("X-Forwarded-For", fmt.Sprintf("203.%d.%d.%d", round, worker, i))
				req.Header.Set("Authorization", "Bearer "+all[2].token)
				if a, err := exchange(req); err != nil || a.status != 200 {
					t.Errorf("%v %d", err, a.status)
				}
			}
		})
	}
	group.Wait()
}
