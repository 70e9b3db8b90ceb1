package local

import (
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"
)

// Fault is a failure of requests, so that a client's handling of it can
// be tested. Its zero value is none.
type Fault struct {
	// Latency is added before a request is served.
	Latency time.Duration `json:"latency,omitempty"`
	// Status answers with an HTTP status instead, such as 429 or 503.
	Status int `json:"status,omitempty"`
	// Cut closes the connection without an answer.
	Cut bool `json:"cut,omitempty"`
	// Revoked answers as if the token had been revoked.
	Revoked bool `json:"revoked,omitempty"`
	// Times is how many requests it strikes; 0 is all.
	Times int `json:"times,omitempty"`
}

// faultSwitch holds the fault that strikes now.
type faultSwitch struct {
	mu    sync.Mutex
	fault Fault
}

// Inject makes requests fail from now on; the zero Fault ends it. It does
// nothing to a server that was opened without Faults.
func (s *Server) Inject(f Fault) { s.faults.set(f) }

func (s *faultSwitch) set(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

// next takes the fault for one request.
func (s *faultSwitch) next() Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.fault
	if f.Times > 0 {
		if s.fault.Times--; s.fault.Times == 0 {
			s.fault = Fault{}
		}
	}
	return f
}

// faultPath is where a fault is set over HTTP, by the administrator's token.
const faultPath = "/astra-local/faults"

// strike wraps a handler with the switch.
func (s *Server) strike(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == faultPath {
			s.setFault(w, r)
			return
		}
		f := s.faults.next()
		if f.Latency > 0 {
			select {
			case <-time.After(f.Latency):
			case <-r.Context().Done():
				return
			}
		}
		switch {
		case f.Cut:
			panic(http.ErrAbortHandler)
		case f.Status != 0:
			if f.Status == http.StatusTooManyRequests || f.Status == http.StatusServiceUnavailable {
				w.Header().Set("Retry-After", "1")
			}
			w.WriteHeader(f.Status)
		case f.Revoked:
			r.Header.Set("Token", "AstraCS:revoked")
			r.Header.Set("Authorization", "Bearer AstraCS:revoked")
			next.ServeHTTP(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func (s *Server) setFault(w http.ResponseWriter, r *http.Request) {
	if principal, ok := s.book.Authenticate(r.Header.Get("Token")); !ok || !principal.Can("org-write", s.organization()) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	var in struct {
		Fault
		Latency string `json:"latency"`
	}
	raw, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	if err == nil && len(raw) > 0 {
		err = json.Unmarshal(raw, &in)
	}
	if err == nil && in.Latency != "" {
		in.Fault.Latency, err = time.ParseDuration(in.Latency)
	}
	if err != nil {
		http.Error(w, "the body must be a fault such as {\"latency\":\"200ms\",\"status\":429,\"times\":3}", http.StatusBadRequest)
		return
	}
	s.Inject(in.Fault)
	w.WriteHeader(http.StatusNoContent)
}
