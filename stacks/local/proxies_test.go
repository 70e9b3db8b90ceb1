package main

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/plantest"
)

// TestTrustedProxies: nothing is in front of the process on this machine.
func TestTrustedProxies(t *testing.T) {
	plantest.Proxies(t, "local", build, map[string]plantest.Case{"local": {}})
}
