package bench_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/service/seed"
)

// overNetwork is the latency of a call that requests are measured with, beside
// none.
const overNetwork = 20 * time.Millisecond

// Service and floor take many short turns, so that what else the machine does
// meets both alike.
const (
	floorRounds = 16
	floorTurn   = 250 * time.Millisecond
)

// floored are the requests that are compared with the floor.
func floored() []string {
	return []string{"detail", "latest", "by tag", "comments", "search by a word", "search by meaning", "view"}
}

// side is a process under load: the service or the floor.
type side struct {
	name    string
	pid     int
	request func(name string) (method, url string)
	client  *http.Client
}

// sample is one round of a side and request.
type sample struct {
	took   []time.Duration
	during time.Duration
	cpu    time.Duration
}

func (s sample) perRequest() float64 { return float64(s.cpu.Nanoseconds()) / float64(len(s.took)) }

// BenchmarkFloor compares the processor time of requests with that of a bare
// handler that sends the same Data API calls, interleaved in one run, with calls
// answered from a recording. It prints a line of Go's benchmark format a round,
// for benchstat, and a table. BENCH_BEFORE is the path of another build of the
// service, such as one of the commit before a change, that is measured between them.
func BenchmarkFloor(b *testing.B) {
	size, err := seed.SizeNamed("small")
	if err != nil {
		b.Fatal(err)
	}
	var proxy *replay
	one := serve(b, build(b), size, func(url string) string {
		proxy = newReplay(b, url, false)
		return proxy.url
	})
	defer one.end(b)
	requests := map[string]planned{}
	calls, answers := map[string]int{}, map[string]int{}
	for _, name := range floored() {
		for range warmUp {
			if _, err := one.ask(name, traceID{}); err != nil {
				b.Fatal(err)
			}
		}
		requests[strings.ReplaceAll(name, " ", "-")] = planFor(b, one, proxy, name)
		calls[name] = proxy.fewest(func() { _, _ = one.ask(name, traceID{}) })
		answers[name] = len(requests[strings.ReplaceAll(name, " ", "-")].Answer)
	}
	sides := []side{
		{"service", one.cmd.Process.Pid, func(name string) (string, string) {
			method, path, _ := one.request(name)
			return method, one.url + path
		}, one.client},
		startFloor(b, proxy.url, requests),
	}
	before := os.Getenv("BENCH_BEFORE")
	if before != "" {
		sides = append(sides, startBefore(b, before, one, proxy))
	}
	idle := rss(b, one.cmd.Process.Pid)
	samples := map[string][]sample{}
	for _, name := range floored() {
		for range floorRounds {
			for _, s := range sides {
				key := name + "/" + s.name
				got, err := s.round(name)
				if err != nil {
					b.Fatal(err)
				}
				samples[key] = append(samples[key], got)
				fmt.Printf("BenchmarkFloor/request=%s/of=%s-%d\t%d\t%.0f cpu-ns/op\t%.0f req/s\t%d p50-ns\t%d p99-ns\n",
					strings.ReplaceAll(name, " ", "-"), s.name,
					runtime.GOMAXPROCS(0), len(got.took), got.perRequest(), float64(len(got.took))/got.during.Seconds(), percentileOf(got.took,
						50), percentileOf(got.took, 99))
			}
		}
	}
	loaded := rss(b, one.cmd.Process.Pid)
	fmt.Printf("\n%s, %s/%s, %d processors for %d clients, the service, the floor and the recording; small data; %s\n\n",
		time.Now().UTC().Format(time.DateOnly), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), clients,
		map[bool]string{true: "answers shared by identical reads", false: "no shared reads"}[os.Getenv("BENCH_SHARED") == "1"])
	fmt.Println("| request | calls | processor time, µs | of the floor, µs | ratio | requests/s | p50, ms | p99, ms | p50 at +20 ms a " +
		"call, ms |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|")
	for _, name := range floored() {
		service, floor := samples[name+"/service"], samples[name+"/floor"]
		cpu, least := median(service, sample.perRequest), median(floor, sample.perRequest)
		proxy.latency.Store(int64(overNetwork))
		far := slowly(b, one, name)
		proxy.latency.Store(0)
		fmt.Printf("| %s | %d | %.0f | %.0f | × %.1f | %.0f | %s | %s | %s |\n", name, calls[name], cpu/1000, least/1000, cpu/least,
			median(service, func(s sample) float64 { return float64(len(s.took)) / s.during.Seconds() }),
			ms(percentileOf(all(service), 50)), ms(percentileOf(all(service), 99)), ms(far))
	}
	if before != "" {
		printBefore(samples)
	}
	many := withConnections(b, one, 500)
	fmt.Printf("\nmemory, MiB: %d before the load, %d after it, %d with 500 connections\n\n", idle>>20, loaded>>20, many>>20)
	b.ReportMetric(0, "ns/op")
}

// startBefore starts another build of the service on the same data.
func startBefore(b *testing.B, binary string, one *loaded, proxy *replay) side {
	b.Helper()
	r := run(b, binary, append(slices.Clone(one.astra), "ASTRA_DB_API_ENDPOINT="+proxy.url,
		"OTEL_EXPORTER_OTLP_ENDPOINT="+noCollector, "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", "OTEL_TRACES_SAMPLER_ARG=0"))
	b.Cleanup(func() { r.end(b) })
	return side{"before", r.cmd.Process.Pid, func(name string) (string, string) {
		method, path, _ := one.request(name)
		return method, r.url + path
	}, one.client}
}

