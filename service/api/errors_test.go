package api_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/killrvideo/killrvideo-go/service/api"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// refusing are keys that verify nothing.
type refusing struct{ err error }

func (r refusing) Sign(killrvideo.User, killrvideo.Session) (killrvideo.Tokens, error) {
	return killrvideo.Tokens{}, errors.New("cannot sign")
}

func (r refusing) VerifyRefresh(token string) (killrvideo.Session, error) { return r.Verify(token) }

func (r refusing) Verify(string) (killrvideo.Session, error) {
	if r.err != nil {
		return killrvideo.Session{}, r.err
	}
	return killrvideo.Session{}, killrvideo.Errorf(killrvideo.EUNAUTHORIZED, "Could not validate credentials")
}

// panicking are keys with a defect.
type panicking struct{ refusing }

func (panicking) Verify(string) (killrvideo.Session, error) { panic("canary of the defect") }

func me(h http.Handler) (status int, body string, header http.Header) {
	w := get(h, "/api/v1/users/me", "Authorization", "Bearer generated-by-a-test")
	return w.Code, w.Body.String(), w.Header()
}

func TestEveryCodeIsAProblem(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		err    error
		status int
		detail string
	}{
		"invalid": {killrvideo.Invalid(killrvideo.FieldError{In: "body", Field: "title", Message: "must not be blank"}), 422,
			"title must not be blank"},
		"refused":     {killrvideo.Errorf(killrvideo.EREFUSED, "no such URL"), 400, "no such URL"},
		"conflict":    {killrvideo.Errorf(killrvideo.ECONFLICT, "taken"), 400, "taken"},
		"who":         {killrvideo.Errorf(killrvideo.EUNAUTHORIZED, "Token has expired"), 401, "Token has expired"},
		"may not":     {killrvideo.Errorf(killrvideo.EFORBIDDEN, "no"), 403, "no"},
		"none":        {killrvideo.Errorf(killrvideo.ENOTFOUND, "gone"), 404, "gone"},
		"slow down":   {killrvideo.Errorf(killrvideo.ERATELIMIT, "slow down"), 429, "slow down"},
		"upstream":    {killrvideo.Errorf(killrvideo.EUPSTREAM, "YouTube"), 502, "YouTube"},
		"unavailable": {killrvideo.Wrap(errors.New("canary"), killrvideo.EUNAVAILABLE, "Unable"), 503, "Unable to reach data store"},
		"deadline":    {context.DeadlineExceeded, 503, "Unable to reach data store"},
		"unknown":     {errors.New("canary of the inside"), 500, killrvideo.MsgInternal},
		"internal":    {killrvideo.Wrap(errors.New("canary"), killrvideo.EINTERNAL, "canary too"), 500, killrvideo.MsgInternal},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := platform(func(d *api.Dependencies) { d.Keys = refusing{test.err} })
			w := get(h, "/api/v1/users/me", "Authorization", "Bearer generated-by-a-test")
			body := wantProblem(t, w, test.status, test.detail)
			if strings.Contains(w.Body.String(), "canary") {
				t.Errorf("the answer tells about the inside: %s", w.Body)
			}
			if want := map[bool]string{true: "Bearer"}[test.status == 401]; w.Header().Get("WWW-Authenticate") != want {
				t.Errorf("WWW-Authenticate %q", w.Header().Get("WWW-Authenticate"))
			}
			if fields, _ := body["errors"].([]any); (len(fields) == 1) != (name == "invalid") {
				t.Errorf("errors %v", body["errors"])
			}
		})
	}
}

func TestPanicAnswers500AndIsLogged(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	h := platform(func(d *api.Dependencies) {
		d.Keys, d.Log = panicking{}, slog.New(slog.NewJSONHandler(&out, nil))
	})
	status, body, _ := me(h)
	if status != http.StatusInternalServerError || strings.Contains(body, "canary") {
		t.Errorf("%d %s", status, body)
	}
	if !strings.Contains(out.String(), "canary of the defect") || !strings.Contains(out.String(), `"stack"`) {
		t.Errorf("not logged: %s", out.String())
	}
	if status, _, _ = me(h); status != http.StatusInternalServerError {
		t.Error("the second request was not answered")
	}
}

