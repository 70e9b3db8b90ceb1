package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/service/api"
)

func TestMetricsBeforeAnyTraffic(t *testing.T) {
	t.Parallel()
	text := get(platform(nil), "/metrics").Body.String()
	for _, name := range []string{
		"astra_db_query_duration_seconds", "youtube_fetch_duration_seconds", "vector_search_duration_seconds",
		"recommendation_generation_duration_seconds", "http_request_duration_highr_seconds",
	} {
		if !strings.Contains(text, "# TYPE "+name+" histogram\n") {
			t.Errorf("no %s", name)
		}
	}
	for _, operation := range []string{"find", "insert", "update"} {
		if want := fmt.Sprintf("astra_db_query_duration_seconds_count{operation=%q} 0", operation); !strings.Contains(text, want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestMetricsOfTraffic(t *testing.T) {
	t.Parallel()
	metrics := api.NewMetrics()
	h := platform(func(d *api.Dependencies) { d.Metrics = metrics })
	get(h, "/health")
	get(h, "/api/v1/videos/id/not-a-uuid")
	for i := range 30 {
		ask(h, fmt.Sprintf("M%d", i), fmt.Sprintf("/scan/%d", i), nil)
	}
	for _, command := range []string{"find", "findOne", "insertMany", "updateOne", "deleteOne", "listTables"} {
		metrics.ObserveCommand(command, time.Millisecond)
	}
	metrics.ObserveYouTube("oembed", time.Millisecond)
	text := get(h, "/metrics").Body.String()
	for _, want := range []string{
		`http_requests_total{handler="/health",method="GET",status="2xx"} 1`,
		`http_requests_total{handler="/api/v1/videos/id/:videoId",method="GET",status="4xx"} 1`,
		`http_requests_total{handler="none",method="other",status="4xx"} 30`,
		`http_request_duration_seconds_count{handler="/health",method="GET"} 1`,
		`http_request_size_bytes_count{handler="/health"} 1`, `http_response_size_bytes_count{handler="/health"} 1`,
		`astra_db_query_duration_seconds_count{operation="find"} 2`, `astra_db_query_duration_seconds_count{operation="insert"} 1`,
		`astra_db_query_duration_seconds_count{operation="delete"} 1`, `astra_db_query_duration_seconds_count{operation="other"} 1`,
		`youtube_fetch_duration_seconds_count{method="oembed"} 1`, `killrvideo_errors_total{code="not_found"}`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(text, "scan") || strings.Contains(text, "not-a-uuid") {
		t.Error("paths of requests become labels")
	}
}

func TestHandlerLabelIsBounded(t *testing.T) {
	t.Parallel()
	h := platform(nil)
	before := strings.Count(get(h, "/metrics").Body.String(), "\n")
	for i := range 200 {
		get(h, fmt.Sprintf("/x%d", i))
		ask(h, http.MethodPut, fmt.Sprintf("/api/v1/users/%d", i), nil)
	}
	if after := strings.Count(get(h, "/metrics").Body.String(), "\n"); after > before+60 {
		t.Errorf("%d lines became %d", before, after)
	}
}
