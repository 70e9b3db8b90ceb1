package e2e

import (
	"errors"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks"
)

// given is a stack's settings in memory.
type given struct {
	values map[string]string
	secret bool
}

func (g given) Stack() string { return "dev" }
func (g given) GetConfig(key string) (string, bool) {
	value, set := g.values[strings.TrimPrefix(key, stacks.Namespace+":")]
	return value, set
}
func (g given) IsConfigSecret(string) bool { return g.secret }

// What a stack takes, the service must start with: otherwise a preview is
// green and the deployment fails at its gate. Each value is judged by both.
func TestTheStackAndTheServiceTakeTheSameSettings(t *testing.T) {
	t.Parallel()
	binary := filepath.Join(t.TempDir(), "killrvideo")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", binary, ".")
	build.Dir = filepath.Join(checkout, "service")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the service: %v\n%s", err, output)
	}
	for _, row := range []struct {
		key, variable string
		good, bad     []string
	}{
		{"jwtExpiryMinutes", "JWT_EXPIRY_MINUTES", []string{"1", "1440"}, []string{"0", "1441", "soon"}},
		{"logLevel", "LOG_LEVEL", []string{"DEBUG", "INFO", "WARN", "ERROR"}, []string{"LOUD"}},
		{"corsOrigins", "CORS_ORIGINS", []string{"*", "https://a.example.org,http://b.example.org:8080"},
			[]string{"a.example.org", "https://a.example.org/path", "https://a.example.org,*", "https://*.example.org", "ftp://a.example.org"}},
		{"moderatorEmails", "MODERATOR_EMAILS", []string{"ada@example.org", "ada@example.org, bob@example.org"},
			[]string{"ada", "Ada <ada@example.org>"}},
		{"defaultRoles", "DEFAULT_ROLES", []string{"viewer", "creator", "viewer, creator"}, []string{"moderator", "king", "viewer,moderator"}},
		{"keyspace", "ASTRA_DB_KEYSPACE", []string{"killrvideo", "K_1", "k" + strings.Repeat("x", 47)},
			[]string{"1k", "_k", "a-b", "k" + strings.Repeat("x", 48)}},
		{"service.refreshExpiryDays", "REFRESH_EXPIRY_DAYS", []string{"1", "365"}, []string{"0", "366"}},
		{"service.loginMaxFailures", "LOGIN_MAX_FAILURES", []string{"0", "20"}, []string{"-1", "21"}},
		{"service.lockoutMinutes", "LOCKOUT_MINUTES", []string{"1", "720"}, []string{"0", "721"}},
		{"service.rateLimitLogins", "RATE_LIMIT_LOGINS", []string{"0", "1000000"}, []string{"-1", "1000001"}},
		{"service.rateLimitRegistrations", "RATE_LIMIT_REGISTRATIONS", []string{"0", "1000000"}, []string{"-1", "1000001"}},
		{"service.rateLimitViews", "RATE_LIMIT_VIEWS", []string{"0", "1000000"}, []string{"-1", "1000001"}},
		{"service.rateLimitSubmissions", "RATE_LIMIT_SUBMISSIONS", []string{"0", "1000000"}, []string{"-1", "1000001"}},
		{"service.trustedProxies", "TRUSTED_PROXIES", []string{`"none"`, `"private"`, `"10.0.0.0/8, 192.0.2.1, 2001:db8::/32"`},
			[]string{`"everywhere"`, `"10.0.0.0/8 192.0.2.1"`}},
		{"service.docs", "DOCS", []string{`"on"`, `"off"`}, []string{`"yes"`}},
		{"service.otlpEndpoint", "OTEL_EXPORTER_OTLP_ENDPOINT", []string{`"http://collector:4318"`, `"https://collector.example.org"`},
			[]string{`"collector:4318"`, `"ftp://collector"`, `"https://me@collector"`}},
		{"service.otlpProtocol", "OTEL_EXPORTER_OTLP_PROTOCOL", []string{`"grpc"`, `"http/protobuf"`}, []string{`"http"`}},
		{"service.tracesRatio", "OTEL_TRACES_SAMPLER_ARG", []string{"0", "0.5", "1"}, []string{"-0.1", "1.1"}},
		{"otlpHeaders", "OTEL_EXPORTER_OTLP_HEADERS", []string{"api-key=generated", "a=1,b=2"}, []string{"generated", "=generated", "a=1,b"}},
	} {
		t.Run(row.key, func(t *testing.T) {
			t.Parallel()
			for _, value := range slices.Concat(row.good, row.bad) {
				want := slices.Contains(row.good, value)
				if got := stackTakes(t, row.key, value); got != want {
					t.Errorf("the stack takes %s: %v, want %v", value, got, want)
				}
				if got := serviceTakes(t, binary, row.variable, strings.Trim(value, `"`)); got != want {
					t.Errorf("the service takes %s: %v, want %v", value, got, want)
				}
			}
		})
	}
}

func stackTakes(t *testing.T, key, value string) bool {
	t.Helper()
	source := given{map[string]string{key: value}, key == "otlpHeaders"}
	if group, member, isMember := strings.Cut(key, "."); isMember {
		source.values = map[string]string{group: `{"` + member + `":` + value + `}`}
	}
	_, err := stacks.Load(source)
	var problems *stacks.Problems
	if err != nil && !errors.As(err, &problems) {
		t.Fatal(err)
	}
	return problems == nil || !slices.ContainsFunc(problems.List, func(p stacks.Problem) bool { return p.Key == key })
}

// serviceTakes starts the service without what it cannot do without: it ends
// at once and names everything that it does not take.
func serviceTakes(t *testing.T, binary, variable, value string) bool {
	t.Helper()
	cmd := exec.Command(binary)
	cmd.Dir, cmd.Env = t.TempDir(), []string{variable + "=" + value}
	output, err := cmd.CombinedOutput()
	var ended *exec.ExitError
	if !errors.As(err, &ended) || !strings.Contains(string(output), "JWT_SECRET_KEY") {
		t.Fatalf("the service did not refuse to start without a key: %v\n%s", err, output)
	}
	return !strings.Contains(string(output), variable)
}
