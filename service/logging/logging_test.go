package logging

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
)

func line(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return fields
}

func TestGoogleSeverityAndMessage(t *testing.T) {
	t.Parallel()
	for level, want := range map[slog.Level]string{
		slog.LevelDebug: "DEBUG", slog.LevelInfo: "INFO", slog.LevelWarn: "WARNING", slog.LevelError: "ERROR", slog.LevelError + 4: "ERROR",
	} {
		var out bytes.Buffer
		log := slog.New(Google(&out, slog.LevelDebug, "videos")).With("revision", "r1")
		log.Log(t.Context(), level, "hello", slog.Group("request", slog.String("level", "kept"), slog.String("msg", "kept")))
		got := line(t, out.Bytes())
		if got["severity"] != want || got["message"] != "hello" || got["level"] != nil || got["msg"] != nil || got["revision"] != "r1" {
			t.Errorf("%v: %s", level, out.String())
		}
		if group, _ := got["request"].(map[string]any); group["level"] != "kept" || group["msg"] != "kept" {
			t.Errorf("fields of a group are renamed: %s", out.String())
		}
	}
}

func TestGoogleTrace(t *testing.T) {
	t.Parallel()
	const id = "0af7651916cd43dd8448eb211c80319c"
	for name, test := range map[string]struct{ header, value, want string }{
		"W3C":      {"Traceparent", "00-" + id + "-b7ad6b7169203331-01", "projects/videos/traces/" + id},
		"Google":   {"X-Cloud-Trace-Context", id + "/123;o=1", "projects/videos/traces/" + id},
		"forged":   {"X-Cloud-Trace-Context", `"},{"severity":"ERROR"/1`, ""},
		"no trace": {"Accept", "*/*", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			log := slog.New(Google(&out, slog.LevelInfo, "videos")).With("revision", "r1")
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header.Set(test.header, test.value)
			WithTrace(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { log.InfoContext(r.Context(), "asked") })).
				ServeHTTP(httptest.NewRecorder(), r)
			if got, _ := line(t, out.Bytes())["logging.googleapis.com/trace"].(string); got != test.want {
				t.Errorf("got %q", got)
			}
		})
	}
}
