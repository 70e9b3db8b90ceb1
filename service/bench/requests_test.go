package bench_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/service/killrvideo/parallel"
	"github.com/killrvideo/killrvideo-go/service/seed"
)

// How requests are measured: the services of all sizes run side by side and
// are measured alternately, so that other load of the machine affects all alike.
const (
	clients = 4 // ask at the same time, each over a connection of its own
	rounds  = 4
	most    = 10 // rounds, of what has not been answered enough times for a p99
	enough  = 100
	turn    = time.Second // of one request and size, in each round
	warmUp  = 20          // requests before the first round
	alone   = 30          // traced requests one at a time, after the last round, that say how long they waited for Astra
	amid    = 400         // traced reads of all clients, which say how long the service took itself
)

// BenchmarkRequests measures the requests that are made most, on every size of
// BENCH_SIZES, and prints a table: requests a second, the median and the 99th
// percentile of their time, the share of it that the service waits for the
// embedded Astra, the time that it takes itself, and how the median grows. Lists
// must not grow with the table.
func BenchmarkRequests(b *testing.B) {
	spans := collect(b)
	binary := build(b)
	var all []*loaded
	for _, size := range sizes(b) {
		one := serve(b, binary, size, nil)
		one.watch(b, binary, spans)
		all = append(all, one)
	}
	results := map[string][]*result{}
	for _, name := range requests() {
		results[name] = measure(b, name, all)
	}
	for _, one := range all {
		one.end(b)
		one.traced.end(b) // sends what it knows of traces
	}
	for name, some := range results {
		for _, one := range some {
			if _, ok := spans.share(one.traces); !ok {
				b.Errorf("no trace of %s has arrived", name)
			}
		}
	}
	report(os.Stdout, all, results, spans)
	b.ReportMetric(0, "ns/op") // of all requests together it says nothing
}

// sizes are the sample data to measure on: BENCH_SIZES, small and medium
// without it.
func sizes(b *testing.B) []seed.Size {
	b.Helper()
	names := os.Getenv("BENCH_SIZES")
	if names == "" {
		names = "small medium"
	}
	var all []seed.Size
	for _, name := range strings.Fields(names) {
		size, err := seed.SizeNamed(name)
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, size)
	}
	return all
}

// requests are those that are measured, in the table's order.
func requests() []string {
	return []string{"detail", "latest", "by tag", "comments", "search by a word", "search by two words", "search by meaning", "login", "view"}
}

// request is one of requests, about a video that is much talked about.
func (l *loaded) request(name string) (method, path string, body []byte) {
	video, tag := l.clip.ID.String(), l.clip.Tags[0]
	switch name {
	case "detail":
		return http.MethodGet, "/api/v1/videos/id/" + video, nil
	case "latest":
		return http.MethodGet, "/api/v1/videos/latest?pageSize=12", nil
	case "by tag":
		return http.MethodGet, "/api/v1/videos/by-tag/" + tag, nil
	case "comments":
		return http.MethodGet, "/api/v1/videos/" + video + "/comments", nil
	case "search by a word":
		return http.MethodGet, "/api/v1/search/videos?query=" + tag, nil
	case "search by two words":
		return http.MethodGet, "/api/v1/search/videos?query=" + tag + "+" + l.clip.Tags[1], nil
	case "search by meaning":
		return http.MethodGet, "/api/v1/search/videos?mode=semantic&query=" + tag, nil
	case "view":
		return http.MethodPost, "/api/v1/videos/id/" + video + "/view", nil
	}
	body, _ = json.Marshal(map[string]string{"email": seed.Known()[0], "password": seed.Password})
	return http.MethodPost, "/api/v1/users/login", body
}

// result is what was measured of one request and size.
type result struct {
	took   []time.Duration
	during time.Duration
	traces []traceID // of requests made one at a time
	reads  []traceID // of those of all clients at a time
}

// measure gives a result for each service.
func measure(b *testing.B, name string, all []*loaded) []*result {
	b.Helper()
	results := make([]*result, len(all))
	for i, one := range all {
		results[i] = &result{}
		for range warmUp {
			if _, err := one.ask(name, traceID{}); err != nil {
				b.Fatal(err)
			}
		}
	}
	for round := range most {
		for i, one := range all {
			if round >= rounds && len(results[i].took) >= enough {
				continue
			}
			if err := results[i].take(one, name); err != nil {
				b.Fatal(err)
			}
		}
	}
	for i, one := range all {
		for range warmUp {
			if _, err := one.ask(name, newTraceID()); err != nil {
				b.Fatal(err)
			}
		}
		if err := results[i].trace(one, name); err != nil {
			b.Fatal(err)
		}
	}
	return results
}

// take lets all clients ask for a turn. Requests that are under way at its end
// are waited for, and their time counts.
func (r *result) take(from *loaded, name string) error {
	var mu sync.Mutex
	var group sync.WaitGroup
	var failure error
	began := time.Now()
	for range clients {
		group.Go(func() {
			for time.Since(began) < turn {
				took, err := from.ask(name, traceID{})
				mu.Lock()
				r.took, failure = append(r.took, took), first(failure, err)
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	group.Wait()
	r.during += time.Since(began)
	return failure
}

// trace asks one request at a time: of several that write at once, some wait
// for a command that belongs to another one's trace. It stops after a turn. Then
// all clients read, which makes no request wait.
func (r *result) trace(from *loaded, name string) error {
	for began := time.Now(); len(r.traces) < alone && time.Since(began) < turn; {
		id := newTraceID()
		if _, err := from.ask(name, id); err != nil {
			return err
		}
		r.traces = append(r.traces, id)
	}
	if method, _, _ := from.request(name); method != http.MethodGet {
		return nil
	}
	began := time.Now()
	jobs := make([]func() error, clients)
	for i := range jobs {
		ids := make([]traceID, amid/clients)
		for i := range ids {
			ids[i] = newTraceID()
		}
		r.reads = append(r.reads, ids...)
		jobs[i] = func() error {
			for _, id := range ids {
				if time.Since(began) > turn {
					return nil
				}
				if _, err := from.ask(name, id); err != nil {
					return err
				}
			}
			return nil
		}
	}
	return parallel.Do(jobs...)
}

func first(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// ownAnswer asks for an answer that is shared with no other request, unless
// BENCH_SHARED is 1.
func ownAnswer(request *http.Request) {
	if os.Getenv("BENCH_SHARED") != "1" {
		request.Header.Set("Cache-Control", "no-cache")
	}
}

// ask makes a request and reads the answer to its end. With a trace's id it asks
// the service that records traces.
func (l *loaded) ask(name string, trace traceID) (time.Duration, error) {
	method, path, body := l.request(name)
	url := l.url
	if trace != (traceID{}) {
		url = l.traced.url
	}
	request, err := http.NewRequest(method, url+path, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Traceparent", trace.parent())
	ownAnswer(request)
	began := time.Now()
	response, err := l.client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode >= 300 {
		return 0, fmt.Errorf("%s %s: %s %w", method, path, response.Status, err)
	}
	return time.Since(began), nil
}
