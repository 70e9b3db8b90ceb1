package telemetry

import (
	"fmt"
	"math/rand/v2"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// newSampler records that share of requests. Spans within a request follow it.
// Any client may send a traceparent, so neither its flag nor its trace id
// decides: the one could fill the collector or hide a request, and the other
// can be chosen so that sdktrace.TraceIDRatioBased always records it.
func newSampler(ratio float64) sdktrace.Sampler {
	own := share(ratio)
	return sdktrace.ParentBased(own, sdktrace.WithRemoteParentSampled(own), sdktrace.WithRemoteParentNotSampled(own))
}

// share is the chance with which a request is recorded, 0 to 1.
type share float64

// ShouldSample implements sdktrace.Sampler. It leaves out the caller's
// tracestate, which would go on to Astra.
func (s share) ShouldSample(sdktrace.SamplingParameters) sdktrace.SamplingResult {
	if rand.Float64() < float64(s) { //nolint:gosec // G404: what is recorded is no secret
		return sdktrace.SamplingResult{Decision: sdktrace.RecordAndSample}
	}
	return sdktrace.SamplingResult{Decision: sdktrace.Drop}
}

// Description implements sdktrace.Sampler.
func (s share) Description() string { return fmt.Sprintf("Share{%g}", float64(s)) }
