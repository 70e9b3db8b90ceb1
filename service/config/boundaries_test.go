package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/service/config"
)

// The last good values of a range are good, and the first bad ones are not.
func TestBoundaries(t *testing.T) {
	t.Parallel()
	file := func(size int) string {
		name := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(name, []byte(strings.Repeat("k", size)), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	for set, ok := range map[string]bool{
		"LOGIN_MAX_FAILURES=0": true, "LOGIN_MAX_FAILURES=20": true, "LOGIN_MAX_FAILURES=-1": false, "LOGIN_MAX_FAILURES=21": false,
		"JWT_EXPIRY_MINUTES=1": true, "JWT_EXPIRY_MINUTES=1440": true, "JWT_EXPIRY_MINUTES=0": false, "JWT_EXPIRY_MINUTES=1441": false,
		"OTEL_TRACES_SAMPLER_ARG=0": true, "OTEL_TRACES_SAMPLER_ARG=1": true, "OTEL_TRACES_SAMPLER_ARG=1.01": false,
		"OTEL_EXPORTER_OTLP_ENDPOINT=https://collector": true, "OTEL_EXPORTER_OTLP_ENDPOINT=ftp://collector": false,
		"METRICS_TOKEN_FILE=" + file(64<<10): true, "METRICS_TOKEN_FILE=" + file(64<<10+1): false,
	} {
		if _, err := config.Load(nil, valid(set), ""); (err == nil) != ok {
			t.Errorf("%.60s: %v", set, err)
		}
	}
}

func TestCodesOfModerators(t *testing.T) {
	t.Parallel()
	codes := config.Codes(" Ada@Example.com = one , a=b@example.com=two,=three,none")
	if len(codes) != 3 || codes["ada@example.com"] != "one" || codes["a=b@example.com"] != "two" || codes[""] != "three" {
		t.Errorf("%d codes", len(codes))
	}
}

func TestUsageNamesDefaults(t *testing.T) {
	t.Parallel()
	var usage strings.Builder
	config.Usage(&usage)
	if !strings.Contains(usage.String(), "(default 8000)") || strings.Contains(usage.String(), "(default )") {
		t.Error(usage.String())
	}
}
