package provider_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/killrvideo/killrvideo-go/infra/provider"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// behind puts a proxy between the provider and embedded Astra that may answer
// instead of it (before) or spoil its answer (after).
func (e embedded) behind(t *testing.T, before func(w http.ResponseWriter, r *http.Request) bool, after func(*http.Request) bool) embedded {
	t.Helper()
	target, err := url.Parse(e.url)
	must(t, err)
	proxy := httputil.NewSingleHostReverseProxy(target)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if before != nil && before(w, r) {
			return
		}
		if after != nil && after(r) {
			proxy.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler) // the answer is lost
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	e.url = server.URL
	return e
}

// forward lets embedded Astra answer a request.
func (e embedded) forward(t *testing.T, w http.ResponseWriter, r *http.Request) {
	t.Helper()
	target, err := url.Parse(e.url)
	if err != nil {
		t.Error(err)
		return
	}
	httputil.NewSingleHostReverseProxy(target).ServeHTTP(w, r)
}

func isDataAPI(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/json/") }

func TestProofRetriesUntilTheTokenIsAccepted(t *testing.T) {
	t.Parallel()
	embedded, direct := startVideos(t)
	role := embedded.role(t, direct, "videos")
	var asked atomic.Int64
	slow := embedded.behind(t, func(w http.ResponseWriter, r *http.Request) bool {
		if !isDataAPI(r) || asked.Add(1) > 2 {
			return false
		}
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"errors":[{"errorCode":"UNAUTHENTICATED_REQUEST","message":"not yet"}]}`))
		return true
	}, nil)
	s := newStack(t, slow.server(t), resource.TokenType)
	must(t, s.create(tokenInputs(role.id, "0")))
	must(t, s.delete())
}

func TestMintingWithoutAnswerLeavesNoToken(t *testing.T) {
	t.Parallel()
	embedded, direct := startVideos(t)
	role := embedded.role(t, direct, "videos")
	noTokenLeft := embedded.noTokenLeft(t)
	lossy := embedded.behind(t, nil, func(r *http.Request) bool {
		return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/tokens")
	})
	if err := newStack(t, lossy.server(t), resource.TokenType).create(tokenInputs(role.id, "0")); err == nil {
		t.Fatal("a token whose answer was lost was created")
	}
	noTokenLeft()
}

func TestServerErrorIsNotARefusal(t *testing.T) {
	t.Parallel()
	embedded, direct := startVideos(t)
	role := embedded.role(t, direct, "videos")
	noTokenLeft := embedded.noTokenLeft(t)
	var calls atomic.Int64
	broken := embedded.behind(t, func(w http.ResponseWriter, r *http.Request) bool {
		if !isDataAPI(r) || calls.Add(1) < 4 { // reading and writing work, the forbidden calls break
			return false
		}
		w.WriteHeader(http.StatusInternalServerError)
		return true
	}, nil)
	err := newStack(t, broken.server(t), resource.TokenType).create(tokenInputs(role.id, "0"))
	if err == nil || !strings.Contains(err.Error(), "find out whether it may create tables") {
		t.Errorf("err = %v, want a proof that could not be completed", err)
	}
	noTokenLeft()
}

func TestDeletionFailsWhileTheTokenIsAccepted(t *testing.T) {
	t.Parallel()
	embedded, direct := startVideos(t)
	role := embedded.role(t, direct, "videos")
	stale := embedded.behind(t, func(w http.ResponseWriter, r *http.Request) bool {
		if isDataAPI(r) {
			r.Header.Set("Token", embedded.admin.Reveal()) // as if a cache still knew it
		}
		return false
	}, nil)
	s := newStack(t, direct, resource.TokenType)
	must(t, s.create(tokenInputs(role.id, "0")))
	s.server = newServer(t, stale.config(), provider.WithPropagation(2, time.Millisecond))
	if err := s.delete(); err == nil || !strings.Contains(err.Error(), "still accepts it") {
		t.Errorf("err = %v, want the token that is still accepted", err)
	}
	s.server = direct
	must(t, s.delete())
}

// A Data API that breaks says nothing about the rights of a token.
func TestAProofThatBreaksIsNone(t *testing.T) {
	t.Parallel()
	embedded, direct := startVideos(t)
	readable := []property.Value{}
	for _, action := range resource.ReadActions() {
		readable = append(readable, str(action))
	}
	reads := newStack(t, direct, resource.RoleType)
	must(t, reads.create(with(roleInputs("reads", "videos"), "actions", property.New(readable))))
	writes := embedded.role(t, direct, "videos")
	for want, test := range map[string]struct {
		command string
		inputs  map[string]property.Value
	}{
		"read keyspace videos at ":             {"findOne", tokenInputs(writes.id, "0")},
		"write keyspace videos at ":            {"deleteOne", tokenInputs(writes.id, "0")},
		"find out whether it may write rows: ": {"deleteOne", readOnlyInputs(tokenInputs(reads.id, "0"))},
	} {
		noTokenLeft := embedded.noTokenLeft(t)
		broken := embedded.behind(t, func(w http.ResponseWriter, r *http.Request) bool {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			breaks := isDataAPI(r) && bytes.Contains(body, []byte(`"`+test.command+`"`))
			if breaks {
				w.WriteHeader(http.StatusInternalServerError)
			}
			return breaks
		}, nil)
		err := newStack(t, broken.server(t), resource.TokenType).create(test.inputs)
		refused(t, err, want, "was revoked")
		if err != nil && strings.Contains(err.Error(), "lacks the rights") {
			t.Errorf("err = %v, want no word about rights", err)
		}
		noTokenLeft()
	}
}
