package main

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/service/auth"
	"github.com/killrvideo/killrvideo-go/service/config"
	"github.com/killrvideo/killrvideo-go/service/seed"
	"github.com/killrvideo/killrvideo-go/service/seed/load"
	"github.com/killrvideo/killrvideo-go/service/store"
	"github.com/killrvideo/killrvideo-go/service/store/astratest"
)

// recording answers a call of the Data API that it has seen before as it was
// answered then, without a network.
type recording struct {
	next    http.RoundTripper
	mu      sync.Mutex
	answers map[string][]byte
}

// RoundTrip implements http.RoundTripper.
func (r *recording) RoundTrip(call *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(call.Body)
	if err != nil {
		return nil, err
	}
	name := call.URL.Path + " " + string(body)
	r.mu.Lock()
	answer, known := r.answers[name]
	r.mu.Unlock()
	if !known {
		if answer, err = r.ask(call, body); err != nil {
			return nil, err
		}
		r.mu.Lock()
		r.answers[name] = answer
		r.mu.Unlock()
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(answer)), ContentLength: int64(len(answer)),
	}, nil
}

func (r *recording) ask(call *http.Request, body []byte) ([]byte, error) {
	call = call.Clone(call.Context())
	call.Body = io.NopCloser(bytes.NewReader(body))
	answer, err := r.next.RoundTrip(call)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	return io.ReadAll(answer.Body)
}

// BenchmarkHandlers is the processor time and the allocations of reads in the
// service itself: from its handler to the Data API's client, without
// connections on either side.
func BenchmarkHandlers(b *testing.B) {
	size, err := seed.SizeNamed("small")
	if err != nil {
		b.Fatal(err)
	}
	set := seed.New(size, time.Now().UTC())
	embedded := astratest.New(b)
	hash, err := auth.NewHasher(auth.DefaultParams, 1).Hash(b.Context(), seed.Password)
	if err != nil {
		b.Fatal(err)
	}
	to := store.New(store.Config{Database: embedded.Database(embedded.Admin, "killrvideo")})
	if _, err := load.All(b.Context(), to, set, hash, func() {}); err != nil {
		b.Fatal(err)
	}
	to.Tidy(b.Context())
	env := settings("RATE_LIMIT_VIEWS=0", "ASTRA_DB_API_ENDPOINT="+embedded.URL, "ASTRA_DB_APPLICATION_TOKEN="+embedded.Admin.Reveal())
	command, err := config.Load(nil, env, "")
	if err != nil {
		b.Fatal(err)
	}
	s, err := wire(command.Config, slog.New(slog.DiscardHandler), &drain{})
	if err != nil {
		b.Fatal(err)
	}
	s.transport.RegisterProtocol("http", &recording{next: astra.NewTransport(), answers: map[string][]byte{}})
	clip := set.Clip(size.Videos - 1)
	for name, path := range map[string]string{
		"detail": "/api/v1/videos/id/" + clip.ID.String(), "latest": "/api/v1/videos/latest?pageSize=12",
		"by-tag": "/api/v1/videos/by-tag/" + clip.Tags[0], "comments": "/api/v1/videos/" + clip.ID.String() + "/comments",
		"word": "/api/v1/search/videos?query=" + clip.Tags[0], "meaning": "/api/v1/search/videos?mode=semantic&query=" + clip.Tags[0],
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			began := processorTime(b)
			for b.Loop() {
				w := httptest.NewRecorder()
				r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, nil)
				r.Header.Set("Cache-Control", "no-cache") // each request asks Astra itself
				s.handler.ServeHTTP(w, r)
				if w.Code != http.StatusOK {
					b.Fatalf("%d %s", w.Code, w.Body)
				}
			}
			b.ReportMetric(float64((processorTime(b)-began).Nanoseconds())/float64(b.N), "cpu-ns/op")
		})
	}
}

func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
