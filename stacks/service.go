package stacks

import (
	"encoding/json"
	"errors"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Service is the group `service`: settings that reach the service as they are,
// under the variables of its own guide. What is not set keeps the service's
// default.
type Service struct {
	RefreshExpiryDays      *int        `json:"refreshExpiryDays"`
	LoginMaxFailures       *int        `json:"loginMaxFailures"`
	LockoutMinutes         *int        `json:"lockoutMinutes"`
	RateLimitLogins        *int        `json:"rateLimitLogins"`
	RateLimitRegistrations *int        `json:"rateLimitRegistrations"`
	RateLimitViews         *int        `json:"rateLimitViews"`
	RateLimitSubmissions   *int        `json:"rateLimitSubmissions"`
	KeepAliveSeconds       *int        `json:"keepAliveSeconds"`
	TrustedProxies         string      `json:"trustedProxies"`
	Docs                   string      `json:"docs"`
	OTLPEndpoint           string      `json:"otlpEndpoint"`
	OTLPProtocol           string      `json:"otlpProtocol"`
	TracesRatio            json.Number `json:"tracesRatio"`
}

// number is a whole number of the group.
type number struct {
	member, variable string
	value            *int
	low, high        int
}

func (s Service) numbers() []number {
	const most = 1_000_000
	return []number{
		{"refreshExpiryDays", "REFRESH_EXPIRY_DAYS", s.RefreshExpiryDays, 1, 365},
		{"loginMaxFailures", "LOGIN_MAX_FAILURES", s.LoginMaxFailures, 0, 20},
		{"lockoutMinutes", "LOCKOUT_MINUTES", s.LockoutMinutes, 1, 720},
		{"rateLimitLogins", "RATE_LIMIT_LOGINS", s.RateLimitLogins, 0, most},
		{"rateLimitRegistrations", "RATE_LIMIT_REGISTRATIONS", s.RateLimitRegistrations, 0, most},
		{"rateLimitViews", "RATE_LIMIT_VIEWS", s.RateLimitViews, 0, most},
		{"rateLimitSubmissions", "RATE_LIMIT_SUBMISSIONS", s.RateLimitSubmissions, 0, most},
		{"keepAliveSeconds", "KEEP_ALIVE_TIMEOUT_SECONDS", s.KeepAliveSeconds, 1, 3600},
	}
}

// words is a text of the group, with its rule and an example that passes it.
type words struct {
	member, variable, value string
	valid                   func(string) bool
	what, example           string
}

func (s Service) words() []words {
	return []words{
		{"trustedProxies", "TRUSTED_PROXIES", s.TrustedProxies, networks, "networks such as 10.0.0.0/8, addresses, private or none, separated by commas", "private"},
		{"docs", "DOCS", s.Docs, onOff, "on or off", "off"},
		{"otlpEndpoint", "OTEL_EXPORTER_OTLP_ENDPOINT", s.OTLPEndpoint, collector, "a URL such as https://collector.example.org:4318, without a user", "https://collector.example.org:4318"},
		{"otlpProtocol", "OTEL_EXPORTER_OTLP_PROTOCOL", s.OTLPProtocol, protocol, "http/protobuf or grpc", "http/protobuf"},
		{"tracesRatio", "OTEL_TRACES_SAMPLER_ARG", s.TracesRatio.String(), share, "a number from 0 to 1", "0.1"},
	}
}

// settings are the variables of what is set.
func (s Service) settings() map[string]string {
	set := map[string]string{}
	for _, n := range s.numbers() {
		if n.value != nil {
			set[n.variable] = itoa(*n.value)
		}
	}
	for _, w := range s.words() {
		if w.value != "" {
			set[w.variable] = w.value
		}
	}
	return set
}

// calls are the ports that the service calls beside HTTPS's own.
func (s Service) calls() []int { return portsOf(s.OTLPEndpoint) }

// portsOf is the port of an endpoint, if that is not HTTPS's own.
func portsOf(endpoint string) []int {
	u, err := url.Parse(endpoint)
	if err != nil || endpoint == "" {
		return nil
	}
	port, err := strconv.Atoi(u.Port())
	switch {
	case err != nil && u.Scheme == "http":
		return []int{80}
	case err != nil || port == 443:
		return nil
	}
	return []int{port}
}

// readGroup reads the group and holds each member to its rule.
func (s *Service) readGroup(r *reader) {
	p := r.problems
	var unread *Problems
	if errors.As(Group(r.source, "service", s), &unread) {
		p.List = append(p.List, unread.List...)
	}
	for _, n := range s.numbers() {
		if n.value != nil && (*n.value < n.low || *n.value > n.high) {
			p.add("service."+n.member, p.path("service."+n.member, itoa(n.low)), "%d is not from %d to %d", *n.value, n.low, n.high)
		}
	}
	for _, w := range s.words() {
		if w.value != "" && !w.valid(w.value) {
			p.add("service."+w.member, p.path("service."+w.member, w.example), "is not %s", w.what) // a URL may hold a password
		}
	}
}

func networks(list string) bool {
	for item := range strings.SplitSeq(list, ",") {
		item = strings.TrimSpace(item)
		_, noPrefix := netip.ParsePrefix(item)
		_, noAddress := netip.ParseAddr(item)
		if item != "private" && item != "none" && noPrefix != nil && noAddress != nil {
			return false
		}
	}
	return true
}

func collector(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.User != nil || (u.Scheme != "http" && u.Scheme != "https") {
		return false
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	return u.Port() == "" || err == nil && port > 0
}

func onOff(text string) bool { return text == "on" || text == "off" }

func protocol(text string) bool { return text == "http/protobuf" || text == "grpc" }

func share(text string) bool {
	n, err := strconv.ParseFloat(text, 64)
	return err == nil && n >= 0 && n <= 1
}
