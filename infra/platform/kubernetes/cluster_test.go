package kubernetes

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/platform/platformtest"
)

// TestTheClusterIsAskedInAPreview for what would fail only in the middle of up.
func TestTheClusterIsAskedInAPreview(t *testing.T) {
	t.Parallel()
	version := func(minor string) string {
		return `{"serverVersion":{"major":"1","minor":"` + minor + `","gitVersion":"v1.` + minor + `.2"}}`
	}
	for name, test := range map[string]struct {
		expose, version string
		noGateway       bool
		key             string
	}{
		"new enough":          {"ingress", version("30"), false, ""},
		"as GKE writes it":    {"ingress", version("34+"), false, ""},
		"too old":             {"ingress", version("29"), false, "kubernetes.context"},
		"a gateway":           {"gateway", version("33"), false, ""},
		"no Gateway API":      {"gateway", version("33"), true, "kubernetes.expose"},
		"none needed":         {"ingress", version("33"), true, ""},
		"not to be reached":   {"gateway", "", true, ""},
		"something else":      {"gateway", "<html>", true, ""},
		"a cluster of future": {"ingress", `{"serverVersion":{"major":"2","minor":"0"}}`, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := checkCluster(t.Context(), test.expose, func(_ context.Context, args ...string) ([]byte, error) {
				if slices.Contains(args, "version") {
					if test.version == "" {
						return nil, errors.New("dial tcp: connection refused")
					}
					return []byte(test.version), nil
				}
				if test.noGateway {
					return nil, errors.New("the server could not find the requested resource")
				}
				return []byte("{}"), nil
			})
			if test.key == "" && err != nil {
				t.Errorf("refused: %v", err)
			}
			if test.key != "" {
				platformtest.Refused(t, err, test.key)
			}
		})
	}
}
