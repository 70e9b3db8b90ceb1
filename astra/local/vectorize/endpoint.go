package vectorize

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// Endpoint embeds texts by a model that something else serves with OpenAI's API
// for embeddings, as Ollama and llama.cpp do. It stands for all providers.
type Endpoint struct {
	// URL is such as http://127.0.0.1:11434/v1.
	URL string
	// Model is asked for instead of the one that a definition names.
	Model  string
	Client *http.Client
}

const (
	endpointTimeout = 30 * time.Second
	maxAnswer       = 1 << 20
)

// NewEndpoint checks the URL.
func NewEndpoint(address, model string) (Endpoint, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return Endpoint{}, fmt.Errorf("-embeddings %q must be the URL of an API such as http://127.0.0.1:11434/v1", address)
	}
	return Endpoint{URL: strings.TrimRight(address, "/"), Model: model, Client: &http.Client{Timeout: endpointTimeout}}, nil
}

// Ask embeds a text. Zeros fill a vector that is shorter than the dimension, which
// leaves all similarities as they are; a longer one is refused.
func (e Endpoint) Ask(s value.Service, text string, dimension int) ([]float32, error) {
	status, answer, err := e.post(map[string]string{"model": cmp.Or(e.Model, s.ModelName), "input": text})
	switch {
	case errors.Is(err, context.DeadlineExceeded) || os.IsTimeout(err):
		return nil, fault.New("EMBEDDING_PROVIDER_TIMEOUT", "The provider did not answer in time.\n\nThe provider was: %s.\n\n"+
			"Resend the command.", s.Provider)
	case err != nil:
		return nil, fault.New("EMBEDDING_PROVIDER_UNAVAILABLE", "The provider '%s' is unavailable: %v", s.Provider, err)
	case status == http.StatusTooManyRequests:
		return nil, fault.New("EMBEDDING_PROVIDER_RATE_LIMITED", "Provider '%s' rate limited the request with HTTP %d; error message: %s",
			s.Provider, status, answer)
	case status >= http.StatusInternalServerError:
		return nil, fault.New("EMBEDDING_PROVIDER_SERVER_ERROR", "Provider '%s' returned a HTTP server error with HTTP %d; error message: %s",
			s.Provider, status, answer)
	case status != http.StatusOK:
		return nil, refused(s.Provider, status, "%s", answer)
	}
	var in struct {
		Data []struct {
			Embedding []float32 `json:"embedding"`
		} `json:"data"`
	}
	err = json.Unmarshal(answer, &in)
	if err != nil || len(in.Data) != 1 || len(in.Data[0].Embedding) == 0 || len(in.Data[0].Embedding) > dimension {
		return nil, fault.New("EMBEDDING_PROVIDER_UNEXPECTED_RESPONSE", "The provider '%s' returned no vector of at most %d numbers.",
			s.Provider, dimension)
	}
	return append(in.Data[0].Embedding, make([]float32, dimension-len(in.Data[0].Embedding))...), nil
}

func (e Endpoint) post(question map[string]string) (status int, answer []byte, err error) {
	body, err := json.Marshal(question)
	if err != nil {
		return 0, nil, err
	}
	response, err := e.Client.Post(e.URL+"/embeddings", "application/json", bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	return response.StatusCode, answer, err
}
