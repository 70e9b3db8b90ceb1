package cloudrun

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/cloudrun"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/cloudrunv2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/infra/target"
)

// domain gives the proved service a name of its own, and waits until it answers
// there: Google makes the certificate once the DNS records are there, in a
// quarter of an hour as a rule, and in a day at worst.
func (t *Target) domain(ctx *pulumi.Context, running *target.Running, service *cloudrunv2.Service, proof pulumi.Resource) (pulumi.StringOutput, error) {
	mapping, err := cloudrun.NewDomainMapping(ctx, t.scope.Name("domain"), &cloudrun.DomainMappingArgs{
		Name: pulumi.String(t.settings.Domain), Location: pulumi.String(t.settings.Region),
		Metadata: &cloudrun.DomainMappingMetadataArgs{Namespace: pulumi.String(t.settings.Project), Labels: t.labels()},
		Spec:     &cloudrun.DomainMappingSpecArgs{RouteName: service.Name},
	}, t.scope.Child(pulumi.DependsOn([]pulumi.Resource{proof}))...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("the domain %s: %w", t.settings.Domain, err)
	}
	records := mapping.Statuses.ApplyT(func(statuses []cloudrun.DomainMappingStatus) []string {
		lines := recordsOf(statuses)
		if !ctx.DryRun() && len(lines) > 0 {
			_ = ctx.Log.Info("the DNS records of "+t.settings.Domain+", without which it does not answer:\n  "+strings.Join(lines, "\n  "), nil)
		}
		return lines
	}).(pulumi.StringArrayOutput)
	running.DNSRecords = records
	answers, err := resource.NewGate(ctx, t.scope.Name("domain"), &resource.GateArgs{
		URL: pulumi.String("https://" + t.settings.Domain), Revision: running.Revision, Triggers: running.Evidence,
		Consecutive: pulumi.Int(1), IntervalMillis: pulumi.Int(2000), TimeoutSeconds: pulumi.Int(t.settings.DomainWaitSeconds),
	}, t.scope.Child(pulumi.DependsOn([]pulumi.Resource{mapping}))...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("wait for the domain %s: %w", t.settings.Domain, err)
	}
	return answers.URL, nil
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
