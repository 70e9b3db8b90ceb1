package main

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/enginetest"
)

// TestProductionSettings has a Gateway with a certificate of cert-manager, and the
// cluster's addresses in Astra's access list.
func TestProductionSettings(t *testing.T) {
	made := place()
	made.Group = func(url string) map[string]any {
		return map[string]any{
			"context": "laptop", "expose": "gateway", "url": url, "repository": "registry.example.org/team/killrvideo", "host": "api.example.org",
			"gatewayClass": "envoy", "gatewayNamespace": "gateways", "callersNamespace": "gateways", "certificateIssuer": "letsencrypt",
			"externalDns": true,
		}
	}
	enginetest.Production(t, made, enginetest.Asked{
		Settings: map[string]string{"egressAddresses": "192.0.2.10,192.0.2.11"}, Addresses: 2,
	})
}
