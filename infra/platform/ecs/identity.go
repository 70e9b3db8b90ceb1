package ecs

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
)

// roles are what starts the tasks and what the tasks act as.
type roles struct {
	// execution pulls the image, reads the secrets and writes the logs; grants
	// are its permissions.
	execution *iam.Role
	grants    *iam.RolePolicy
	// task is the ARN of the given role, or of one without any permission.
	task pulumi.StringInput
	logs *cloudwatch.LogGroup
}

// policy is a policy document of AWS.
type policy struct {
	Version   string
	Statement []statement
}

type statement struct {
	Effect    string
	Principal map[string]string `json:",omitempty"`
	Action    []string
	Resource  []string                     `json:",omitempty"`
	Condition map[string]map[string]string `json:",omitempty"`
}

// identity makes the roles and the log group that one of them writes to.
func (s *Service) identity(ctx *pulumi.Context, secrets *Secrets) (roles, error) {
	all := roles{task: s.args.TaskRole}
	var err error
	all.logs, err = cloudwatch.NewLogGroup(ctx, s.scope.Name("logs"), &cloudwatch.LogGroupArgs{
		Name:            pulumi.String(s.args.logGroup()),
		RetentionInDays: pulumi.Int(s.args.LogRetentionDays), KmsKeyId: app.OptionalPtr(s.args.KMSKey), Tags: s.args.tags(),
	}, s.scope.Child()...)
	if err != nil {
		return all, fmt.Errorf("the log group: %w", err)
	}
	if all.execution, err = s.role(ctx, "execution", "Starts the tasks of the "+s.args.App.Title); err != nil {
		return all, err
	}
	if all.task == nil {
		task, err := s.role(ctx, "task", "The "+s.args.App.Title+" itself; has no permissions in this account")
		if err != nil {
			return all, err
		}
		all.task = task.Arn
	}
	all.grants, err = iam.NewRolePolicy(ctx, s.scope.Name("execution"), &iam.RolePolicyArgs{
		Role: all.execution.Name, Policy: s.grants(all.logs, secrets),
	}, s.scope.Child()...)
	if err != nil {
		return all, fmt.Errorf("the rights of the execution role: %w", err)
	}
	return all, nil
}

func (s *Service) role(ctx *pulumi.Context, kind, description string) (*iam.Role, error) {
	trust, err := s.trust(ctx)
	if err != nil {
		return nil, fmt.Errorf("encode the trust of the %s role: %w", kind, err)
	}
	role, err := iam.NewRole(ctx, s.scope.Name(kind), &iam.RoleArgs{
		Name: pulumi.String(s.scope.Name(kind)), Description: pulumi.String(description),
		AssumeRolePolicy: pulumi.String(trust), Tags: s.args.tags(),
	}, s.scope.Child()...)
	if err != nil {
		return nil, fmt.Errorf("the %s role: %w", kind, err)
	}
	return role, nil
}

// trust lets tasks of ECS assume a role, those of this account and region alone:
// otherwise another account could make ECS use it.
func (s *Service) trust(ctx *pulumi.Context) (string, error) {
	caller, err := aws.GetCallerIdentity(ctx, nil, pulumi.Parent(s))
	if err != nil {
		return "", fmt.Errorf("ask AWS which account this is; the credentials in force are shown by: aws sts get-caller-identity: %w", err)
	}
	partition, err := aws.GetPartition(ctx, nil, pulumi.Parent(s))
	if err != nil {
		return "", fmt.Errorf("ask which partition of AWS this is: %w", err)
	}
	region, known := app.Known(s.args.Region)
	if !known {
		region = "*"
	}
	text, err := json.Marshal(policy{Version: "2012-10-17", Statement: []statement{{
		Effect: "Allow", Principal: map[string]string{"Service": "ecs-tasks.amazonaws.com"}, Action: []string{"sts:AssumeRole"},
		Condition: map[string]map[string]string{
			"StringEquals": {"aws:SourceAccount": caller.AccountId},
			"ArnLike":      {"aws:SourceArn": fmt.Sprintf("arn:%s:ecs:%s:%s:*", partition.Partition, region, caller.AccountId)},
		},
	}}})
	return string(text), err
}

// grants is all that the execution role may do, as a policy document.
func (s *Service) grants(logs *cloudwatch.LogGroup, secrets *Secrets) pulumi.StringOutput {
	inputs := []any{logs.Arn, orNone(s.repository), orNone(s.args.KMSKey)}
	for _, arn := range secrets.ARNs {
		inputs = append(inputs, arn)
	}
	return pulumi.All(inputs...).ApplyT(func(values []any) (string, error) {
		arns := make([]string, len(values))
		for i, value := range values {
			arns[i] = value.(string)
		}
		return grantsOf(arns[0], arns[1], arns[2], arns[3:])
	}).(pulumi.StringOutput)
}

func orNone(input pulumi.StringInput) pulumi.StringInput {
	if input == nil {
		return pulumi.String("")
	}
	return input
}

// grantsOf leaves out what is empty.
func grantsOf(logs, repository, key string, secrets []string) (string, error) {
	allowed := []statement{
		{Effect: "Allow", Action: []string{"logs:CreateLogStream", "logs:PutLogEvents"}, Resource: []string{logs + ":log-stream:*"}},
	}
	if len(secrets) > 0 {
		allowed = append(allowed, statement{Effect: "Allow", Action: []string{"secretsmanager:GetSecretValue"}, Resource: secrets})
	}
	if len(secrets) > 0 && key != "" {
		allowed = append(allowed, statement{Effect: "Allow", Action: []string{"kms:Decrypt"}, Resource: []string{key}})
	}
	if repository != "" {
		allowed = append(allowed,
			statement{
				Effect: "Allow", Action: []string{"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"},
				Resource: []string{repository},
			},
			// AWS knows no finer resource for the login to the registry.
			statement{Effect: "Allow", Action: []string{"ecr:GetAuthorizationToken"}, Resource: []string{"*"}})
	}
	text, err := json.Marshal(policy{Version: "2012-10-17", Statement: allowed})
	if err != nil {
		return "", fmt.Errorf("encode the rights of the execution role: %w", err)
	}
	return string(text), nil
}