// printBefore prints a table of the service beside the build before.
func printBefore(samples map[string][]sample) {
	fmt.Println("\n| request | processor time before, µs | now, µs | ratio | requests/s before | now | p50 before, ms | now | " +
		"p99 before, ms | now |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|")
	rate := func(s sample) float64 { return float64(len(s.took)) / s.during.Seconds() }
	for _, name := range floored() {
		before, now := samples[name+"/before"], samples[name+"/service"]
		was, is := median(before, sample.perRequest), median(now, sample.perRequest)
		fmt.Printf("| %s | %.0f | %.0f | %.2f | %.0f | %.0f | %s | %s | %s | %s |\n", name, was/1000, is/1000, is/was,
			median(before, rate), median(now, rate), ms(percentileOf(all(before), 50)), ms(percentileOf(all(now), 50)),
			ms(percentileOf(all(before), 99)), ms(percentileOf(all(now), 99)))
	}
}

type planned struct {
	Calls  []sent
	Answer []byte
}

// planFor records the calls of one request, and its answer.
func planFor(b *testing.B, one *loaded, proxy *replay, name string) (p planned) {
	b.Helper()
	fewest := proxy.fewest(func() { _, _ = one.ask(name, traceID{}) })
	for len(p.Calls) != fewest { // else chores came in between
		p.Calls = proxy.capture(func() {
			method, path, body := one.request(name)
			request, err := http.NewRequest(method, one.url+path, bytes.NewReader(body))
			if err != nil {
				b.Fatal(err)
			}
			request.Header.Set("Cache-Control", "no-cache")
			response, err := one.client.Do(request)
			if err != nil {
				b.Fatal(err)
			}
			defer response.Body.Close()
			if p.Answer, err = io.ReadAll(response.Body); err != nil {
				b.Fatal(err)
			}
		})
	}
	return p
}

func startFloor(b *testing.B, endpoint string, requests map[string]planned) side {
	b.Helper()
	binary := filepath.Join(b.TempDir(), "floor")
	if out, err := exec.Command("go", "build", "-o", binary, "./floor").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	plan, err := json.Marshal(map[string]any{"Endpoint": endpoint, "Token": "made up", "Requests": requests})
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(binary)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(plan), os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	url, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}, Timeout: time.Minute}
	return side{"floor", cmd.Process.Pid, func(name string) (string, string) {
		return http.MethodGet, strings.TrimSpace(url) + "/" + strings.ReplaceAll(name, " ", "-")
	}, client}
}

// round lets all clients ask for a turn.
func (s side) round(name string) (got sample, failure error) {
	method, url := s.request(name)
	var mu sync.Mutex
	var group sync.WaitGroup
	before, err := cpuOf(s.pid)
	if err != nil {
		return got, err
	}
	began := time.Now()
	for range clients {
		group.Go(func() {
			for time.Since(began) < floorTurn {
				asked := time.Now()
				err := s.ask(method, url)
				mu.Lock()
				got.took, failure = append(got.took, time.Since(asked)), first(failure, err)
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	group.Wait()
	got.during = time.Since(began)
	after, err := cpuOf(s.pid)
	got.cpu = after - before
	return got, first(failure, err)
}

func (s side) ask(method, url string) error {
	request, err := http.NewRequest(method, url, nil)
	if err != nil {
		return err
	}
	ownAnswer(request)
	response, err := s.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s %w", method, url, response.Status, err)
	}
	return nil
}

// cpuOf is the processor time of the threads of a process, as the scheduler counts
// it; threads of Go programs do not end.
func cpuOf(pid int) (sum time.Duration, err error) {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil || len(threads) == 0 {
		return 0, fmt.Errorf("no processor time of process %d: %w", pid, err)
	}
	for _, thread := range threads {
		text, err := os.ReadFile(thread)
		if err != nil {
			return 0, err
		}
		ran, _, _ := strings.Cut(string(text), " ")
		nanoseconds, err := strconv.ParseInt(ran, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%s is %q: %w", thread, text, err)
		}
		sum += time.Duration(nanoseconds)
	}
	return sum, nil
}

// slowly is the median of requests one at a time.
func slowly(b *testing.B, one *loaded, name string) time.Duration {
	b.Helper()
	var took []time.Duration
	for range 15 {
		each, err := one.ask(name, traceID{})
		if err != nil {
			b.Fatal(err)
		}
		took = append(took, each)
	}
	return percentileOf(took, 50)
}

// withConnections is the memory of the service with so many connections that
// have been used.
func withConnections(b *testing.B, one *loaded, n int) int {
	b.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: n}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	var group sync.WaitGroup
	together := make(chan struct{})
	for range n {
		group.Go(func() {
			<-together
			if response, err := client.Get(one.url + "/health"); err == nil {
				_ = response.Body.Close()
			}
		})
	}
	close(together)
	group.Wait()
	return rss(b, one.cmd.Process.Pid)
}

func median(samples []sample, of func(sample) float64) float64 {
	var values []float64
	for _, s := range samples {
		values = append(values, of(s))
	}
	slices.Sort(values)
	return values[len(values)/2]
}

func all(samples []sample) (took []time.Duration) {
	for _, s := range samples {
		took = append(took, s.took...)
	}
	return took
}

func percentileOf(took []time.Duration, p int) time.Duration {
	sorted := slices.Sorted(slices.Values(took))
	return sorted[(len(sorted)-1)*p/100]
}
