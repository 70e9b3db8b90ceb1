package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// planned is what up would make with that VPC, without an account.
func planned(vpc string) (*plan.Plan, error) {
	return plan.Run(program, plan.Stack{Project: "existing-network", Name: "dev", Config: map[string]string{
		"aws:region":             "eu-west-1",
		"existing-network:host":  "shop.example.org",
		"existing-network:image": "ghcr.io/you/shop@sha256:" + strings.Repeat("0", 64),
		"existing-network:network": fmt.Sprintf(`{"vpc": %q, "privateSubnets": ["subnet-0a1b2c3d", "subnet-1a2b3c4d"],
			"listener": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/front/0123456789abcdef/0123456789abcdef",
			"securityGroup": "sg-0123456789abcdef0"}`, vpc),
	}})
}

func TestPlan(t *testing.T) {
	made, err := planned("vpc-0123456789abcdef0")
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, r := range made.Resources {
		kinds[r.Type]++
	}
	for kind, want := range map[string]int{
		"aws:ecs/service:Service": 1, "aws:lb/listenerRule:ListenerRule": 1, "astradb:index:Gate": 1,
		"aws:ec2/vpc:Vpc": 0, "aws:ec2/subnet:Subnet": 0, "aws:ec2/natGateway:NatGateway": 0, "aws:lb/loadBalancer:LoadBalancer": 0,
	} {
		if kinds[kind] != want {
			t.Errorf("the plan has %d of %s, want %d: %v", kinds[kind], kind, want, kinds)
		}
	}
}

func TestAWrongNetworkIsRefused(t *testing.T) {
	if _, err := planned("shared"); err == nil || !strings.Contains(err.Error(), "vpc") {
		t.Errorf("got %v, want an error about the VPC", err)
	}
}
