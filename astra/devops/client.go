// Package devops is a client of Astra's DevOps API, the control plane: the
// organisation, databases, keyspaces, roles and tokens. It reads and writes
// what the API documents and decides nothing; least privilege is its caller's
// business. Source: the published DevOps API v2.
package devops

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/killrvideo/killrvideo-go/astra"
)

// DefaultEndpoint is Astra's own.
const DefaultEndpoint = "https://api.astra.datastax.com/v2"

const (
	tries      = 5
	maxAnswer  = 16 << 20
	firstPause = 200 * time.Millisecond
	callBound  = 60 * time.Second
	// longestWait is the longest Retry-After, in seconds, worth waiting for.
	longestWait = 30
)

// Client calls the DevOps API with one token. It is safe for many goroutines.
type Client struct {
	endpoint string
	token    astra.Token
	http     *http.Client
}

// NewClient makes a client for an endpoint such as [DefaultEndpoint]; with a
// nil http client it makes one.
func NewClient(endpoint string, token astra.Token, client *http.Client) (*Client, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, fmt.Errorf("%q is no DevOps API endpoint; it reads %s", endpoint, DefaultEndpoint)
	}
	if client == nil {
		client = &http.Client{Transport: astra.NewTransport()}
	}
	// The bearer token goes to this endpoint and nowhere that an answer points to.
	direct := *client
	direct.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{endpoint: strings.TrimRight(endpoint, "/"), token: token, http: &direct}, nil
}

// request is one call.
type request struct {
	op, method, path string
	body             any
	// again says that it may be repeated when it is unknown whether it was
	// carried out.
	again bool
	// location receives the header of that name, where the API puts the id of
	// what it created.
	location *string
}

// do sends the request, repeats it where that is safe, and decodes the answer
// into out unless that is nil.
func (c *Client) do(ctx context.Context, r request, out any) error {
	ctx, cancel := context.WithTimeout(ctx, callBound)
	defer cancel()
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval = firstPause
	var last error
	text, err := backoff.Retry(ctx, func() ([]byte, error) {
		text, err := c.once(ctx, r)
		last = err
		return text, advice(r, err)
	}, backoff.WithBackOff(pauses), backoff.WithMaxTries(tries))
	if err != nil {
		if last == nil {
			last = err
		}
		return last
	}
	if out == nil || len(text) == 0 {
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("%s: read the answer: %w", r.op, err)
	}
	return nil
}

// read does a request that is answered with a T.
func read[T any](ctx context.Context, c *Client, r request) (*T, error) {
	out := new(T)
	if err := c.do(ctx, r, out); err != nil {
		return nil, err
	}
	return out, nil
}

func (c *Client) once(ctx context.Context, r request) ([]byte, error) {
	var body io.Reader
	if r.body != nil {
		text, err := json.Marshal(r.body)
		if err != nil {
			return nil, fmt.Errorf("%s: encode: %w", r.op, err)
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, c.endpoint+r.path, body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.op, err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token.Reveal())
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "killrvideo-go")
	answer, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.op, err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("%s: read the answer: %w", r.op, err)
	}
	if answer.StatusCode >= 300 {
		return nil, newError(r.op, answer, text)
	}
	if r.location != nil {
		*r.location = answer.Header.Get("Location")
	}
	return text, nil
}

// advice tells the backoff what to do: a 429 was surely not carried out; a
// server error or a broken connection may have been.
func advice(r request, err error) error {
	if err == nil {
		return nil
	}
	failure, answered := asError(err)
	switch {
	case answered && failure.Status == http.StatusTooManyRequests:
		seconds, e := strconv.Atoi(failure.retryAfter)
		switch {
		case e != nil || seconds < 0:
			return err
		case seconds > longestWait:
			return backoff.Permanent(err)
		}
		return backoff.RetryAfter(seconds)
	case r.again && (!answered || failure.Status >= 500):
		return err
	default:
		return backoff.Permanent(err)
	}
}
