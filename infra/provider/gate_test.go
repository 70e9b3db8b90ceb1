package provider_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/killrvideo/killrvideo-go/infra/provider"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// revisionServer answers with whatever revision is set.
func revisionServer(t *testing.T, revision string) (string, *atomic.Value) {
	t.Helper()
	serving := &atomic.Value{}
	serving.Store(revision)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"status":"ready","revision":"` + serving.Load().(string) + `"}`))
	}))
	t.Cleanup(server.Close)
	return server.URL, serving
}

func gateInputs(url, revision string, triggers ...string) map[string]property.Value {
	list := []property.Value{}
	for _, trigger := range triggers {
		list = append(list, str(trigger))
	}
	return map[string]property.Value{
		"url": str(url), "revision": str(revision), "triggers": property.New(list),
		"timeoutSeconds": property.New(1.0), "intervalMillis": property.New(1.0),
	}
}

func newGateStack(t *testing.T) *stack {
	return newStack(t, newServer(t, nil, provider.WithClock(newClock().Now)), resource.GateType)
}

func TestGateLifeCycle(t *testing.T) {
	t.Parallel()
	url, serving := revisionServer(t, "r1")
	s := newGateStack(t)
	if err := s.create(gateInputs(url, "r2")); err == nil || !strings.Contains(err.Error(), "r1 (") {
		t.Fatalf("err = %v, want a failure that names r1", err)
	}
	serving.Store("r2")
	must(t, s.create(gateInputs(url, "r2")))
	if got := s.text("provedAt"); got != "2026-03-01T12:00:00Z" {
		t.Errorf("provedAt = %s", got)
	}
	if d := s.diff(gateInputs(url, "r2")); d.HasChanges {
		t.Errorf("a second up changes %v", d.DetailedDiff)
	}
	must(t, s.delete())
}

// TestGateProvesEveryChange in place: while that fails, the state has the proof of
// before.
func TestGateProvesEveryChange(t *testing.T) {
	t.Parallel()
	url, serving := revisionServer(t, "r1")
	s := newGateStack(t)
	must(t, s.create(gateInputs(url, "r1", "secret-version-1")))
	for name, inputs := range map[string]map[string]property.Value{
		"revision":    gateInputs(url, "r2", "secret-version-1"),
		"trigger":     gateInputs(url, "r1", "secret-version-2"),
		"consecutive": with(gateInputs(url, "r1", "secret-version-1"), "consecutive", property.New(5.0)),
	} {
		d := s.diff(inputs)
		if !d.HasChanges {
			t.Errorf("%s changes nothing", name)
		}
		for path, change := range d.DetailedDiff {
			if change.Kind != p.Update {
				t.Errorf("%s: %s is %v, want an update", name, path, change.Kind)
			}
		}
	}
	if _, err := s.update(gateInputs(url, "r2"), false); err == nil || !strings.Contains(err.Error(), "r1 (") {
		t.Fatalf("err = %v, want a failure that names r1", err)
	}
	if got := s.text("revision"); got != "r1" {
		t.Errorf("after a failed proof the state has revision %s", got)
	}
	serving.Store("r2")
	_, err := s.update(gateInputs(url, "r2"), false)
	must(t, err)
	if got := s.text("revision"); got != "r2" {
		t.Errorf("the state has revision %s", got)
	}
}

func TestGatePreviewSendsNoRequest(t *testing.T) {
	t.Parallel()
	s := newGateStack(t)
	preview := s.previewCreate(gateInputs("http://127.0.0.1:1", "r1"))
	if got := preview.Get("url"); !got.IsString() || !preview.Get("provedAt").HasComputed() {
		t.Errorf("preview = %v, want a known url and an unknown provedAt", preview)
	}
}

func TestGateOffNeedsAReason(t *testing.T) {
	t.Parallel()
	s := newGateStack(t)
	off := with(gateInputs("http://127.0.0.1:1", "r1"), "mode", str("off"))
	if _, failures := s.check(off); len(failures) != 1 || failures[0].Property != "reason" {
		t.Errorf("failures = %v, want one about the reason", failures)
	}
	must(t, s.create(with(off, "reason", str("no network from here"))))
	if s.text("provedAt") != "" {
		t.Error("a gate that is off claims a proof")
	}
}

func TestGateCheckNamesTheField(t *testing.T) {
	t.Parallel()
	s := newGateStack(t)
	for field, value := range map[string]property.Value{
		"url": str("not a url"), "revision": str(""), "mode": str("maybe"), "path": str("health"),
		"consecutive": property.New(-1.0), "timeoutSeconds": property.New(-1.0), "intervalMillis": property.New(-1.0),
	} {
		_, failures := s.check(with(gateInputs("http://127.0.0.1:1", "r1"), field, value))
		if len(failures) != 1 || failures[0].Property != field {
			t.Errorf("%s = %v: failures = %v", field, value, failures)
		}
	}
	proofs := map[string]property.Value{"revisionField": str("version"), "revisionHeader": str("X-Revision"), "statusOnly": property.New(true)}
	for first, value := range proofs {
		one := with(gateInputs("http://127.0.0.1:1", "r1"), first, value)
		s.checked(one)
		for second, value := range proofs {
			_, failures := s.check(with(one, second, value))
			if first != second && (len(failures) != 1 || failures[0].Property != "revisionHeader") {
				t.Errorf("%s and %s: failures = %v", first, second, failures)
			}
		}
	}
	unknown := with(gateInputs("", "r1"), "url", property.New(property.Computed))
	if _, failures := s.check(unknown); len(failures) != 0 {
		t.Errorf("an unknown url is refused: %v", failures)
	}
}

func TestGateEndsWhenTheEngineCancels(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		cancel()
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	t.Cleanup(server.Close)
	s := newStack(t, newServerContext(ctx, t, nil), resource.GateType)
	if err := s.create(with(gateInputs(server.URL, "r1"), "timeoutSeconds", property.New(3600.0))); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want the context's", err)
	}
}

// TestGateProvesAnyService: by a header, or by the status of a path alone.
func TestGateProvesAnyService(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Revision", "r1")
		if r.URL.Path != "/version" {
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(server.Close)
	for name, input := range map[string]struct {
		field string
		value property.Value
	}{"by a header": {"revisionHeader", str("X-Revision")}, "by status": {"statusOnly", property.New(true)}} {
		s := newGateStack(t)
		asked := with(gateInputs(server.URL, "r1"), "path", str("/version"))
		if err := s.create(with(asked, input.field, input.value)); err != nil || s.text("provedAt") == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
