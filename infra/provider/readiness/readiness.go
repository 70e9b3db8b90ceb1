// Package readiness asks a service over HTTP which revision it is until the
// answer is the expected one, and explains in words why it is not. What
// deploys the service, or knows of Pulumi, may not enter.
package readiness

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/provider/sleep"
)

// Path is what is asked under a service's URL, and Field of the JSON answer
// holds the revision, unless a Proof says otherwise.
const (
	Path  = "/health/ready"
	Field = "revision"
)

// requestTimeout bounds one question: a service that needs longer for its
// cheapest answer does not serve.
const requestTimeout = 10 * time.Second

// Proof is what has to be shown.
type Proof struct {
	// URL of the service, without Path.
	URL string
	// Path that is asked under it; "" is the constant.
	Path string
	// Revision that must answer.
	Revision string
	// Field of the JSON answer holds the revision, with dots between the names
	// of nested ones; "" is the constant. Header is one of the answer that holds
	// it instead. StatusOnly takes every answer of 200 for the right one.
	Field, Header string
	StatusOnly    bool
	// Consecutive right answers are enough.
	Consecutive int
	// Timeout for all of it, Interval between two questions.
	Timeout, Interval time.Duration
	// LogFile, if not empty, is a local file whose end explains a failure.
	LogFile string
	// Progress is told in one line when the answer changes.
	Progress func(line string)
}

// CheckURL returns why a text cannot be asked, or nil.
func CheckURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return fmt.Errorf("must be an http or https URL with a host, such as http://127.0.0.1:8000, got %q", text)
	}
	if u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return fmt.Errorf("must have no user, query or fragment, since a path is added to it")
	}
	return nil
}

// Wait asks until the proof is complete. It returns a *Failure when the time
// is over, and the context's error when that ends before.
func (p Proof) Wait(ctx context.Context) error {
	p.Path, p.Field = cmp.Or(p.Path, Path), cmp.Or(p.Field, Field)
	client := newClient()
	defer client.CloseIdleConnections()
	limited, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	seen := observations{want: p.Revision}
	for {
		answer := p.ask(limited, client)
		if limited.Err() != nil && answer.err != nil && seen.asked > 0 {
			break // the end of the time interrupted it; the answer before says more
		}
		if seen.add(answer) {
			p.tell(seen)
		}
		if seen.inARow >= p.Consecutive {
			return nil
		}
		if sleep.For(limited, p.Interval) != nil {
			break
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("wait for revision %s at %s: %w", p.Revision, p.URL, err)
	}
	return &Failure{proof: p, seen: seen, log: Tail(p.LogFile, tailLines, seen.last.reason)}
}

func (p Proof) tell(seen observations) {
	if p.Progress != nil {
		p.Progress(fmt.Sprintf("waiting for revision %s: %s", p.Revision, seen.last))
	}
}

// newClient opens a connection for every question, so that a load balancer
// does not answer all of them from one instance, and follows no redirect: a
// sign-in page is not the service.
func newClient() *http.Client {
	return &http.Client{
		Timeout:       requestTimeout,
		Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
