package ecs

import (
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// roles are who starts the tasks and who the tasks are.
type roles struct {
	// execution pulls the image, reads the secrets and writes the logs; grants
	// is the right to do so.
	execution *iam.Role
	grants    *iam.RolePolicy
	// task has no right at all.
	task *iam.Role
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

// identity makes both roles and the log group that one of them writes to.
func (t *Target) identity(ctx *pulumi.Context, kept kept) (roles, error) {
	var all roles
	var err error
	all.logs, err = cloudwatch.NewLogGroup(ctx, t.scope.Name("logs"), &cloudwatch.LogGroupArgs{
		Name: pulumi.String("/killrvideo/" + t.environment), RetentionInDays: pulumi.Int(t.settings.LogRetentionDays), Tags: t.tags(),
	}, t.scope.Child()...)
	if err != nil {
		return all, fmt.Errorf("the log group: %w", err)
	}
	if all.execution, err = t.role(ctx, "execution", "Starts the tasks of the KillrVideo API"); err != nil {
		return all, err
	}
	if all.task, err = t.role(ctx, "task", "The KillrVideo API itself; may do nothing in this account"); err != nil {
		return all, err
	}
	all.grants, err = iam.NewRolePolicy(ctx, t.scope.Name("execution"), &iam.RolePolicyArgs{
		Role: all.execution.Name, Policy: t.grants(all.logs, kept),
	}, t.scope.Child()...)
	if err != nil {
		return all, fmt.Errorf("the rights of the execution role: %w", err)
	}
	return all, nil
}

func (t *Target) role(ctx *pulumi.Context, kind, description string) (*iam.Role, error) {
	trust, err := t.trust(ctx)
	if err != nil {
		return nil, fmt.Errorf("encode who may be the %s role: %w", kind, err)
	}
	role, err := iam.NewRole(ctx, t.scope.Name(kind), &iam.RoleArgs{
		Name: pulumi.String(t.scope.Name(kind)), Description: pulumi.String(description),
		AssumeRolePolicy: pulumi.String(trust), Tags: t.tags(),
	}, t.scope.Child()...)
	if err != nil {
		return nil, fmt.Errorf("the %s role: %w", kind, err)
	}
	return role, nil
}

// trust lets tasks of ECS take on a role, those of this account and region
// alone: otherwise ECS could be made to act on it for another account.
func (t *Target) trust(ctx *pulumi.Context) (string, error) {
	caller, err := aws.GetCallerIdentity(ctx, nil, pulumi.Parent(t.scope.Group))
	if err != nil {
		return "", fmt.Errorf("ask AWS which account this is; the credentials in force are shown by: aws sts get-caller-identity: %w", err)
	}
	partition, err := aws.GetPartition(ctx, nil, pulumi.Parent(t.scope.Group))
	if err != nil {
		return "", fmt.Errorf("ask which partition of AWS this is: %w", err)
	}
	text, err := json.Marshal(policy{Version: "2012-10-17", Statement: []statement{{
		Effect: "Allow", Principal: map[string]string{"Service": "ecs-tasks.amazonaws.com"}, Action: []string{"sts:AssumeRole"},
		Condition: map[string]map[string]string{
			"StringEquals": {"aws:SourceAccount": caller.AccountId},
			"ArnLike":      {"aws:SourceArn": fmt.Sprintf("arn:%s:ecs:%s:%s:*", partition.Partition, t.settings.Region, caller.AccountId)},
		},
	}}})
	return string(text), err
}

// grants is all that the execution role may do, as a policy document.
func (t *Target) grants(logs *cloudwatch.LogGroup, kept kept) pulumi.StringOutput {
	inputs := []any{logs.Arn}
	for _, arn := range kept.arns {
		inputs = append(inputs, arn)
	}
	if t.repository != nil {
		inputs = append(inputs, t.repository)
	}
	return pulumi.All(inputs...).ApplyT(func(values []any) (string, error) {
		arns := make([]string, len(values))
		for i, value := range values {
			arns[i] = value.(string)
		}
		secrets := arns[1 : 1+len(kept.arns)]
		return grantsOf(arns[0], secrets, arns[1+len(kept.arns):])
	}).(pulumi.StringOutput)
}

func grantsOf(logs string, secrets, repositories []string) (string, error) {
	allowed := []statement{
		{Effect: "Allow", Action: []string{"logs:CreateLogStream", "logs:PutLogEvents"}, Resource: []string{logs + ":log-stream:*"}},
		{Effect: "Allow", Action: []string{"secretsmanager:GetSecretValue"}, Resource: secrets},
	}
	if len(repositories) > 0 {
		allowed = append(allowed,
			statement{Effect: "Allow", Action: []string{"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}, Resource: repositories},
			// AWS knows no finer resource for logging in to the registry.
			statement{Effect: "Allow", Action: []string{"ecr:GetAuthorizationToken"}, Resource: []string{"*"}})
	}
	text, err := json.Marshal(policy{Version: "2012-10-17", Statement: allowed})
	if err != nil {
		return "", fmt.Errorf("encode the rights of the execution role: %w", err)
	}
	return string(text), nil
}

var ecrImage = regexp.MustCompile(`^([0-9]{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/([^@:]+)@`)

// repositoryOf is the ARN of the repository that an image is in, if that is
// one of ECR.
func repositoryOf(image string) (string, bool) {
	at := ecrImage.FindStringSubmatch(image)
	if at == nil {
		return "", false
	}
	return fmt.Sprintf("arn:aws:ecr:%s:%s:repository/%s", at[2], at[1], at[3]), true
}
