package bench_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/service/seed"
)

// BenchmarkProcesses starts 120 processes in turn, kills each after it counted a
// view of the ten newest videos, and measures what the list of the latest costs
// another one: the calls must not grow, and the views are exact.
func BenchmarkProcesses(b *testing.B) {
	size, err := seed.SizeNamed("small")
	if err != nil {
		b.Fatal(err)
	}
	binary := build(b)
	var proxy *replay
	one := serve(b, binary, size, func(url string) string {
		proxy = newReplay(b, url, true)
		return proxy.url
	})
	defer one.end(b)
	ids, before := latest(b, one)
	fmt.Println("\n| processes that counted | calls | bytes of their answers | processor time, µs | p50 at +20 ms a call, ms " +
		"|\n|---|---|---|---|---|")
	started := 0
	for _, n := range []int{0, 10, 30, 60, 120} {
		for ; started < n; started++ {
			p := run(b, binary, one.astra)
			for _, id := range ids {
				response, err := http.Post(p.url+"/api/v1/videos/id/"+id+"/view", "application/json", nil)
				if err != nil || response.StatusCode != http.StatusNoContent {
					b.Fatal(response, err)
				}
				_ = response.Body.Close()
			}
			if err := p.cmd.Process.Kill(); err != nil {
				b.Fatal(err)
			}
			_ = p.cmd.Wait()
		}
		_, after := latest(b, one)
		for i := range before {
			if after[i] != before[i]+n {
				b.Errorf("video %d has %d views after %d processes, %d before", i, after[i], n, before[i])
			}
		}
		calls := proxy.fewest(func() { latest(b, one) })
		bytes := proxy.received.Load()
		cpu, err := cpuOf(one.cmd.Process.Pid)
		const requests = 300
		for range requests {
			latest(b, one)
		}
		ended, err2 := cpuOf(one.cmd.Process.Pid)
		if first(err, err2) != nil {
			b.Fatal(err, err2)
		}
		bytes = (proxy.received.Load() - bytes) / requests
		proxy.latency.Store(int64(overNetwork))
		var took []time.Duration
		for range 9 {
			began := time.Now()
			latest(b, one)
			took = append(took, time.Since(began))
		}
		proxy.latency.Store(0)
		fmt.Printf("| %d | %d | %d | %d | %s |\n", n, calls, bytes, (ended-cpu).Microseconds()/requests, ms(percentileOf(took, 50)))
		b.ReportMetric(float64(calls), fmt.Sprintf("calls-after-%d", n))
		if calls != 2 {
			b.Errorf("%d calls after %d processes", calls, n)
		}
	}
	b.ReportMetric(0, "ns/op")
}

// latest reads the ten newest videos, and their views.
func latest(b *testing.B, one *loaded) (ids []string, views []int) {
	b.Helper()
	request, err := http.NewRequest(http.MethodGet, one.url+"/api/v1/videos/latest", nil)
	if err != nil {
		b.Fatal(err)
	}
	request.Header.Set("Cache-Control", "no-cache")
	response, err := one.client.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	var page struct {
		Data []struct {
			VideoID string `json:"videoId"`
			Views   int    `json:"viewCount"`
		} `json:"data"`
	}
	if err := json.NewDecoder(response.Body).Decode(&page); err != nil || len(page.Data) != 10 {
		b.Fatal(len(page.Data), err)
	}
	for _, v := range page.Data {
		ids, views = append(ids, v.VideoID), append(views, v.Views)
	}
	return slices.Clip(ids), views
}
