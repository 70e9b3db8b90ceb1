package provider_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/killrvideo/killrvideo-go/infra/provider"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/infra/provider/run"
)

// cloudRun is a service whose traffic can be read and set.
type cloudRun struct {
	url string

	mu         sync.Mutex
	traffic    []run.Target // nil for no service
	generation int
	set        []string // what the traffic was set to
	answers    func(set int) string
	refuses    int // how many changes are refused from now on
}

const cloudRunService = "projects/shop-1/locations/europe-west1/services/api"

// startCloudRun starts Google with a service whose traffic one revision has.
func startCloudRun(t *testing.T) *cloudRun {
	t.Helper()
	google := &cloudRun{generation: 1, traffic: []run.Target{{Type: run.ToLatest, Percent: 100}}}
	google.answers = func(int) string { return "new" }
	server := httptest.NewServer(http.HandlerFunc(google.serve))
	t.Cleanup(server.Close)
	google.url = server.URL
	return google
}

// client calls it, and does not wait.
func (g *cloudRun) client() provider.Option {
	return provider.WithCloudRun(func(context.Context) (*run.Client, error) {
		return run.NewAt(http.DefaultClient, g.url+"/v2/", g.url+"/logging/"), nil
	})
}

// stack is a resource of a provider that calls it.
func (g *cloudRun) stack(t *testing.T, typ string) *stack {
	t.Helper()
	pause := provider.WithPause(func(context.Context, time.Duration) error { return nil })
	return newStack(t, newServer(t, nil, g.client(), pause), typ)
}

// refresh reads the resource as the engine does.
func (s *stack) refresh() {
	s.t.Helper()
	found := s.read()
	s.inputs, s.state = found.Inputs, found.Properties
}

func (g *cloudRun) serve(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case r.URL.Path == "/health/ready":
		_ = json.NewEncoder(w).Encode(map[string]string{"revision": g.answers(len(g.set))})
	case g.traffic == nil || r.URL.Path != "/v2/"+cloudRunService:
		w.WriteHeader(http.StatusNotFound)
	case r.Method == http.MethodPatch && g.refuses > 0:
		g.refuses--
		w.WriteHeader(http.StatusConflict)
		_, _ = fmt.Fprint(w, `{"error":{"status":"ABORTED","message":"the service was changed"}}`)
	case r.Method == http.MethodPatch:
		var body struct{ Traffic []run.Target }
		_ = json.NewDecoder(r.Body).Decode(&body)
		g.traffic = body.Traffic
		g.generation++
		var words []string
		for _, target := range body.Traffic {
			words = append(words, strings.TrimSpace(fmt.Sprintf("%s=%d %s", target.Revision, target.Percent, target.Tag)))
		}
		g.set = append(g.set, strings.Join(words, ", "))
		_, _ = fmt.Fprint(w, `{"name":"operations/1","done":true}`)
	default:
		_ = json.NewEncoder(w).Encode(run.Service{
			Generation: fmt.Sprint(g.generation), Etag: fmt.Sprint(g.generation), LatestReadyRevision: cloudRunService + "/revisions/api-1",
			Traffic: g.traffic,
		})
	}
}

// gets asks what was set.
func (g *cloudRun) gets(t *testing.T, want ...string) {
	t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	if !slices.Equal(g.set, want) {
		t.Errorf("the traffic was set to\n  %s\nwant\n  %s", strings.Join(g.set, "\n  "), strings.Join(want, "\n  "))
	}
}

func (g *cloudRun) inputs(to string, steps ...float64) map[string]property.Value {
	all := map[string]property.Value{
		"project": str("shop-1"), "location": str("europe-west1"), "service": str("api"), "to": str(to), "tag": str("candidate"),
		"generation": str("1"), "url": str(g.url), "revision": str("new"),
	}
	if len(steps) > 0 {
		var values []property.Value
		for _, step := range steps {
			values = append(values, property.New(step))
		}
		all["steps"] = property.New(values)
	}
	return all
}

func serving(trigger string) map[string]property.Value {
	return map[string]property.Value{
		"project": str("shop-1"), "location": str("europe-west1"), "service": str("api"),
		"triggers": property.New([]property.Value{str(trigger)}),
	}
}

