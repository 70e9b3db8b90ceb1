package bench_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/service/auth"
	"github.com/killrvideo/killrvideo-go/service/seed"
	"github.com/killrvideo/killrvideo-go/service/seed/load"
	"github.com/killrvideo/killrvideo-go/service/store"
	"github.com/killrvideo/killrvideo-go/service/store/astratest"
)

// loaded is a running service on an embedded Astra with sample data, and a
// video of it that is much talked about.
type loaded struct {
	running
	size   seed.Size
	clip   seed.Clip
	client *http.Client
	astra  []string // the settings of a service on the same database, without the proxy
	traced running  // a service on the same database that records the traces of all requests, if watch started it
}

// watch starts a second service, which tells the collector of every request.
func (l *loaded) watch(b *testing.B, binary string, spans *waits) {
	b.Helper()
	l.traced = run(b, binary, append(l.astra, "OTEL_EXPORTER_OTLP_ENDPOINT="+spans.url, "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"))
}

// noCollector is where nothing listens. A service that is measured has spans, as in
// production, and records none of them.
const noCollector = "http://127.0.0.1:9"

// serve starts both on a copy of the kept data, for requests change it. With
// through, the service asks the URL that it gives for Astra's.
func serve(b *testing.B, binary string, size seed.Size, through func(url string) string) *loaded {
	b.Helper()
	from, day := kept(b, size)
	dir := b.TempDir()
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		b.Fatal(err)
	}
	embedded, err := astratest.Start(b.Context(), dir)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = embedded.Stop() })
	token, err := embedded.Mint(b.Context(), "bench", "killrvideo", astratest.WriteActions())
	if err != nil {
		b.Fatal(err)
	}
	endpoint := embedded.URL
	if through != nil {
		endpoint = through(endpoint)
	}
	r := run(b, binary, []string{
		"ASTRA_DB_API_ENDPOINT=" + endpoint, "ASTRA_DB_APPLICATION_TOKEN=" + token.Reveal(),
		"OTEL_EXPORTER_OTLP_ENDPOINT=" + noCollector, "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", "OTEL_TRACES_SAMPLER_ARG=0",
	})
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}, Timeout: time.Minute}
	b.Cleanup(client.CloseIdleConnections)
	return &loaded{
		running: r, size: size, clip: busiest(seed.New(size, day)), client: client,
		astra: []string{"ASTRA_DB_API_ENDPOINT=" + embedded.URL, "ASTRA_DB_APPLICATION_TOKEN=" + token.Reveal()},
	}
}

// busiest is the video with the most comments among the newest hundred that
// have several tags.
func busiest(set *seed.Set) seed.Clip {
	last := set.Size().Videos - 1
	best := set.Clip(last)
	for i := last; i > max(last-100, 0); i-- {
		if clip := set.Clip(i); len(clip.Tags) > 1 && len(clip.Comments) > len(best.Comments) {
			best = clip
		}
	}
	return best
}

// kept gives the folder of an embedded Astra with the sample data of that size
// and the day it was made for: of this month, as the newest videos should be,
// and by the code that makes it as it is now. It loads it if there is none; to load
// it again, remove the folder.
func kept(b *testing.B, size seed.Size) (dir string, day time.Time) {
	b.Helper()
	keep, err := filepath.Abs(filepath.Join("..", "..", ".killrvideo", "bench"))
	if err != nil {
		b.Fatal(err)
	}
	hash, now := made(b), time.Now().UTC()
	found, err := filepath.Glob(filepath.Join(keep, strings.Join([]string{size.Name, now.Format("2006-01") + "-??", hash}, "-")))
	if err != nil {
		b.Fatal(err)
	}
	if len(found) == 0 {
		found = []string{filepath.Join(keep, strings.Join([]string{size.Name, now.Format(time.DateOnly), hash}, "-"))}
		fill(b, found[0], size, now)
	}
	name, _ := strings.CutPrefix(filepath.Base(found[0]), size.Name+"-")
	if day, err = time.Parse(time.DateOnly, name[:len(time.DateOnly)]); err != nil {
		b.Fatal(err)
	}
	return found[0], day
}

// made is a hash of the code that says what the data is. How the embedded Astra
// stores it is not in it: what is on a laptop has to stay readable anyway.
func made(b *testing.B) string {
	b.Helper()
	hash := sha256.New()
	for _, dir := range []string{"service/seed", "service/seed/load", "service/store/schema", "service/embed"} {
		files, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(dir), "*.go"))
		if err != nil || len(files) == 0 {
			b.Fatalf("no code in %s: %v", dir, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				b.Fatal(err)
			}
			if !strings.HasSuffix(file, "_test.go") {
				_, _ = fmt.Fprintf(hash, "%s %d\n%s", filepath.Base(file), len(text), text)
			}
		}
	}
	return hex.EncodeToString(hash.Sum(nil))[:12]
}

// fill loads the data beside its place and moves it there once it is whole.
func fill(b *testing.B, dir string, size seed.Size, now time.Time) {
	b.Helper()
	partial := dir + ".partial"
	if err := os.RemoveAll(partial); err != nil {
		b.Fatal(err)
	}
	if err := os.MkdirAll(partial, 0o700); err != nil {
		b.Fatal(err)
	}
	embedded, err := astratest.Start(b.Context(), partial)
	if err != nil {
		b.Fatal(err)
	}
	_, _ = fmt.Fprintf(os.Stderr, "loading %s, %d videos, once: minutes for medium, half an hour for large\n", size.Name, size.Videos)
	took, err := loadInto(b.Context(), embedded, seed.New(size, now))
	if err = first(err, embedded.Stop()); err != nil {
		b.Fatal(err)
	}
	b.Logf("%s: %d videos loaded in %v, kept in %s", size.Name, size.Videos, took.Round(time.Second), dir)
	for _, unneeded := range []string{"astra.log", "astra-local"} {
		if err := os.Remove(filepath.Join(partial, unneeded)); err != nil {
			b.Fatal(err)
		}
	}
	if err := os.Rename(partial, dir); err != nil {
		b.Fatal(err)
	}
}

func loadInto(ctx context.Context, embedded *astratest.Astra, set *seed.Set) (time.Duration, error) {
	if err := embedded.CreateKeyspace(ctx, "killrvideo"); err != nil {
		return 0, err
	}
	hash, err := auth.NewHasher(auth.DefaultParams, 1).Hash(ctx, seed.Password)
	if err != nil {
		return 0, err
	}
	to := store.New(store.Config{Database: embedded.Database(embedded.Admin, "killrvideo")})
	began := time.Now()
	_, err = load.All(ctx, to, set, hash, func() {})
	to.Tidy(ctx)
	return time.Since(began), err
}
