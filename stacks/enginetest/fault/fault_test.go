package fault

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// scripted strikes every step in one way.
type scripted struct {
	kind  Kind
	after []Step
}

func (s *scripted) Before(Step) (Kind, time.Duration) { return s.kind, s.kind.Jump() }
func (s *scripted) After(step Step)                   { s.after = append(s.after, step) }

const cloudURN = resource.URN("urn:pulumi:dev::shop::aws:ecs/service:Service::api")

// TestStepsOfACloud fail before or after what the provider does.
func TestStepsOfACloud(t *testing.T) {
	t.Parallel()
	for kind, want := range map[Kind]struct {
		err  error
		done bool
		told int
	}{
		None: {nil, true, 0}, Before: {ErrBefore, false, 0}, After: {ErrAfter, true, 0}, Timeout: {context.DeadlineExceeded, true, 0},
		Killed: {nil, true, 1}, Ahead: {nil, true, 0},
	} {
		t.Run("kind "+string(kind), func(t *testing.T) {
			t.Parallel()
			referee, done := &scripted{kind: kind}, false
			striker := NewStriker(referee)
			built := striker.Wrap(p.Provider{Create: func(context.Context, p.CreateRequest) (p.CreateResponse, error) {
				done = true
				return p.CreateResponse{ID: "made"}, nil
			}})
			answer, err := built.Create(t.Context(), p.CreateRequest{Urn: cloudURN})
			if !errors.Is(err, want.err) || done != want.done || len(referee.after) != want.told || (answer.ID == "") != (want.err != nil) {
				t.Errorf("it ended with %v and %q, done is %v, told were %v", err, answer.ID, done, referee.after)
			}
			if err != nil && !strings.Contains(err.Error(), kind.Says()) {
				t.Errorf("%v does not say %q", err, kind.Says())
			}
			if jumped := time.Until(striker.Now()).Round(time.Hour); jumped != kind.Jump() {
				t.Errorf("the clock is wrong by %v", jumped)
			}
			done = false
			if _, err := built.Create(t.Context(), p.CreateRequest{Urn: cloudURN, DryRun: true}); err != nil || !done {
				t.Errorf("a preview ended with %v", err)
			}
		})
	}
}

// TestRequestsOfAStep: the first one that changes something fails, again too, and
// no other one.
func TestRequestsOfAStep(t *testing.T) {
	t.Parallel()
	for kind, want := range map[Kind]struct {
		status, sent int
		says         string
	}{
		None: {200, 1, ""}, Before: {503, 0, ""}, After: {0, 1, "connection reset"}, Timeout: {0, 1, "deadline exceeded"}, Behind: {200, 1, ""},
	} {
		t.Run("kind "+string(kind), func(t *testing.T) {
			t.Parallel()
			sent := 0
			server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { sent++ }))
			defer server.Close()
			striker := NewStriker(&scripted{kind: kind})
			client := http.Client{Transport: striker.Transport(http.DefaultTransport)}
			send := func(method, path, body string) (int, string) {
				request, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				response, err := client.Do(request)
				if err != nil {
					return 0, err.Error()
				}
				_, _ = io.Copy(io.Discard, response.Body)
				_ = response.Body.Close()
				return response.StatusCode, ""
			}
			built := striker.Wrap(p.Provider{Create: func(context.Context, p.CreateRequest) (p.CreateResponse, error) {
				for _, asks := range []struct{ method, path, body string }{
					{"GET", "/v2/tokens", ""}, {"POST", "/api/json/v1/shop", `{"listTables":{}}`},
				} {
					if status, text := send(asks.method, asks.path, asks.body); status != 200 {
						t.Errorf("%v got %d %s", asks, status, text)
					}
				}
				sent = 0
				for range 2 {
					status, text := send("POST", "/v2/tokens", `{"roles":["r"]}`)
					if status != want.status || !strings.Contains(text, want.says) {
						t.Errorf("it got %d %s", status, text)
					}
				}
				if sent != 2*want.sent {
					t.Errorf("%d requests arrived", sent)
				}
				if status, text := send("DELETE", "/v2/tokens/id", ""); status != 200 {
					t.Errorf("the next effect got %d %s", status, text)
				}
				return p.CreateResponse{}, nil
			}})
			_, err := built.Create(t.Context(), p.CreateRequest{Urn: "urn:pulumi:dev::shop::astradb:index:Token::token"})
			if err != nil {
				t.Error(err)
			}
			if status, text := send("POST", "/v2/tokens", ""); status != 200 {
				t.Errorf("after the step a request got %d %s", status, text)
			}
		})
	}
}

// TestRemoteReferee decides for a provider of another process.
func TestRemoteReferee(t *testing.T) {
	referee := &scripted{kind: Behind}
	server, variable := Serve(referee)
	defer server.Close()
	name, value, _ := strings.Cut(variable, "=")
	t.Setenv(name, value)
	if os.Getenv(name) != server.URL {
		t.Fatalf("the variable is %s", variable)
	}
	step := Step{"delete", "astradb:index:Token", "token-dev"}
	remote := FromEnvironment()
	if kind, jump := remote.Before(step); kind != Behind || jump != -24*time.Hour {
		t.Errorf("it decides %q and %v", kind, jump)
	}
	if remote.After(step); len(referee.after) != 1 || referee.after[0] != step {
		t.Errorf("it was told %v", referee.after)
	}
}
