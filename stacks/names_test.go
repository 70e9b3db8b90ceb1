package stacks

import (
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

func TestFormerNamesCombineTypeNameAndParent(t *testing.T) {
	t.Parallel()
	const former, noParent = "killrvideo:astra:Token", pulumi.Bool(true)
	below := pulumi.URN("urn:pulumi:qa::killrvideo::killrvideo:target:ECS::killrvideo-ecs-staging")
	for name, test := range map[string]struct {
		kind, resource, environment string
		want                        []pulumi.Alias
	}{
		"as today":         {"aws:ec2/vpc:Vpc", "network-qa", "qa", nil},
		"another type":     {resource.TokenType, "token-qa", "qa", []pulumi.Alias{{Type: pulumi.String(former)}}},
		"by environment":   {"aws:ec2/vpc:Vpc", "network-qa", "staging", []pulumi.Alias{{Name: pulumi.String("network-staging")}}},
		"not by the stack": {"aws:ec2/vpc:Vpc", "network", "staging", nil},
		"type and name": {resource.TokenType, "token-qa", "staging", []pulumi.Alias{
			{Type: pulumi.String(former)}, {Name: pulumi.String("token-staging")},
			{Name: pulumi.String("token-staging"), Type: pulumi.String(former)},
		}},
		"below the platform": {"docker-build:index:Index", "killrvideo-image-staging-tag", "staging", []pulumi.Alias{
			{Name: pulumi.String("image-tag-staging")}, {ParentURN: below}, {ParentURN: below, Name: pulumi.String("image-tag-staging")},
		}},
		"without a parent": {resource.WaitType, "gate-qa-drain", "qa", []pulumi.Alias{
			{Type: pulumi.String("killrvideo:rollout:Wait")}, {Name: pulumi.String("drain-qa")},
			{Name: pulumi.String("drain-qa"), Type: pulumi.String("killrvideo:rollout:Wait")},
			{NoParent: noParent}, {NoParent: noParent, Type: pulumi.String("killrvideo:rollout:Wait")},
			{NoParent: noParent, Name: pulumi.String("drain-qa")},
			{NoParent: noParent, Name: pulumi.String("drain-qa"), Type: pulumi.String("killrvideo:rollout:Wait")},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			got := formerNames(test.kind, test.resource, "killrvideo", &Config{Stack: "qa", Target: "ecs", Environment: test.environment})
			if !slices.Equal(got, test.want) {
				t.Errorf("aliases = %v, want %v", got, test.want)
			}
		})
	}
}

func TestCurrentTypeOfEveryFormerOne(t *testing.T) {
	t.Parallel()
	for current, former := range FormerTypes() {
		if got := CurrentType(former); got != current {
			t.Errorf("CurrentType(%s) = %s, want %s", former, got, current)
		}
		if got := CurrentType(current); got != current {
			t.Errorf("CurrentType(%s) = %s, want it as it is", current, got)
		}
	}
}
