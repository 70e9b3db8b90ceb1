package cloudrun

import (
	"slices"
	"testing"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/cloudrun"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/infra/target"
	"github.com/killrvideo/killrvideo-go/infra/target/targettest"
)

// TestADomainComesAfterTheProof: the service is proved at its own address; only
// then does it get a domain, whose records and certificate take their time.
func TestADomainComesAfterTheProof(t *testing.T) {
	t.Parallel()
	s := settings()
	s.Domain = "api.example.org"
	var running *target.Running
	p, err := plan.Run(func(ctx *pulumi.Context) error {
		made, err := New("/checkout", "dev", scale(), s)
		if err != nil {
			return err
		}
		image, err := made.Image(ctx, "")
		if err != nil {
			return err
		}
		if running, err = made.Deploy(ctx, targettest.App("dev", scale()), image); err != nil {
			return err
		}
		proof, err := resource.NewGate(ctx, "gate-dev", &resource.GateArgs{URL: running.Unproved, Revision: running.Revision})
		if err != nil {
			return err
		}
		_, err = running.Switch(proof)
		return err
	}, plan.Stack{Project: "killrvideo", Name: "dev"})
	if err != nil {
		t.Fatal(err)
	}
	gates := targettest.Find(t, p, resource.GateType)
	own, domain := gates[0], gates[1]
	if own.Name != "gate-dev" {
		own, domain = domain, own
	}
	mapping := targettest.Find(t, p, "gcp:cloudrun/domainMapping:DomainMapping")[0]
	if own.Inputs["url"] != "${killrvideo-api-dev.uri}" || !slices.Contains(mapping.After, own.Label()) || !slices.Contains(domain.After, mapping.Label()) {
		t.Errorf("the proof asks %v, the mapping waits for %v, the second proof for %v", own.Inputs["url"], mapping.After, domain.After)
	}
	if domain.Inputs["url"] != "https://api.example.org" || domain.Inputs["timeoutSeconds"] != 3600. {
		t.Errorf("the domain is waited for as %v", domain.Inputs)
	}
	if running.DNSRecords == nil {
		t.Error("nothing tells the DNS records")
	}
}

func TestRecordsOfADomain(t *testing.T) {
	t.Parallel()
	name, kind, data := "api", "CNAME", "ghs.googlehosted.com."
	got := recordsOf([]cloudrun.DomainMappingStatus{{ResourceRecords: []cloudrun.DomainMappingStatusResourceRecord{{Name: &name, Type: &kind, Rrdata: &data}}}})
	if !slices.Equal(got, []string{"api CNAME ghs.googlehosted.com."}) {
		t.Errorf("got %q", got)
	}
}
