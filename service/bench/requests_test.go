package bench_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/service/auth"
	"github.com/killrvideo/killrvideo-go/service/seed"
	"github.com/killrvideo/killrvideo-go/service/seed/load"
	"github.com/killrvideo/killrvideo-go/service/store"
	"github.com/killrvideo/killrvideo-go/service/store/astratest"
)

// sizes are the sample data to measure on: BENCH_SIZES, small and medium
// without it. Large takes minutes to load.
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

// loaded starts the service on an embedded Astra with the sample data of that
// size, and gives a video of it that is much talked about.
func loaded(b *testing.B, binary string, size seed.Size) (running, seed.Clip) {
	b.Helper()
	embedded, err := astratest.Start(b.Context(), b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = embedded.Stop() })
	if err := embedded.CreateKeyspace(b.Context(), "killrvideo"); err != nil {
		b.Fatal(err)
	}
	hasher, err := auth.NewHasher(auth.DefaultParams, 1)
	if err != nil {
		b.Fatal(err)
	}
	hash, err := hasher.Hash(b.Context(), seed.Password)
	if err != nil {
		b.Fatal(err)
	}
	set, to := seed.New(size, time.Now()), store.New(store.Config{Database: embedded.Database(embedded.Admin, "killrvideo")})
	began := time.Now()
	if _, err := load.All(b.Context(), to, set, hash, func() {}); err != nil {
		b.Fatal(err)
	}
	to.Tidy(b.Context())
	b.Logf("%s: %d videos loaded in %v", size.Name, size.Videos, time.Since(began).Round(time.Second))
	token, err := embedded.Mint(b.Context(), "bench", "killrvideo", astratest.WriteActions())
	if err != nil {
		b.Fatal(err)
	}
	r := run(b, binary, []string{
		"ASTRA_DB_API_ENDPOINT=" + embedded.URL, "ASTRA_DB_APPLICATION_TOKEN=" + token.Reveal(),
		"RATE_LIMIT_LOGINS=0", "RATE_LIMIT_VIEWS=0",
	})
	return r, busiest(set)
}

// busiest is the video with the most comments among the newest hundred.
func busiest(set *seed.Set) seed.Clip {
	last := set.Size().Videos - 1
	best := set.Clip(last)
	for i := last; i > max(last-100, 0); i-- {
		if clip := set.Clip(i); len(clip.Comments) > len(best.Comments) {
			best = clip
		}
	}
	return best
}

// BenchmarkRequests reports, for the requests that are made most, how many a
// second one client gets answered, the median and the 99th percentile of the
// time, and how much of it the service waits for the embedded Astra. Compare
// the sizes: lists must not get slower with the table.
func BenchmarkRequests(b *testing.B) {
	binary := build(b)
	for _, size := range sizes(b) {
		b.Run(size.Name, func(b *testing.B) {
			r, clip := loaded(b, binary, size)
			defer r.end(b)
			login, err := json.Marshal(map[string]string{"email": seed.Known()[0], "password": seed.Password})
			if err != nil {
				b.Fatal(err)
			}
			for _, request := range []struct {
				name, method, path string
				body               []byte
			}{
				{"detail", "GET", "/api/v1/videos/id/" + clip.ID.String(), nil},
				{"latest", "GET", "/api/v1/videos/latest?pageSize=12", nil},
				{"by-tag", "GET", "/api/v1/videos/by-tag/" + clip.Tags[0], nil},
				{"comments", "GET", "/api/v1/videos/" + clip.ID.String() + "/comments", nil},
				{"search-words", "GET", "/api/v1/search/videos?query=" + clip.Tags[0], nil},
				{"search-meaning", "GET", "/api/v1/search/videos?mode=semantic&query=" + clip.Tags[0], nil},
				{"login", "POST", "/api/v1/users/login", login},
				{"view", "POST", "/api/v1/videos/id/" + clip.ID.String() + "/view", nil},
			} {
				b.Run(request.name, func(b *testing.B) { measure(b, r, request.method, request.path, request.body) })
			}
		})
	}
}

// clients ask at the same time.
const clients = 4

func measure(b *testing.B, r running, method, path string, body []byte) {
	b.Helper()
	waited := r.waited(b)
	var mu sync.Mutex
	var took []time.Duration
	began := time.Now()
	b.SetParallelism(clients)
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			start := time.Now()
			if err := ask(r.url+path, method, body); err != nil {
				b.Error(err)
				return
			}
			mu.Lock()
			took = append(took, time.Since(start))
			mu.Unlock()
		}
	})
	elapsed := time.Since(began)
	slices.Sort(took)
	var sum time.Duration
	for _, d := range took {
		sum += d
	}
	b.ReportMetric(float64(len(took))/elapsed.Seconds(), "requests/s")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-p50")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms-p99")
	b.ReportMetric(100*(r.waited(b)-waited)/sum.Seconds(), "%-astra")
}

func ask(url, method string, body []byte) error {
	request, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s %w", method, url, response.Status, err)
	}
	return nil
}

var waitedFor = regexp.MustCompile(`(?m)^astra_db_query_duration_seconds_sum\{[^}]*\} (\S+)$`)

// waited is how long the service has waited for Astra, in seconds. Calls that
// it makes at once count each.
func (r running) waited(b *testing.B) float64 {
	b.Helper()
	response, err := http.Get(r.url + "/metrics")
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		b.Fatal(err)
	}
	sum := 0.0
	for _, match := range waitedFor.FindAllStringSubmatch(string(text), -1) {
		seconds, _ := strconv.ParseFloat(match[1], 64)
		sum += seconds
	}
	return sum
}
