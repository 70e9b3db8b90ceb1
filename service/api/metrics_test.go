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
	if after := strings.Count(get(h, "/metrics").Body.String(), "\n"); after > before+80 {
		t.Errorf("%d lines became %d", before, after)
	}
}

// TestHistogramBuckets for an API of 1 to 20 ms.
func TestHistogramBuckets(t *testing.T) {
	t.Parallel()
	h := platform(nil)
	get(h, "/health")
	text := get(h, "/metrics").Body.String()
	for name, official := range map[string][]string{
		`http_request_duration_seconds_bucket{handler="/health",method="GET",`: {"0.1", "0.5", "1", "2.5", "5", "+Inf"},
		`http_request_duration_highr_seconds_bucket{`: {
			"0.01",
			"0.025",
			"0.05",
			"0.075",
			"0.1",
			"0.25",
			"0.5",
			"0.75",
			"1",
			"1.5",
			"2",
			"2.5",
			"3",
			"3.5",
			"4",
			"4.5",
			"5",
			"7.5",
			"10",
			"30",
			"60",
		},
		`astra_db_query_duration_seconds_bucket{operation="find",`: {"0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5",
			"10"},
		`vector_search_duration_seconds_bucket{`: {"0.1", "10"},
	} {
		for _, le := range append(official, "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05") {
			if want := fmt.Sprintf("%sle=%q}", name, le); strings.Count(text, want) != 1 {
				t.Errorf("%d of %s", strings.Count(text, want), want)
			}
		}
	}
}
