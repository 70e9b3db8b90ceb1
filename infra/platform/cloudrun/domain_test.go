package cloudrun

import (
	"slices"
	"testing"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/cloudrun"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/platform/platformtest"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// TestADomainComesAfterTheProof: the service is proved at its own address; only
// then does it get a domain, whose records and certificate take their time.
func TestADomainComesAfterTheProof(t *testing.T) {
	t.Parallel()
	s := settings()
	s.Domain = "api.example.org"
	var running *platform.Deployment
	p, err := plan.Run(func(ctx *pulumi.Context) error {
		a := platformtest.App("dev", "", scale())
		made, err := New(a, s)
		if err != nil {
			return err
		}
		if running, err = made.Deploy(ctx, a); err != nil {
			return err
		}
		proof, err := resource.NewGate(ctx, "gate-dev", &resource.GateArgs{URL: running.CandidateURL, Revision: running.Revision})
		if err != nil {
			return err
		}
		_, err = running.Promote(proof, nil)
		return err
	}, plan.Stack{Project: "shop", Name: "dev"})
	if err != nil {
		t.Fatal(err)
	}
	gates := platformtest.Find(t, p, resource.GateType)
	own, domain := gates[0], gates[1]
	if own.Name != "gate-dev" {
		own, domain = domain, own
	}
	mapping := platformtest.Find(t, p, "gcp:cloudrun/domainMapping:DomainMapping")[0]
	if own.Inputs["url"] != "${shop-api-dev.uri}" || !slices.Contains(mapping.After, own.Label()) ||
		!slices.Contains(domain.After, mapping.Label()) {
		t.Errorf("the proof asks %v, the mapping waits for %v, the second proof for %v", own.Inputs["url"], mapping.After, domain.After)
	}
	if domain.Inputs["url"] != "https://api.example.org" || domain.Inputs["timeoutSeconds"] != 3600. {
		t.Errorf("the domain is waited for as %v", domain.Inputs)
	}
	if running.DNSRecords == nil {
		t.Error("the DNS records are not an output")
	}
}

func TestRecordsOfADomain(t *testing.T) {
	t.Parallel()
	name, kind, data := "api", "CNAME", "ghs.googlehosted.com."
	got := recordsOf(
		[]cloudrun.DomainMappingStatus{
			{ResourceRecords: []cloudrun.DomainMappingStatusResourceRecord{{Name: &name, Type: &kind, Rrdata: &data}}},
		},
	)
	if !slices.Equal(got, []string{"api CNAME ghs.googlehosted.com."}) {
		t.Errorf("got %q", got)
	}
}
