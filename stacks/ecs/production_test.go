package main

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/enginetest"
)

// TestProductionSettings has a key, and fixed addresses in Astra's access list: one more
// with a NAT gateway in each zone.
func TestProductionSettings(t *testing.T) {
	enginetest.Production(t, place(), enginetest.Asked{
		Settings: map[string]string{"kmsKey": "made", "logRetentionDays": "30", "egressAddresses": "made"},
		Address:  "aws:ec2/eip:Eip", Gateway: "aws:ec2/natGateway:NatGateway", Addresses: 1, Key: "aws:kms/key:Key",
		Changed: map[string]any{"natPerZone": true},
	})
}
