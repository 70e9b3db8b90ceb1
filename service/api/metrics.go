package api

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are the numbers that GET /metrics shows. Names and labels are those
// of the official back end, so its dashboards work unchanged.
type Metrics struct {
	registry *prometheus.Registry

	requests     *prometheus.CounterVec
	duration     *prometheus.HistogramVec
	durationHigh prometheus.Histogram
	requestSize  *prometheus.SummaryVec
	responseSize *prometheus.SummaryVec
	failures     *prometheus.CounterVec
	shared       prometheus.Counter

	dataStore       *prometheus.HistogramVec
	youTube         *prometheus.HistogramVec
	vectorSearch    prometheus.Histogram
	recommendations prometheus.Histogram
}

// fine are buckets in the range of this API's answers, in seconds. Every histogram
// has them beside the official back end's buckets, which begin above nearly all
// answers.
var fine = []float64{.001, .0025, .005, .01, .025, .05}

// The official back end's buckets, in seconds. The one histogram without labels
// can afford many.
var (
	officialBuckets     = []float64{.1, .5, 1, 2.5, 5}
	officialHighBuckets = []float64{.01, .025, .05, .075, .1, .25, .5, .75, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 7.5, 10, 30, 60}
)

// withFine adds the fine steps to official buckets.
func withFine(official []float64) []float64 {
	all := slices.Concat(fine, official)
	slices.Sort(all)
	return slices.Compact(all)
}

// NewMetrics makes the metrics in a registry of their own.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry:     prometheus.NewRegistry(),
		requests:     counters("http_requests_total", "Requests by route template, method and class of status.", "handler", "method", "status"),
		duration:     histograms("http_request_duration_seconds", "Time to answer, by route template.", officialBuckets, "handler", "method"),
		durationHigh: histogram("http_request_duration_highr_seconds", "Time to answer, all routes, in fine steps.", officialHighBuckets),
		requestSize:  summaries("http_request_size_bytes", "Size of request bodies by route template.", "handler"),
		responseSize: summaries("http_response_size_bytes", "Size of response bodies by route template.", "handler"),
		failures:     counters("killrvideo_errors_total", "Errors answered, by code.", "code"),
		shared: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "killrvideo_shared_answers_total", Help: "Answers to reads that other requests asked for at the same time.",
		}),
		dataStore: histograms("astra_db_query_duration_seconds", "Time of Data API commands as the caller saw it.", prometheus.DefBuckets,
			"operation"),
		youTube:         histograms("youtube_fetch_duration_seconds", "Time to fetch a video's metadata.", prometheus.DefBuckets, "method"),
		vectorSearch:    histogram("vector_search_duration_seconds", "Time of vector searches.", prometheus.DefBuckets),
		recommendations: histogram("recommendation_generation_duration_seconds", "Time to make recommendations.", prometheus.DefBuckets),
	}
	m.registry.MustRegister(m.requests, m.duration, m.durationHigh, m.requestSize, m.responseSize, m.failures, m.shared,
		m.dataStore, m.youTube, m.vectorSearch, m.recommendations,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.announce()
	return m
}

// announce makes the labelled histograms visible before the first request.
func (m *Metrics) announce() {
	for _, operation := range []string{"find", "insert", "update"} {
		m.dataStore.WithLabelValues(operation)
	}
	for _, method := range []string{"v3_api", "oembed"} {
		m.youTube.WithLabelValues(method)
	}
}

// Handler shows the metrics in the text format of Prometheus.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// operations maps the Data API's commands to the official operation labels;
// a command that is not here is its own label's "other".
var operations = map[string]string{
	"find": "find", "findOne": "find",
	"insertOne": "insert", "insertMany": "insert",
	"updateOne": "update", "deleteOne": "delete", "deleteMany": "delete",
}

// ObserveCommand records one Data API command.
func (m *Metrics) ObserveCommand(command string, took time.Duration) {
	operation, known := operations[command]
	if !known {
		operation = "other"
	}
	m.dataStore.WithLabelValues(operation).Observe(took.Seconds())
}

// ObserveYouTube records one fetch of metadata; method is v3_api or oembed.
func (m *Metrics) ObserveYouTube(method string, took time.Duration) {
	m.youTube.WithLabelValues(method).Observe(took.Seconds())
}

// answered is what one request adds.
type answered struct {
	route, method         string
	status                int
	took                  time.Duration
	requestSize, respSize float64
}

func (m *Metrics) observe(r answered) {
	m.requests.WithLabelValues(r.route, r.method, strconv.Itoa(r.status/100)+"xx").Inc()
	m.duration.WithLabelValues(r.route, r.method).Observe(r.took.Seconds())
	m.durationHigh.Observe(r.took.Seconds())
	m.requestSize.WithLabelValues(r.route).Observe(max(r.requestSize, 0))
	m.responseSize.WithLabelValues(r.route).Observe(max(r.respSize, 0))
}

func (m *Metrics) failed(code string) { m.failures.WithLabelValues(code).Inc() }

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

func histogram(name, help string, official []float64) prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{Name: name, Help: help, Buckets: withFine(official)})
}

func histograms(name, help string, official []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: withFine(official)}, labels)
}

func summaries(name, help string, labels ...string) *prometheus.SummaryVec {
	return prometheus.NewSummaryVec(prometheus.SummaryOpts{Name: name, Help: help}, labels)
}

// scraper refuses requests for the metrics without the token, if one is set.
func (a *API) scraper(c *gin.Context) {
	if a.MetricsToken != "" {
		a.requireSecret(c, a.MetricsToken)
	}
}
