package ecs

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// certificate is the given one, or one that AWS makes once a record in the
// hosted zone proves that the domain is ours. With a zone, the domain points
// to the load balancer.
func (t *Target) certificate(ctx *pulumi.Context, d *door) (pulumi.StringPtrInput, error) {
	if t.settings.HostedZone != "" {
		if err := t.alias(ctx, d); err != nil {
			return nil, err
		}
	}
	if t.settings.Certificate != "" {
		return pulumi.String(t.settings.Certificate), nil
	}
	made, err := acm.NewCertificate(ctx, t.scope.Name("certificate"), &acm.CertificateArgs{
		DomainName: pulumi.String(t.settings.Domain), ValidationMethod: pulumi.String("DNS"), Tags: t.tags(),
	}, t.scope.Child()...)
	if err != nil {
		return nil, fmt.Errorf("the certificate: %w", err)
	}
	asked := made.DomainValidationOptions.ApplyT(first).(acm.CertificateDomainValidationOptionOutput)
	record, err := route53.NewRecord(ctx, t.scope.Name("validation"), &route53.RecordArgs{
		ZoneId: pulumi.String(t.settings.HostedZone), Name: asked.ResourceRecordName().Elem(), Type: asked.ResourceRecordType().Elem(),
		Records: pulumi.StringArray{asked.ResourceRecordValue().Elem()}, Ttl: pulumi.Int(300),
	}, t.scope.Child()...)
	if err != nil {
		return nil, fmt.Errorf("the record that proves the domain: %w", err)
	}
	valid, err := acm.NewCertificateValidation(ctx, t.scope.Name("validation"), &acm.CertificateValidationArgs{
		CertificateArn: made.Arn, ValidationRecordFqdns: pulumi.StringArray{record.Fqdn},
	}, t.scope.Child()...)
	if err != nil {
		return nil, fmt.Errorf("the certificate's validation: %w", err)
	}
	return valid.CertificateArn, nil
}

func (t *Target) alias(ctx *pulumi.Context, d *door) error {
	made, err := route53.NewRecord(ctx, t.scope.Name("domain"), &route53.RecordArgs{
		ZoneId: pulumi.String(t.settings.HostedZone), Name: pulumi.String(t.settings.Domain), Type: pulumi.String("A"),
		Aliases: route53.RecordAliasArray{&route53.RecordAliasArgs{
			Name: d.balancer.DnsName, ZoneId: d.balancer.ZoneId, EvaluateTargetHealth: pulumi.Bool(true),
		}},
	}, t.scope.Child()...)
	if err != nil {
		return fmt.Errorf("the domain's record: %w", err)
	}
	d.ready = append(d.ready, made)
	return nil
}

// first is what AWS asks for the one name of the certificate; nothing yet in a
// plan.
func first(asked []acm.CertificateDomainValidationOption) acm.CertificateDomainValidationOption {
	if len(asked) == 0 {
		return acm.CertificateDomainValidationOption{}
	}
	return asked[0]
}
