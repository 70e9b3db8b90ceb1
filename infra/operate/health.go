package operate

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Answer is what a service says of itself.
type Answer struct {
	Ready    bool
	Revision string
	// Reason is why it is not ready, "" if it is.
	Reason string
}

// askLimit bounds a question, so that a status ends where nothing answers.
const askLimit = 5 * time.Second

// Ask asks a service at a URL whether it is ready.
func Ask(ctx context.Context, url string) Answer {
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/health/ready", nil)
	if err != nil {
		return Answer{Reason: err.Error()}
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return Answer{Reason: "does not answer: " + err.Error()}
	}
	defer func() { _ = response.Body.Close() }()
	var body struct{ Revision, Reason string }
	_ = json.NewDecoder(io.LimitReader(response.Body, 64<<10)).Decode(&body)
	answer := Answer{Ready: response.StatusCode == http.StatusOK, Revision: body.Revision}
	if !answer.Ready {
		answer.Reason = fmt.Sprintf("answers %s: %s", response.Status, cmp.Or(body.Reason, "no reason"))
	}
	return answer
}
