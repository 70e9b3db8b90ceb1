package main

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/enginetest"
)

// TestProductionSettings has a key, a bucket for logs, and a fixed address in Astra's
// access list.
func TestProductionSettings(t *testing.T) {
	enginetest.Production(t, place(), enginetest.Asked{
		Settings: map[string]string{
			"kmsKey": "made", "logRetentionDays": "30", "secretVersionDays": "30", "egressAddresses": "made",
		},
		Address: "gcp:compute/address:Address", Gateway: "gcp:compute/routerNat:RouterNat", Addresses: 1, Key: "gcp:kms/cryptoKey:CryptoKey",
	})
}
