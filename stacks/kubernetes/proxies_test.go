package main

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/plantest"
)

// TestTrustedProxies: only what is in front of the pods may say who the client
// is, and the stack's own setting wins.
func TestTrustedProxies(t *testing.T) {
	plantest.Proxies(t, "kubernetes", build, map[string]plantest.Case{
		"kubernetes":              {},
		"kubernetes-loadbalancer": {Group: "{expose: loadbalancer, allowHttp: true}"},
		"kubernetes-none":         {Group: "{expose: none, url: 'http://127.0.0.1:8000'}"},
		"cloudrun":                {General: "service: {trustedProxies: 169.254.0.0/16}"},
	})
}