func TestCloudRunServingIsAskedBeforeAChange(t *testing.T) {
	t.Parallel()
	google := startCloudRun(t)
	s := google.stack(t, resource.CloudRunServingType)
	must(t, s.create(serving("1")))
	revisions := func(want ...string) {
		t.Helper()
		var got []string
		for i, revision := range s.state.Get("revisions").AsArray().All {
			got = append(got, fmt.Sprintf("%s=%v", revision.AsString(), s.state.Get("percents").AsArray().Get(i).AsNumber()))
		}
		if !slices.Equal(got, want) {
			t.Errorf("the state has %v, want %v", got, want)
		}
	}
	revisions("api-1=100") // the latest one, by its name
	google.traffic = []run.Target{
		{Type: run.ToRevision, Revision: "api-1", Percent: 90}, {Type: run.ToRevision, Revision: "api-2", Percent: 10},
		{Type: run.ToLatest, Tag: "candidate"},
	}
	if d := s.diff(serving("1")); d.HasChanges {
		t.Errorf("without a change of the service it changes %v", d.DetailedDiff)
	}
	_, err := s.update(serving("2"), false)
	must(t, err)
	revisions("api-1=90", "api-2=10")
	google.traffic = []run.Target{{Type: run.ToRevision, Revision: "api-2", Percent: 100}}
	s.refresh()
	revisions("api-2=100")
	google.traffic = nil
	_, err = s.update(serving("3"), false)
	must(t, err)
	revisions()
}

func TestCloudRunTrafficMovesInSteps(t *testing.T) {
	t.Parallel()
	google := startCloudRun(t)
	s := google.stack(t, resource.CloudRunTrafficType)
	must(t, s.create(google.inputs("api-2", 10, 50)))
	google.gets(t, "api-1=90, api-2=10, =0 candidate", "api-1=50, api-2=50, =0 candidate", "api-2=100, =0 candidate")
	if d := s.diff(google.inputs("api-2")); d.HasChanges {
		t.Errorf("other steps change %v", d.DetailedDiff)
	}
	again := google.inputs("api-2")
	again["generation"] = str("4") // what its own last change made
	if d := s.diff(again); d.HasChanges {
		t.Errorf("after a refresh it changes %v", d.DetailedDiff)
	}
	again["generation"] = str("5")
	if d := s.diff(again); !d.HasChanges {
		t.Error("after an update of the service it does not set the traffic again")
	}
	google.traffic = []run.Target{{Type: run.ToRevision, Revision: "by-hand", Percent: 100}}
	s.refresh()
	if d := s.diff(google.inputs("api-2")); !d.HasChanges {
		t.Error("traffic that was moved by hand is left there")
	}
}

// TestCloudRunTrafficGoesBack when the revision fails on the way.
func TestCloudRunTrafficGoesBack(t *testing.T) {
	t.Parallel()
	google := startCloudRun(t)
	google.answers = func(set int) string {
		if set > 1 {
			return "another"
		}
		return "new"
	}
	s := google.stack(t, resource.CloudRunTrafficType)
	err := s.create(google.inputs("api-2", 10, 50))
	for _, want := range []string{"api-2 failed with 50 %", "api-1 has it again", "status 200 from revision another"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q: %v", want, err)
		}
	}
	google.gets(t, "api-1=90, api-2=10, =0 candidate", "api-1=50, api-2=50, =0 candidate", "api-1=100, =0 candidate")
}

// TestCloudRunTrafficMovesAtOnceWithAnotherKey: the revision before cannot verify
// what the new one signs.
func TestCloudRunTrafficMovesAtOnceWithAnotherKey(t *testing.T) {
	t.Parallel()
	google := startCloudRun(t)
	s := google.stack(t, resource.CloudRunTrafficType)
	signedBy := func(key, to string) map[string]property.Value {
		inputs := google.inputs(to, 10)
		inputs["keyFingerprint"] = str(key)
		return inputs
	}
	must(t, s.create(signedBy("k1", "api-2")))
	_, err := s.update(signedBy("k2", "api-3"), false)
	must(t, err)
	_, err = s.update(signedBy("k2", "api-4"), false)
	must(t, err)
	google.gets(t, "api-1=90, api-2=10, =0 candidate", "api-2=100, =0 candidate", "api-3=100, =0 candidate",
		"api-3=90, api-4=10, =0 candidate", "api-4=100, =0 candidate")
}

// TestCloudRunTrafficIsNotLost to someone who changes the service at the same time.
func TestCloudRunTrafficIsNotLost(t *testing.T) {
	t.Parallel()
	google := startCloudRun(t)
	google.refuses = 2
	s := google.stack(t, resource.CloudRunTrafficType)
	must(t, s.create(google.inputs("api-2")))
	google.gets(t, "api-2=100, =0 candidate")
}

func TestCloudRunTrafficRefusesBadSteps(t *testing.T) {
	t.Parallel()
	google := startCloudRun(t)
	s := google.stack(t, resource.CloudRunTrafficType)
	for _, steps := range [][]float64{{0}, {100}, {50, 10}, {10, 10}} {
		if _, failures := s.check(google.inputs("api-2", steps...)); len(failures) != 1 {
			t.Errorf("steps %v: %v", steps, failures)
		}
	}
}
