package cloudrun

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/cloudrun"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/cloudrunv2"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/dns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/gate"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// domain maps a name to the proved service, and waits until it answers there:
// Google makes the certificate once the DNS records are there, in a quarter of
// an hour as a rule, and in a day at worst.
func (s *Service) domain(
	ctx *pulumi.Context, args *ServiceArgs, service *cloudrunv2.Service, proof pulumi.Resource,
) (pulumi.StringOutput, error) {
	mapping, err := cloudrun.NewDomainMapping(ctx, s.scope.Name("domain"), &cloudrun.DomainMappingArgs{
		Name: pulumi.String(args.Domain), Location: args.Region,
		Metadata: &cloudrun.DomainMappingMetadataArgs{Namespace: args.Project, Labels: args.labels()},
		Spec:     &cloudrun.DomainMappingSpecArgs{RouteName: service.Name},
	}, s.scope.Child(pulumi.DependsOn([]pulumi.Resource{proof}))...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("the domain %s: %w", args.Domain, err)
	}
	needs := []pulumi.Resource{mapping}
	if args.DNSZone != nil {
		record, err := s.record(ctx, args)
		if err != nil {
			return pulumi.StringOutput{}, err
		}
		needs = append(needs, record)
	}
	s.Deployment.DNSRecords = mapping.Statuses.ApplyT(func(statuses []cloudrun.DomainMappingStatus) []string {
		lines := recordsOf(statuses)
		if !ctx.DryRun() && len(lines) > 0 && args.DNSZone == nil {
			_ = ctx.Log.Info("the DNS records of "+args.Domain+", without which it does not answer:\n  "+strings.Join(lines, "\n  "), nil)
		}
		return lines
	}).(pulumi.StringArrayOutput)
	proved := &resource.GateArgs{
		URL: pulumi.String("https://" + args.Domain), Revision: s.Revision, Triggers: s.Deployment.Triggers,
		Consecutive: pulumi.Int(1), IntervalMillis: pulumi.Int(2000), TimeoutSeconds: pulumi.Int(args.DomainWaitSeconds),
	}
	gate.Recognise(proved, args.App.Proof)
	answers, err := resource.NewGate(ctx, s.scope.Name("domain"), proved, s.scope.Child(pulumi.DependsOn(needs))...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("wait for the domain %s: %w", args.Domain, err)
	}
	return answers.URL, nil
}

// record is what Google asks of every subdomain.
func (s *Service) record(ctx *pulumi.Context, args *ServiceArgs) (*dns.RecordSet, error) {
	record, err := dns.NewRecordSet(ctx, s.scope.Name("record"), &dns.RecordSetArgs{
		ManagedZone: args.DNSZone, Name: pulumi.String(args.Domain + "."), Type: pulumi.String("CNAME"), Ttl: pulumi.Int(300),
		Rrdatas: pulumi.StringArray{pulumi.String("ghs.googlehosted.com.")},
	}, s.scope.Child()...)
	if err != nil {
		return nil, fmt.Errorf("the record of %s: %w", args.Domain, err)
	}
	return record, nil
}

// recordsOf are DNS records as a zone file has them.
func recordsOf(statuses []cloudrun.DomainMappingStatus) (lines []string) {
	text := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	for _, status := range statuses {
		for _, record := range status.ResourceRecords {
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s %s", text(record.Name), text(record.Type), text(record.Rrdata))))
		}
	}
	return lines
}
