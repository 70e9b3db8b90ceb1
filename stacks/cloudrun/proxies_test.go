package main

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/plantest"
)

// TestTrustedProxies: only Google's own proxy may say who the client is.
func TestTrustedProxies(t *testing.T) {
	plantest.Proxies(t, "cloudrun", build, map[string]plantest.Case{"cloudrun": {Group: "{public: true}"}})
}