// endless never ends and never says how long it is.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return copy(p, bytes.Repeat([]byte("["), len(p))), nil }

func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	h := platform(nil)
	for _, size := range []int{64<<10 + 1, 1 << 20} {
		body := strings.Repeat("a", size)
		wantProblem(t, ask(h, http.MethodPost, "/api/v1/users/login", strings.NewReader(body)), http.StatusRequestEntityTooLarge, "64 KiB")
	}
	largest := `{"email":"` + strings.Repeat("a", 64<<10-12) + `"}`
	wantProblem(t, ask(h, http.MethodPost, "/api/v1/users/login", strings.NewReader(largest)), http.StatusUnprocessableEntity, "email")
	w := ask(h, http.MethodPost, "/api/v1/users/login", io.Reader(endless{}))
	if w.Code < 400 || w.Code >= 500 {
		t.Errorf("endless: %d %s", w.Code, w.Body)
	}
	deep := strings.Repeat("[", 32_000) + strings.Repeat("]", 32_000)
	wantProblem(t, ask(h, http.MethodPost, "/api/v1/users/login", strings.NewReader(deep)), http.StatusUnprocessableEntity, "JSON")
}

func FuzzBody(f *testing.F) {
	for _, seed := range []string{"", "{}", "null", `{"email":null}`, `{"email":"a@b.example","password":1e999}`, "{bad", "\xff",
		`{"a":{"a":{"a":[]}}}`} {
		f.Add(seed)
	}
	h := platform(func(d *api.Dependencies) { d.Accounts = &killrvideo.Accounts{} })
	f.Fuzz(func(t *testing.T, body string) {
		// No body without a valid e-mail and password gets as far as the accounts.
		w := ask(h, http.MethodPost, "/api/v1/users/register", strings.NewReader(body))
		if w.Code == http.StatusInternalServerError && !strings.Contains(body, "@") {
			t.Errorf("%q: %d %s", body, w.Code, w.Body)
		}
		if w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%q: %s", body, w.Header())
		}
	})
}

// Bodies that never end fail only the request that sends them.
func TestIncompleteBodyAnswers408(t *testing.T) {
	t.Parallel()
	for name, reason := range map[string]error{"cut short": io.ErrUnexpectedEOF, "too slow": os.ErrDeadlineExceeded} {
		var out bytes.Buffer
		h := platform(func(d *api.Dependencies) { d.Log = slog.New(slog.NewJSONHandler(&out, nil)) })
		body := io.MultiReader(strings.NewReader(`{"email":`), iotest.ErrReader(reason))
		wantProblem(t, ask(h, http.MethodPost, "/api/v1/users/login", body), http.StatusRequestTimeout, "did not arrive")
		if strings.Contains(out.String(), `"ERROR"`) {
			t.Errorf("%s: it is logged as ours: %s", name, out.String())
		}
	}
}

// A client that disconnects gets no answer, and no error is logged.
func TestDisconnectedClientIsNoFailure(t *testing.T) {
	t.Parallel()
	for want, reason := range map[int]error{
		499: killrvideo.Wrap(context.Canceled, killrvideo.EUNAVAILABLE, "Unable"), 500: errors.New("ours all the same"),
	} {
		var out bytes.Buffer
		ctx, cancel := context.WithCancel(t.Context())
		h := platform(func(d *api.Dependencies) {
			d.Keys, d.Log = hangingUp{refusing{reason}, cancel}, slog.New(slog.NewJSONHandler(&out, nil))
		})
		r := httptest.NewRequest(http.MethodGet, "/api/v1/users/me", nil).WithContext(ctx)
		r.Header.Set("Authorization", "Bearer generated-by-a-test")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want || strings.Contains(out.String(), `"ERROR"`) != (want == 500) {
			t.Errorf("%d, want %d: %s", w.Code, want, out.String())
		}
	}
}

// hangingUp are keys that take so long that the client goes.
type hangingUp struct {
	refusing
	cancel context.CancelFunc
}

func (h hangingUp) Verify(token string) (killrvideo.Session, error) {
	h.cancel()
	return h.refusing.Verify(token)
}
