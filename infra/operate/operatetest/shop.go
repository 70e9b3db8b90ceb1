package operatetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/operate"
)

// began is when the first instance of Shop started.
var began = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

// Shop are instances of every state, the newest first.
func Shop() []Instance {
	line := func(second int, level, text string) string {
		return fmt.Sprintf(`{"time":%q,"level":%q,"msg":%q,"request_id":"r-%d"}`,
			began.Add(time.Duration(second)*time.Second).Format(time.RFC3339), level, text, second)
	}
	digest := "sha256:" + strings.Repeat("ab", 32)
	return []Instance{
		{Name: "starts", Revision: "c", StartedAt: began.Add(3 * time.Minute), Reason: "no node has space"},
		{Name: "failed", Revision: "c", Digest: digest, Failed: true, Reason: "back-off restarting", StartedAt: began.Add(2 * time.Minute),
			Log: []string{line(120, "INFO", "starting"), "panic: nothing works"}},
		{Name: "second", Revision: "b", Digest: digest, Running: true, Ready: true, StartedAt: began.Add(time.Second), Log: []string{
			line(1, "INFO", "second 1"), line(2, "WARN", "second 2"), line(3, "INFO", "with AstraCS:secret:of-a-token"),
		}},
		{Name: "first", Revision: "b", Digest: digest, Running: true, Ready: true, StartedAt: began, Log: []string{
			line(0, "INFO", "first 0"), line(1, "INFO", "first 1"), line(2, "ERROR", "first 2"), line(4, "INFO", "first 4"),
		}},
	}
}

// Shops asks a platform about the instances of Shop.
func Shops(t *testing.T, platform operate.Platform) {
	t.Helper()
	found, err := platform.Instances(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]operate.Instance{}
	for _, i := range found {
		got[i.Name] = i
	}
	for name, want := range map[string]operate.Instance{
		"first":  {State: operate.Running, Ready: true, Serves: true, Revision: "b"},
		"second": {State: operate.Running, Ready: true, Serves: true, Revision: "b"},
		"failed": {State: operate.Failed, Revision: "c", Reason: "back-off restarting"},
		"starts": {State: operate.Starting, Revision: "c"},
	} {
		i := got[name]
		if i.State != want.State || i.Ready != want.Ready || i.Serves != want.Serves || i.Revision != want.Revision ||
			!strings.Contains(i.Reason, want.Reason) || !want.Ready && i.Reason == "" {
			t.Errorf("%s is %+v, want %+v", name, i, want)
		}
	}
	if len(found) != 4 || !found[0].Serves || !found[1].Serves {
		t.Fatalf("got %+v", found)
	}
	if newest := found[0]; newest.Name != "second" || !strings.HasPrefix(newest.Image, "sha256:abab") ||
		!newest.StartedAt.Equal(began.Add(time.Second)) {
		t.Errorf("got %+v", newest)
	}
	for name, test := range map[string]struct {
		query operate.Query
		want  string
	}{
		"the last ones":     {operate.Query{Lines: 3}, "first 2|with AstraCS|first 4"},
		"of a level":        {operate.Query{Level: 4}, "second 2|first 2"},
		"of a request":      {operate.Query{Lines: 2, RequestID: "r-1"}, "second 1|first 1"},
		"since a time":      {operate.Query{Since: began.Add(3 * time.Second)}, "with AstraCS|first 4"},
		"of the failed one": {operate.Query{Failed: true}, "starting|panic: nothing works"},
	} {
		var lines []string
		err := platform.Logs(t.Context(), test.query, func(line operate.Line) error {
			if strings.Contains(line.Text, "secret:of-a-token") {
				t.Errorf("%s: %s", name, line.Text)
			}
			lines = append(lines, line.Text)
			return nil
		})
		want := strings.Split(test.want, "|")
		if err != nil || len(lines) != len(want) {
			t.Errorf("%s: got %q, %v, want %q", name, lines, err, want)
			continue
		}
		for i, text := range want {
			if text, _, _ = strings.Cut(text, " AstraCS"); !strings.Contains(lines[i], text) {
				t.Errorf("%s: got %q, want %q", name, lines, want)
			}
		}
	}
}
