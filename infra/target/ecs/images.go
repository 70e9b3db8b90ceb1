package ecs

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecr"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/target/sizes"
)

// keptImages are the newest ones that stay: what runs, and what a step back
// needs. ECR does not know what runs, so the number is generous.
const keptImages = 100

// lifecycle is a policy of ECR.
type lifecycle struct {
	Rules []lifecycleRule `json:"rules"`
}

type lifecycleRule struct {
	RulePriority int               `json:"rulePriority"`
	Description  string            `json:"description"`
	Selection    map[string]any    `json:"selection"`
	Action       map[string]string `json:"action"`
}

// keepImages is the repository's one lifecycle policy. Left to others it would
// be the usual one, which takes untagged images after days, running or not.
func (t *Target) keepImages(ctx *pulumi.Context, repository *ecr.Repository) error {
	policy, err := json.Marshal(lifecycle{Rules: []lifecycleRule{{
		RulePriority: 1, Description: fmt.Sprintf("Keep the newest %d images, tagged or not", keptImages),
		Selection: map[string]any{"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": keptImages},
		Action:    map[string]string{"type": "expire"},
	}}})
	if err != nil {
		return fmt.Errorf("encode which images stay: %w", err)
	}
	_, err = ecr.NewLifecyclePolicy(ctx, t.scope.Name("images"), &ecr.LifecyclePolicyArgs{
		Repository: repository.Name, Policy: pulumi.String(policy),
	}, t.scope.Child()...)
	if err != nil {
		return fmt.Errorf("which images stay: %w", err)
	}
	return nil
}

// warnOfQuota says in every preview and up what a new account may not run.
func (t *Target) warnOfQuota(ctx *pulumi.Context, scale app.Scale) {
	cpu, _, err := units(scale) // its error is that of the settings
	if warning := sizes.FargateQuota(cpu, scale.MaxInstances); err == nil && warning != "" {
		_ = ctx.Log.Warn(warning, nil)
	}
}
