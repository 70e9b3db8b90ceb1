package bench_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// replay stands between a service and the embedded Astra. It answers a call that
// it has seen before with the recorded answer, and every write with that of an
// earlier write to the same table: so the service is the limit and not Astra.
type replay struct {
	url, target string
	pass        bool // record nothing, pass every call on
	calls       atomic.Int64
	received    atomic.Int64 // bytes of answers
	latency     atomic.Int64 // of each call, nanoseconds

	mu       sync.Mutex
	answers  map[string][]byte
	captured *[]sent
}

// sent is a call as the service sent it.
type sent struct {
	Path string
	Body []byte
}

func newReplay(b *testing.B, target string, pass bool) *replay {
	b.Helper()
	r := &replay{target: target, pass: pass, answers: map[string][]byte{}}
	server := httptest.NewServer(r)
	b.Cleanup(server.Close)
	r.url = server.URL
	return r
}

// key names the answers that may stand for each other.
func key(at string, body []byte) string {
	var command map[string]json.RawMessage
	_ = json.Unmarshal(body, &command)
	for name := range command {
		if !strings.HasPrefix(name, "find") {
			return name + " " + path.Base(at)
		}
	}
	return at + " " + string(body)
}

// ServeHTTP implements http.Handler.
func (r *replay) ServeHTTP(w http.ResponseWriter, in *http.Request) {
	body, err := io.ReadAll(in.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	r.calls.Add(1)
	if wait := time.Duration(r.latency.Load()); wait > 0 {
		<-time.After(wait)
	}
	name := key(in.URL.Path, body)
	r.mu.Lock()
	if r.captured != nil {
		*r.captured = append(*r.captured, sent{in.URL.Path, body})
	}
	answer, known := r.answers[name]
	r.mu.Unlock()
	if !known || r.pass {
		if answer, err = r.ask(in, body); err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		r.mu.Lock()
		r.answers[name] = answer
		r.mu.Unlock()
	}
	r.received.Add(int64(len(answer)))
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(answer)
}

func (r *replay) ask(in *http.Request, body []byte) ([]byte, error) {
	out, err := http.NewRequestWithContext(in.Context(), in.Method, r.target+in.URL.Path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	out.Header = in.Header.Clone()
	out.Header.Del("Accept-Encoding")
	answer, err := http.DefaultClient.Do(out)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	return io.ReadAll(answer.Body)
}

// capture gives the calls that happen during f.
func (r *replay) capture(f func()) (calls []sent) {
	r.mu.Lock()
	r.captured = &calls
	r.mu.Unlock()
	f()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.captured = nil
	return calls
}

// fewest is the number of calls of one request: chores may come in between.
func (r *replay) fewest(f func()) int {
	fewest := len(r.capture(f))
	for range 4 {
		fewest = min(fewest, len(r.capture(f)))
	}
	return fewest
}

func TestReplayAnswersWhatItHasSeen(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		same bool
	}{
		{`{"find":{"filter":{"a":1}}}`, `{"find":{"filter":{"a":1}}}`, true},
		{`{"find":{"filter":{"a":1}}}`, `{"find":{"filter":{"a":2}}}`, false},
		{`{"updateOne":{"filter":{"a":1}}}`, `{"updateOne":{"filter":{"a":2}}}`, true},
		{`{"updateOne":{}}`, `{"insertMany":{}}`, false},
	} {
		if same := key("/k/t", []byte(test.a)) == key("/k/t", []byte(test.b)); same != test.same {
			t.Errorf("%s and %s: the same is %v", test.a, test.b, same)
		}
	}
}
