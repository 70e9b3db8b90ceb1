package dataapi_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/update"
)

func TestOnlyIdempotentCommandsAreRetried(t *testing.T) {
	t.Parallel()
	key := filter.Eq("id", 1)
	for name, test := range map[string]struct {
		call  func(*dataapi.Table) error
		calls int
	}{
		"set":  {func(tb *dataapi.Table) error { return tb.UpdateOne(t.Context(), key, update.Table().Set("a", 1)) }, 2},
		"push": {func(tb *dataapi.Table) error { return tb.UpdateOne(t.Context(), key, update.Table().Push("a", 1)) }, 1},
		"entries": {func(tb *dataapi.Table) error {
			return tb.UpdateOne(t.Context(), key, update.Table().PutEntries("a", map[string]int64{"k": 1}))
		}, 2},
		"pull":     {func(tb *dataapi.Table) error { return tb.UpdateOne(t.Context(), key, update.Table().PullAll("a", 1)) }, 1},
		"find one": {func(tb *dataapi.Table) error { return tb.FindOne(t.Context(), key).Err() }, 2},
		"delete":   {func(tb *dataapi.Table) error { return tb.DeleteOne(t.Context(), key) }, 2},
		"index": {func(tb *dataapi.Table) error {
			return tb.CreateIndex(t.Context(), "i", "a", options.CreateIndex().SetIfNotExists(true))
		}, 2},
		"index, not repeatable": {func(tb *dataapi.Table) error { return tb.CreateIndex(t.Context(), "i", "a") }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, db := serve(t, reply{status: 503}, ok(`{"data":{"document":{"a":1}},"status":{}}`))
			err := test.call(db.Table("tb"))
			if r.calls() != test.calls || (err == nil) != (test.calls == 2) {
				t.Errorf("%d calls, %v", r.calls(), err)
			}
		})
	}
}

func TestRateLimitIsWaitedFor(t *testing.T) {
	t.Parallel()
	r, db := serve(t, reply{status: 429, header: map[string]string{"Retry-After": "0"}}, ok(`{"data":{"document":{"a":1}}}`))
	if err := db.Table("tb").FindOne(t.Context(), nil).Err(); err != nil || r.calls() != 2 {
		t.Errorf("%d calls, %v", r.calls(), err)
	}
}

func TestRefusalIsNotRetried(t *testing.T) {
	t.Parallel()
	r, db := serve(t, reply{status: 401, body: `{"errors":[{"errorCode":"UNAUTHENTICATED_REQUEST"}]}`})
	for range 20 {
		err := db.Table("tb").FindOne(t.Context(), nil).Err()
		if !results.HasCode(err, "UNAUTHENTICATED_REQUEST") {
			t.Fatalf("a refusal opened the breaker: %v", err)
		}
	}
	if r.calls() != 20 {
		t.Errorf("%d calls for 20 commands", r.calls())
	}
}

func TestBreakerOpensOnOutage(t *testing.T) {
	t.Parallel()
	r, db := serve(t, reply{status: 503})
	var err error
	for range 10 {
		err = db.Table("tb").UpdateOne(t.Context(), filter.Eq("id", 1), update.Table().Push("a", 1))
	}
	if !errors.Is(err, dataapi.ErrUnavailable) || r.calls() >= 10 {
		t.Errorf("after %d calls: %v", r.calls(), err)
	}
}

func TestEveryCallHasDeadline(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-stop:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(func() { close(stop); server.Close() })
	db := dataapi.NewClient(options.API().SetToken(canary).SetRequestTimeout(50 * time.Millisecond)).Database(server.URL)
	err := db.Table("tb").FindOne(t.Context(), nil).Err()
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestWarningsAndEventsAreReported(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(&recorder{answers: []reply{page(0, 1, "")}})
	t.Cleanup(server.Close)
	var warned []string
	var seen []options.CommandEvent
	client := dataapi.NewClient(options.API().SetToken(canary).
		SetWarningHandler(func(w results.Warning) { warned = append(warned, w.ErrorCode) }).
		SetObserver(func(_ context.Context, event options.CommandEvent) { seen = append(seen, event) }))
	_ = client.Database(server.URL).Table("tb").Find(nil).DecodeAll(t.Context(), &[]numbered{})
	if strings.Join(warned, ",") != "MISSING_INDEX" {
		t.Errorf("warned of %v", warned)
	}
	if len(seen) != 1 || seen[0].Command != "find" || seen[0].Table != "tb" || seen[0].Err != nil || len(seen[0].Warnings) != 1 {
		t.Errorf("saw %+v", seen)
	}
}

func TestMalformedEndpointIsReported(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "mydb", "ftp://x", "https://user@x"} {
		err := dataapi.NewClient().Database(bad).Table("tb").FindOne(t.Context(), nil).Err()
		if err == nil || !strings.Contains(err.Error(), "apps.astra.datastax.com") {
			t.Errorf("%q gave %v", bad, err)
		}
	}
}

func TestRequestIDIsSent(t *testing.T) {
	t.Parallel()
	r, db := serve(t, ok(`{"data":{"document":{}}}`))
	_ = db.Table("tb").FindOne(dataapi.WithRequestID(t.Context(), "req-1"), nil).Err()
	if r.header.Get("X-Request-Id") != "req-1" {
		t.Errorf("got %q", r.header.Get("X-Request-Id"))
	}
}

func TestClientFollowsNoRedirect(t *testing.T) {
	t.Parallel()
	elsewhere, _ := serve(t, ok(`{"data":{"document":{}}}`))
	other := httptest.NewServer(elsewhere)
	t.Cleanup(other.Close)
	_, db := serve(t, reply{status: 307, header: map[string]string{"Location": other.URL}})
	if err := db.Table("tb").FindOne(t.Context(), nil).Err(); err == nil || elsewhere.calls() != 0 {
		t.Errorf("%d calls elsewhere, %v", elsewhere.calls(), err)
	}
}
