package operate_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

func TestParseLine(t *testing.T) {
	t.Parallel()
	const structured = `{"time":"2026-11-29T12:00:00Z","level":"WARN","msg":"slow","request_id":"r-1"}` + "\n"
	line := operate.ParseLine("one", structured)
	if line.Level != slog.LevelWarn || line.RequestID != "r-1" || line.Message != "slow" || line.Time.Hour() != 12 ||
		line.Instance != "one" {
		t.Errorf("got %+v", line)
	}
	if line := operate.ParseLine("one", "panic: no JSON"); line.Level != operate.Unstructured || line.Text != "panic: no JSON" {
		t.Errorf("got %+v", line)
	}
	// Generated for this test; it opens nothing.
	const token = "AstraCS:generated:0d0d0d0d"
	if line := operate.ParseLine("one", "panic: "+token+" eyJhbGciOi.eyJzdWIi.c2ln"); line.Text != "panic: *** ***" {
		t.Errorf("got %q", line.Text)
	}
}

func TestQuery(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	line := operate.Line{Time: at, Level: slog.LevelInfo, RequestID: "r-1"}
	for name, test := range map[string]struct {
		query operate.Query
		want  bool
	}{
		"all":             {operate.Query{}, true},
		"the same time":   {operate.Query{Since: at}, true},
		"later":           {operate.Query{Since: at.Add(time.Second)}, false},
		"more severe":     {operate.Query{Level: slog.LevelWarn}, false},
		"another request": {operate.Query{RequestID: "r-2"}, false},
		"that request":    {operate.Query{RequestID: "r-1"}, true},
	} {
		if got := test.query.Matches(line); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
	note, last := operate.Query{Lines: 2}.Tail()
	for i := range 9 {
		note(operate.Line{Text: fmt.Sprint(i)})
	}
	if got := last(); len(got) != 2 || got[0].Text != "7" || got[1].Text != "8" {
		t.Errorf("the last lines are %v", got)
	}
}

func TestHistory(t *testing.T) {
	t.Parallel()
	var h operate.History
	for i := range 14 {
		h = h.Proved(operate.Revision{Revision: fmt.Sprint(i), ProvedAt: "first"}, "")
	}
	revisions := func(h operate.History) (names []string) {
		for _, r := range h.Revisions {
			names = append(names, r.Revision)
		}
		return names
	}
	if got := revisions(h); len(got) != 10 || got[0] != "4" || got[9] != "13" {
		t.Fatalf("remembered are %v", got)
	}
	again := h.Proved(operate.Revision{Revision: "13", ProvedAt: "second", Settings: map[string]string{"a": "b"}}, "")
	if newest, _ := again.Newest(); newest.ProvedAt != "first" || newest.Settings["a"] != "b" || len(again.Revisions) != 10 {
		t.Errorf("proved again it is %+v", newest)
	}
	if got := revisions(h.Proved(operate.Revision{Revision: "12"}, "")); got[9] != "12" || got[8] != "13" || len(got) != 10 {
		t.Errorf("an earlier one that was deployed gives %v", got)
	}
	got := revisions(h.Proved(operate.Revision{Revision: "12 with other credentials"}, "12"))
	if got[len(got)-1] != "12 with other credentials" || slices.Contains(got, "13") ||
		slices.Contains(got, "12") {
		t.Errorf("a roll-back gives %v", got)
	}
	if got := operate.HistoryIn(map[string]any{operate.HistoryOutput: h.Output()}); !reflect.DeepEqual(got.Revisions, h.Revisions) {
		t.Errorf("read back it is %v", got)
	}
	first := operate.Rotation{At: "t", What: "key", To: "a"}
	if got := h.Rotated(first); len(got.Rotations) != 0 {
		t.Errorf("a first credential is a rotation: %v", got.Rotations)
	}
	second := operate.Rotation{At: "t", What: "key", From: "a", To: "b"}
	if got := h.Rotated(second); len(got.Rotations) != 1 || len(got.Since(h)) != 1 || len(got.Since(got)) != 0 {
		t.Errorf("got %v", got.Rotations)
	}
}

func TestDrifted(t *testing.T) {
	t.Parallel()
	state := func(outputs map[string]any) *apitype.StepEventStateMetadata {
		return &apitype.StepEventStateMetadata{Outputs: outputs}
	}
	before := map[string]any{"limits": map[string]any{"cpu": "1", "memory": "512Mi"}, "name": "api"}
	for name, test := range map[string]struct {
		step apitype.StepEventMetadata
		want string
	}{
		"the same": {apitype.StepEventMetadata{Op: apitype.OpRefresh, Old: state(before), New: state(before)}, ""},
		"deleted":  {apitype.StepEventMetadata{Op: apitype.OpDelete, Old: state(before)}, "was deleted"},
		"changed": {apitype.StepEventMetadata{Op: apitype.OpUpdate, Old: state(before), New: state(map[string]any{
			"limits": map[string]any{"cpu": "4", "memory": "512Mi"}, "name": "api"})}, "limits.cpu is 4, was 1"},
		"gone property": {apitype.StepEventMetadata{Op: apitype.OpUpdate, Old: state(before), New: state(map[string]any{
			"limits": before["limits"]})}, "name is not set, was api"},
	} {
		test.step.URN, test.step.Type = "urn:pulumi:dev::p::t::api-dev", "t"
		change, drifted := operate.Drifted(test.step)
		if drifted != (test.want != "") || drifted && !strings.Contains(change.String(), test.want) {
			t.Errorf("%s: %v, %q, want %q", name, drifted, change, test.want)
		}
	}
}

// TestStatusOf takes a service at its word only if it is the revision that was
// deployed.
func TestStatusOf(t *testing.T) {
	t.Parallel()
	answers := `{"revision":"b"}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(answers)) }))
	t.Cleanup(server.Close)
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	stack := operate.Stack{Name: "dev", Resources: []operate.Resource{
		{Type: "pulumi:pulumi:Stack", Outputs: map[string]any{
			"url": server.URL, "revision": "a", "jwtKeyId": "k", "jwtKeyProvedAt": "2026-11-01T12:00:00Z",
		}},
		{Type: resource.TokenType, Outputs: map[string]any{"clientId": "c"}, Created: now.Add(-50 * time.Hour)},
		{Type: resource.TokenType, Delete: true, Outputs: map[string]any{"clientId": "gone"}},
		{Type: resource.SigningKeyType, Outputs: map[string]any{
			"keyId": "k", "previousKeyId": "p", "current": map[string]any{"ciphertext": "x"},
		}},
		{Type: resource.RandomType, URN: "urn:pulumi:dev::p::" + resource.RandomType + "::sweep-dev", Created: now},
		{Type: resource.RandomType, URN: "urn:pulumi:dev::p::" + resource.RandomType + "::metrics-dev", Created: now},
	}}
	s, err := operate.StatusOf(t.Context(), stack, instances{{Name: "one"}}, now)
	if err != nil || s.Ready || s.Reason != "revision b answers, and a was deployed" {
		t.Errorf("got %+v, %v", s, err)
	}
	if len(s.Credentials) != 5 || s.Credentials[0].AgeDays != 2 || s.Credentials[1].AgeDays != 28 || s.Credentials[2].AgeDays != -1 ||
		s.Credentials[3].Name != "metricsToken" || s.Credentials[4].Name != "sweepToken" {
		t.Errorf("the credentials are %+v", s.Credentials)
	}
	stack.Resources[0].Outputs["revision"] = "b"
	if s, err = operate.StatusOf(t.Context(), stack, instances{}, now); err != nil || !s.Ready {
		t.Errorf("got %+v, %v", s, err)
	}
}

type instances []operate.Instance

func (i instances) Instances(context.Context) ([]operate.Instance, error)               { return i, nil }
func (i instances) Logs(context.Context, operate.Query, func(operate.Line) error) error { return nil }
