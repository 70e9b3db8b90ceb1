package stacks

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/app"
)

func TestTheServiceGroupBecomesVariables(t *testing.T) {
	t.Parallel()
	cfg, err := Load(source{values: map[string]string{
		"service": `{"rateLimitLogins":0,"refreshExpiryDays":7,"trustedProxies":"10.0.0.0/8, none",
			"otlpEndpoint":"http://collector:4318","otlpProtocol":"grpc","tracesRatio":0.25}`,
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"RATE_LIMIT_LOGINS": "0", "REFRESH_EXPIRY_DAYS": "7", "TRUSTED_PROXIES": "10.0.0.0/8, none",
		"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_TRACES_SAMPLER_ARG": "0.25",
	}
	got := cfg.Variables
	for _, name := range []string{"LOG_LEVEL", "CORS_ORIGINS", "JWT_EXPIRY_MINUTES", "MODERATOR_EMAILS", "DEFAULT_ROLES"} {
		delete(got, name) // the settings outside the group, which have values always
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestEgressPortsIncludeTheCollectors: a firewall has to allow it.
func TestEgressPortsIncludeTheCollectors(t *testing.T) {
	t.Parallel()
	for endpoint, want := range map[string][]int{
		"": nil, "https://collector.example.org": nil, "https://collector.example.org:443": nil,
		"https://collector.example.org:4318": {4318}, "http://collector:4317": {4317}, "http://collector": {80},
	} {
		cfg := &Config{Variables: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}}
		if got := cfg.egressPorts(); !slices.Equal(got, want) {
			t.Errorf("%q: got %v, want %v", endpoint, got, want)
		}
	}
}

func TestTheServiceGroupIsChecked(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		group string
		keys  []string
	}{
		"out of range": {`{"refreshExpiryDays":366,"lockoutMinutes":0,"loginMaxFailures":21,"rateLimitViews":-1}`,
			[]string{"service.lockoutMinutes", "service.loginMaxFailures", "service.rateLimitViews", "service.refreshExpiryDays"}},
		"another type":         {`{"rateLimitLogins":"many","tracesRatio":"some"}`, []string{"service.rateLimitLogins", "service.tracesRatio"}},
		"a share over all":     {`{"tracesRatio":1.5}`, []string{"service.tracesRatio"}},
		"no network":           {`{"trustedProxies":"10.0.0.0/8,everywhere"}`, []string{"service.trustedProxies"}},
		"a user in an URL":     {`{"otlpEndpoint":"https://me:secret@collector"}`, []string{"service.otlpEndpoint"}},
		"no port":              {`{"otlpEndpoint":"https://collector:99999"}`, []string{"service.otlpEndpoint"}},
		"no protocol":          {`{"otlpProtocol":"udp"}`, []string{"service.otlpProtocol"}},
		"a misspelt name":      {`{"rateLimitLogin":5}`, []string{"service.rateLimitLogin"}},
		"no object":            {`[]`, []string{"service"}},
		"a variable's name":    {`{"RATE_LIMIT_LOGINS":5}`, []string{"service.RATE_LIMIT_LOGINS"}},
		"good and bad at once": {`{"rateLimitLogins":5,"otlpProtocol":"udp"}`, []string{"service.otlpProtocol"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Load(source{values: map[string]string{"service": test.group}})
			var problems *Problems
			if !errors.As(err, &problems) {
				t.Fatalf("got %v", err)
			}
			var keys []string
			for _, p := range problems.List {
				keys = append(keys, p.Key)
				if !strings.HasPrefix(p.Fix, "pulumi config ") {
					t.Errorf("%s is fixed by %q", p.Key, p.Fix)
				}
			}
			if slices.Sort(keys); !slices.Equal(keys, test.keys) {
				t.Errorf("the problems are %v, want %v", keys, test.keys)
			}
		})
	}
}

func TestAURLWithAPasswordIsNotShown(t *testing.T) {
	t.Parallel()
	_, err := Load(source{values: map[string]string{"service": `{"otlpEndpoint":"https://me:canary-badc0ffee@collector"}`}})
	if err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("the password of a URL is shown: %v", err)
	}
}

// TestKeepAliveOutlastsTheBalancer: a connection that the service closes first
// loses the request that is on its way.
func TestKeepAliveOutlastsTheBalancer(t *testing.T) {
	t.Parallel()
	times := app.Times{BalancerIdle: 60, KeepAlive: 75}
	for given, refused := range map[string]bool{"": false, "61": false, "60": true, "5": true} {
		cfg := &Config{Variables: map[string]string{}}
		if given != "" {
			cfg.Variables["KEEP_ALIVE_TIMEOUT_SECONDS"] = given
		}
		err := join("dev", nil, keepsConnections(cfg, times))
		if (err != nil) != refused || refused && !strings.Contains(err.Error(), "config set --path 'service.keepAliveSeconds' '75'") {
			t.Errorf("%q: %v", given, err)
		}
	}
}
