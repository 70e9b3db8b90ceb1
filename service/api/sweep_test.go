package api_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/killrvideo/killrvideo-go/service/api"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

func TestSweepNeedsItsToken(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		token, header, given string
		want                 int
	}{
		"right":              {"generated-by-the-test", "Authorization", "Bearer generated-by-the-test", 200},
		"wrong":              {"generated-by-the-test", "Authorization", "Bearer generated-by-another", 401},
		"a prefix":           {"generated-by-the-test", "Authorization", "Bearer generated", 401},
		"none given":         {"generated-by-the-test", "Authorization", "", 401},
		"none set":           {"", "Authorization", "Bearer ", 404},
		"own header":         {"generated-by-the-test", "X-Sweep-Token", "generated-by-the-test", 200},
		"own header, wrong":  {"generated-by-the-test", "X-Sweep-Token", "generated-by-another", 401},
		"own header, scheme": {"generated-by-the-test", "X-Sweep-Token", "Bearer generated-by-the-test", 401},
		"own header, empty":  {"generated-by-the-test", "X-Sweep-Token", "", 401},
		"own header, no set": {"", "X-Sweep-Token", "x", 404},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			swept := 0
			h := platform(func(d *api.Dependencies) {
				d.SweepToken, d.Sweep = test.token, func(context.Context) error { swept++; return nil }
			})
			w := ask(h, http.MethodPost, "/tasks/sweep", nil, test.header, test.given)
			if w.Code != test.want || (swept == 1) != (test.want == http.StatusOK) {
				t.Errorf("%d %s, swept %d times", w.Code, w.Body, swept)
			}
			if other := ask(h, http.MethodGet, "/tasks/sweep", nil, test.header, test.given); other.Code != http.StatusMethodNotAllowed ||
				swept > 1 {
				t.Errorf("GET: %d", other.Code)
			}
		})
	}
}

func TestSweepSaysWhetherItIsComplete(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		sweep func(context.Context) error
		code  int
		has   string
	}{
		"complete":    {func(context.Context) error { return nil }, 200, `{"complete":true}`},
		"out of time": {func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }, 200, `{"complete":false}`},
		"unavailable": {func(context.Context) error {
			return errors.Join(nil, killrvideo.Wrap(errors.New("refused"), killrvideo.EUNAVAILABLE, "x"))
		}, 503, "Unable to reach data store"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := platform(func(d *api.Dependencies) { d.SweepToken, d.Sweep = "generated-by-the-test", test.sweep })
				w := ask(h, http.MethodPost, "/tasks/sweep", nil, "Authorization", "Bearer generated-by-the-test")
				if w.Code != test.code || !strings.Contains(w.Body.String(), test.has) {
					t.Errorf("%d %s", w.Code, w.Body)
				}
			})
		})
	}
}
