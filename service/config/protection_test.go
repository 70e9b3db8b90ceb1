package config_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/killrvideo/killrvideo-go/service/config"
)

// protected adds the defaults of what protects and watches the service.
func protected(c config.Config) config.Config {
	c.SessionLifetime, c.LoginFailures, c.Lockout = 30*24*time.Hour, 10, 15*time.Minute
	c.RateLimits = config.RateLimits{Logins: 60, Registrations: 20, Views: 300, Submissions: 60}
	c.Traces = config.Traces{Protocol: "http/protobuf", Service: "killrvideo", Ratio: 1}
	return c
}

func TestProtectionAndTraces(t *testing.T) {
	t.Parallel()
	c := load(t, nil, valid("REFRESH_EXPIRY_DAYS=1", "LOGIN_MAX_FAILURES=0", "LOCKOUT_MINUTES=1",
		"RATE_LIMIT_LOGINS=0", "RATE_LIMIT_REGISTRATIONS=1", "RATE_LIMIT_VIEWS=2", "RATE_LIMIT_SUBMISSIONS=3",
		"TRUSTED_PROXIES=203.0.113.7, 10.1.0.0/16", "OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317",
		"OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "OTEL_EXPORTER_OTLP_HEADERS=key=generated,b=c",
		"OTEL_SERVICE_NAME=kv", "OTEL_TRACES_SAMPLER_ARG=0.25"))
	got := config.Config{
		SessionLifetime: c.SessionLifetime, LoginFailures: c.LoginFailures, Lockout: c.Lockout, RateLimits: c.RateLimits,
		TrustedProxies: c.TrustedProxies, Traces: c.Traces,
	}
	want := config.Config{
		SessionLifetime: 24 * time.Hour, Lockout: time.Minute, RateLimits: config.RateLimits{Registrations: 1, Views: 2, Submissions: 3},
		TrustedProxies: []string{"203.0.113.7", "10.1.0.0/16"},
		Traces: config.Traces{Endpoint: "http://collector:4317", Protocol: "grpc", Headers: "key=generated,b=c", Service: "kv",
			Ratio: .25},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if c := load(t, nil, valid("TRUSTED_PROXIES=none")); len(c.TrustedProxies) != 0 {
		t.Errorf("none is %v", c.TrustedProxies)
	}
	if c := load(t, nil, valid("TRUSTED_PROXIES=private,203.0.113.0/24")); !slices.Contains(c.TrustedProxies, "203.0.113.0/24") ||
		len(c.TrustedProxies) != 10 {
		t.Errorf("private and one more is %v", c.TrustedProxies)
	}
}

func TestBadProtectionIsOneProblem(t *testing.T) {
	t.Parallel()
	for _, set := range []string{
		"REFRESH_EXPIRY_DAYS=0", "LOGIN_MAX_FAILURES=21", "LOCKOUT_MINUTES=721", "RATE_LIMIT_LOGINS=-1", "RATE_LIMIT_REGISTRATIONS=canary",
		"RATE_LIMIT_VIEWS=1.5", "RATE_LIMIT_SUBMISSIONS=-1", "TRUSTED_PROXIES=10.0.0.0/8,canary", "OTEL_EXPORTER_OTLP_ENDPOINT=canary:4317",
		"OTEL_EXPORTER_OTLP_ENDPOINT=http://user:canary@collector", "OTEL_EXPORTER_OTLP_PROTOCOL=canary", "OTEL_EXPORTER_OTLP_HEADERS=canary",
		"OTEL_TRACES_SAMPLER_ARG=2", "OTEL_TRACES_SAMPLER_ARG=NaN",
	} {
		_, err := config.Load(nil, valid(set), "")
		var problems config.Problems
		name, _, _ := strings.Cut(set, "=")
		if !errors.As(err, &problems) || len(problems) != 1 || problems[0].Variable != name || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", set, err)
		}
	}
}
