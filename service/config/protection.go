package config

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

func (l loader) rateLimits() RateLimits {
	const most = 1_000_000
	return RateLimits{
		Logins:        l.integer("RATE_LIMIT_LOGINS", 0, most),
		Registrations: l.integer("RATE_LIMIT_REGISTRATIONS", 0, most),
		Views:         l.integer("RATE_LIMIT_VIEWS", 0, most),
		Submissions:   l.integer("RATE_LIMIT_SUBMISSIONS", 0, most),
	}
}

// private are the networks that no client on the internet comes from. Name them
// as trusted only where a platform's balancer is all that can connect from
// there: everyone else in these networks could make up any client's address.
var private = []string{
	"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10",
	"::1/128", "fc00::/7", "fe80::/10",
}

func (l loader) networks(name string) []string {
	var networks []string
	for _, item := range l.list(name) {
		_, errPrefix := netip.ParsePrefix(item)
		_, errAddr := netip.ParseAddr(item)
		switch {
		case item == "none":
		case item == "private":
			networks = append(networks, private...)
		case errPrefix != nil && errAddr != nil:
			l.problems.add(name, "must be networks such as 10.0.0.0/8, addresses, private or none, comma-separated")
			return nil
		default:
			networks = append(networks, item)
		}
	}
	return networks
}

func (l loader) traces() Traces {
	t := Traces{
		Protocol: l.orDefault("OTEL_EXPORTER_OTLP_PROTOCOL"),
		Endpoint: l.collector("OTEL_EXPORTER_OTLP_ENDPOINT"),
		Headers:  l.secret("OTEL_EXPORTER_OTLP_HEADERS"),
		Service:  l.orDefault("OTEL_SERVICE_NAME"),
		Ratio:    l.share("OTEL_TRACES_SAMPLER_ARG"),
	}
	if t.Protocol != "grpc" && t.Protocol != "http/protobuf" {
		l.problems.add("OTEL_EXPORTER_OTLP_PROTOCOL", "must be http/protobuf or grpc")
	}
	for _, pair := range strings.Split(t.Headers.Reveal(), ",") {
		if name, _, found := strings.Cut(pair, "="); !t.Headers.IsZero() && (!found || strings.TrimSpace(name) == "") {
			l.problems.add("OTEL_EXPORTER_OTLP_HEADERS", "must be name=value, comma-separated")
			break
		}
	}
	return t
}

func (l loader) collector(name string) string {
	text := l.text(name)
	if u, err := url.Parse(text); text != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil) {
		l.problems.add(name, "must be a URL such as http://collector:4318")
		return ""
	}
	return text
}

func (l loader) share(name string) float64 {
	share, err := strconv.ParseFloat(l.orDefault(name), 64)
	if err != nil || !(share >= 0 && share <= 1) {
		l.problems.add(name, "must be a number from 0 to 1")
		return 1
	}
	return share
}
