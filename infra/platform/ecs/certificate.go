package ecs

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
)

// certificateOf is the given one, or one that AWS makes once a record in the
// hosted zone proves the domain. With a zone, the domain points to the load
// balancer.
func (s *Service) certificateOf(ctx *pulumi.Context, in *ingress) (pulumi.StringPtrInput, error) {
	if s.args.HostedZone != nil {
		if err := s.alias(ctx, in); err != nil {
			return nil, err
		}
	}
	if s.args.Certificate != nil {
		return app.OptionalPtr(s.args.Certificate), nil
	}
	made, err := acm.NewCertificate(ctx, s.scope.Name("certificate"), &acm.CertificateArgs{
		DomainName: pulumi.String(s.args.Domain), ValidationMethod: pulumi.String("DNS"), Tags: s.args.tags(),
	}, s.scope.Child()...)
	if err != nil {
		return nil, fmt.Errorf("the certificate: %w", err)
	}
	asked := made.DomainValidationOptions.ApplyT(first).(acm.CertificateDomainValidationOptionOutput)
	record, err := route53.NewRecord(ctx, s.scope.Name("validation"), &route53.RecordArgs{
		ZoneId: s.args.HostedZone, Name: asked.ResourceRecordName().Elem(), Type: asked.ResourceRecordType().Elem(),
		Records: pulumi.StringArray{asked.ResourceRecordValue().Elem()}, Ttl: pulumi.Int(300),
	}, s.scope.Child()...)
	if err != nil {
		return nil, fmt.Errorf("the record that proves the domain: %w", err)
	}
	valid, err := acm.NewCertificateValidation(ctx, s.scope.Name("validation"), &acm.CertificateValidationArgs{
		CertificateArn: made.Arn, ValidationRecordFqdns: pulumi.StringArray{record.Fqdn},
	}, s.scope.Child()...)
	if err != nil {
		return nil, fmt.Errorf("the certificate's validation: %w", err)
	}
	return valid.CertificateArn, nil
}

func (s *Service) alias(ctx *pulumi.Context, in *ingress) error {
	made, err := route53.NewRecord(ctx, s.scope.Name("domain"), &route53.RecordArgs{
		ZoneId: s.args.HostedZone, Name: pulumi.String(s.args.Domain), Type: pulumi.String("A"),
		Aliases: route53.RecordAliasArray{&route53.RecordAliasArgs{
			Name: in.balancer.DnsName, ZoneId: in.balancer.ZoneId, EvaluateTargetHealth: pulumi.Bool(true),
		}},
	}, s.scope.Child()...)
	if err != nil {
		return fmt.Errorf("the domain's record: %w", err)
	}
	in.ready = append(in.ready, made)
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
