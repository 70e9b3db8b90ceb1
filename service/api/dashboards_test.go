package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/service/api"
)

// The official Grafana dashboards ask for these series, and group them by this
// label. One that is renamed here leaves a panel empty there.
func TestMetricsOfTheOfficialDashboards(t *testing.T) {
	t.Parallel()
	metrics := api.NewMetrics()
	h := platform(func(d *api.Dependencies) { d.Metrics = metrics })
	get(h, "/health")
	metrics.ObserveCommand("find", time.Millisecond)
	metrics.ObserveYouTube("oembed", time.Millisecond)
	w := get(h, "/metrics")
	if w.Code != http.StatusOK {
		t.Fatal(w.Code)
	}
	for name, label := range map[string]string{
		"http_request_duration_seconds":              `handler="/health",`,
		"astra_db_query_duration_seconds":            `operation="find",`,
		"youtube_fetch_duration_seconds":             `method="oembed",`,
		"vector_search_duration_seconds":             "",
		"recommendation_generation_duration_seconds": "",
	} {
		if !hasLine(w.Body.String(), name+"_bucket{"+label) {
			t.Errorf("no %s_bucket by {%s}", name, label)
		}
		for _, part := range []string{"sum", "count"} {
			if !hasLine(w.Body.String(), fmt.Sprintf("%s_%s", name, part)) {
				t.Errorf("no %s_%s", name, part)
			}
		}
	}
}

func hasLine(text, prefix string) bool { return strings.Contains("\n"+text, "\n"+prefix) }
