package fault

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"time"
)

// refereeVariable is where a provider finds its referee.
const refereeVariable = "ENGINETEST_REFEREE"

type decision struct {
	Kind  Kind
	Ahead time.Duration
}

// Serve answers for a referee of this process to providers of their own
// processes, which it reaches by the variable that it returns.
func Serve(referee Referee) (server *httptest.Server, variable string) {
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var step Step
		if err := json.NewDecoder(r.Body).Decode(&step); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		var answer decision
		if r.URL.Path == "/after" {
			referee.After(step)
		} else {
			answer.Kind, answer.Ahead = referee.Before(step)
		}
		_ = json.NewEncoder(w).Encode(answer)
	}))
	return server, refereeVariable + "=" + server.URL
}

// Remote is the referee of another process.
type Remote struct{ url string }

// FromEnvironment finds the referee that the variable names.
func FromEnvironment() Remote { return Remote{os.Getenv(refereeVariable)} }

// Before asks; without an answer the provider must not go on.
func (r Remote) Before(step Step) (Kind, time.Duration) {
	answer := r.ask("/before", step)
	return answer.Kind, answer.Ahead
}

// After tells, and returns if the process lives on.
func (r Remote) After(step Step) { r.ask("/after", step) }

func (r Remote) ask(path string, step Step) (answer decision) {
	text, err := json.Marshal(step)
	if err == nil {
		var response *http.Response
		if response, err = http.Post(r.url+path, "application/json", bytes.NewReader(text)); err == nil {
			err = json.NewDecoder(response.Body).Decode(&answer)
			_ = response.Body.Close()
		}
	}
	if err != nil {
		panic(fmt.Sprintf("ask the test about %s: %v", step, err))
	}
	return answer
}
