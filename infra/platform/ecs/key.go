package ecs

import (
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/platform"
)

// encrypted tells that a key of the account encrypts what is stored.
func (args *ServiceArgs) encrypted() bool { return args.KMSKey != nil || args.NewKMSKey }

// encryptedName names what cannot change how it is encrypted: with a key it is
// another one, which is made before the one without goes.
func (args *ServiceArgs) encryptedName(thing string) string {
	if args.encrypted() {
		return thing + "-encrypted"
	}
	return thing
}

func (args *ServiceArgs) logGroup() string { return "/" + args.App.Name + "/" + args.App.Environment }

// key makes the key, if it is to be made. Without rotation its material would stay
// the same for ever; a deletion can be taken back for 30 days.
func (s *Service) key(ctx *pulumi.Context) error {
	if !s.args.NewKMSKey {
		return nil
	}
	policy, err := s.keyPolicy(ctx)
	if err != nil {
		return err
	}
	key, err := kms.NewKey(ctx, s.scope.Name("key"), &kms.KeyArgs{
		Description:       pulumi.String("Secrets, logs and images of the " + s.args.App.Title + ", environment " + s.args.App.Environment),
		EnableKeyRotation: pulumi.Bool(true), DeletionWindowInDays: pulumi.Int(30), Policy: policy, Tags: s.args.tags(),
	}, s.scope.Child(pulumi.Protect(*s.args.Protect))...)
	if err != nil {
		return fmt.Errorf("the key: %w", err)
	}
	_, err = kms.NewAlias(ctx, s.scope.Name("key"), &kms.AliasArgs{
		Name: pulumi.String("alias/" + s.scope.Name("")), TargetKeyId: key.KeyId,
	}, s.scope.Child()...)
	if err != nil {
		return fmt.Errorf("the key's name: %w", err)
	}
	s.args.KMSKey = key.Arn
	return nil
}

// keyPolicy is AWS's own default, by which the policies of the account's
// principals decide, and what CloudWatch Logs needs for this log group.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
func (s *Service) keyPolicy(ctx *pulumi.Context) (pulumi.StringOutput, error) {
	caller, err := aws.GetCallerIdentity(ctx, nil, pulumi.Parent(s))
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("ask AWS which account this is: %w", err)
	}
	partition, err := aws.GetPartition(ctx, nil, pulumi.Parent(s))
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("ask which partition of AWS this is: %w", err)
	}
	return s.args.Region.ToStringOutput().ApplyT(func(region string) (string, error) {
		logs := fmt.Sprintf("arn:%s:logs:%s:%s:log-group:%s", partition.Partition, region, caller.AccountId, s.args.logGroup())
		text, err := json.Marshal(policy{Version: "2012-10-17", Statement: []statement{
			{
				Effect: "Allow", Action: []string{"kms:*"}, Resource: []string{"*"},
				Principal: map[string]string{"AWS": fmt.Sprintf("arn:%s:iam::%s:root", partition.Partition, caller.AccountId)},
			},
			{
				Effect: "Allow", Resource: []string{"*"}, Principal: map[string]string{"Service": "logs." + region + ".amazonaws.com"},
				Action: []string{
					"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext",
					"kms:ReEncryptFrom", "kms:ReEncryptTo",
				},
				Condition: map[string]map[string]string{"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": logs}},
			},
		}})
		return string(text), err
	}).(pulumi.StringOutput), nil
}

var keyARN = regexp.MustCompile(`^arn:aws[a-z-]*:kms:([a-z0-9-]+):[0-9]{12}:key/[0-9a-zA-Z-]+$`)

// checkProduction refuses what AWS would refuse late, and what would do nothing.
func (args *ServiceArgs) checkProduction(p *platform.Problems) {
	const example = "arn:aws:kms:REGION:ACCOUNT:key/ID"
	if args.NewKMSKey && args.KMSKey != nil {
		p.AddUnread("kmsKey", "is to be made, and one is given")
	}
	if arn, known := app.Known(args.KMSKey); args.KMSKey != nil && known {
		region, _ := app.Known(args.Region)
		if at := keyARN.FindStringSubmatch(arn); at == nil || region != "" && at[1] != region {
			p.Add("kmsKey", example, "%q is not made, nor the ARN of a key of region %s; an alias has none", arn, region)
		}
	}
	if args.RetainedImages < 2 || args.RetainedImages > 10000 {
		p.Add("retainedImages", "100", "%d must be from 2 to 10000: what runs, and what to go back to", args.RetainedImages)
	}
}
