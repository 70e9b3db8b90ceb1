package archtest

import (
	"slices"
	"testing"
)

// forbidden are imports that do not exist, one or more for each rule.
func forbidden() map[string][][2]string {
	return map[string][][2]string{
		"infra never imports service or stacks": {
			{"infra/app", "service/config"}, {"infra/platform/local", "service/store/schema"}, {"infra/gate", "stacks"}},
		"of ours, service imports the clients of Astra only": {
			{"service/api", "infra/app"}, {"service", "astra/local"}, {"service/e2e", "astra/local/tables"}, {"service", "stacks"}},
		"astra imports nothing of ours": {
			{"astra/dataapi", "service/killrvideo"}, {"astra", "infra/secret"}, {"astra/local", "stacks"}},
		"the clients of Astra never import the embedded one": {
			{"astra/dataapi", "astra/local"}, {"astra/devops", "astra/local/control"}},
		"the provider's bindings never load the provider": {
			{"infra/provider/resource", "infra/provider"}, {"infra/provider/resource", "infra/provider/ddl"}},
		"only stacks imports stacks": {
			{"container", "stacks"}, {"infra/plan", "stacks/cli"}, {"service", "stacks"}},
		"of service, stacks reads the tables only": {
			{"stacks", "service/config"}, {"stacks/cli", "service/store"}, {"stacks", "service/store/schematic"}},
		"the table of settings imports the standard library and the rule for keys only": {
			{"service/config/table", "github.com/joho/godotenv"}, {"service/config/table", "service/config"}},
		"only service, stacks and what prepares a laptop read the tables": {
			{"infra/credentials", "service/store/schema"}, {"container", "service/store/schema"}},
		"the domain imports nothing of ours": {
			{"service/killrvideo", "service/store"}, {"service/killrvideo", "astra"}, {"service/killrvideo/page", "service/auth"}},
		"auth and store never import the API": {
			{"service/auth", "service/api"}, {"service/store", "service/api/problem"}},
		"astra and service never import Pulumi": {
			{"service/config", "github.com/pulumi/pulumi/sdk/v3/go/pulumi"}, {"astra/devops", "github.com/pulumi/pulumi-go-provider"}},
		"the launcher uses the standard library and a YAML parser only": {
			{"stacks/launch", "github.com/pulumi/pulumi/sdk/v3/go/auto"}, {"stacks/launch", "stacks"}, {"stacks/launch", "astra"}},
		"a cloud's SDK stays in that cloud's target": {
			{"infra/platform/cloudrun", "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"},
			{"infra/operate", "github.com/aws/aws-sdk-go-v2/service/ecs"}, {"stacks/cli", "k8s.io/client-go/rest"},
			{"infra/operate", "github.com/aws/aws-sdk-go-v2/service/secretsmanager"},
			{"infra/app", "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/cloudrunv2"},
			{"infra/ci", "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"},
			{"infra/ci/aws", "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/iam"},
			{"stacks/ci/gcp", "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"},
			{"stacks/kubernetes", "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"}},
	}
}

// TestEveryRuleCanFail shows each rule something it must refuse.
func TestEveryRuleCanFail(t *testing.T) {
	t.Parallel()
	examples := forbidden()
	for _, r := range rules() {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			if len(examples[r.name]) == 0 {
				t.Fatal("the rule has no example that breaks it")
			}
			for _, pair := range examples[r.name] {
				if !slices.Contains(broken(pair[0], pair[1]), r.name) {
					t.Errorf("%s importing %s is let through", pair[0], pair[1])
				}
			}
		})
	}
}

// TestAllowed shows the rules what the design wants.
func TestAllowed(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{
		{"stacks", "infra/app"}, {"stacks", "service/store/schema"}, {"stacks", "service/config/table"}, {"stacks/local", "stacks"},
		{"stacks/ecs", "infra/platform/ecs"}, {"infra/provider", "astra/devops"}, {"infra/platform", "infra/app"},
		{"service", "service/api"}, {"service/store", "astra/dataapi"}, {"service/store", "service/killrvideo"},
		{"service/killrvideo", "time"}, {"service", "container/list"}, {"astra/dataapi", "astra"}, {"astra/local/cmd/astra-local", "astra/local"},
		{"container/prepare", "service/store/schema"}, {"stacks/launch", "os/exec"}, {"infrastructure", "service"},
		{"stacks/launch/stackfile", "gopkg.in/yaml.v3"},
		{"infra/platform/ecs", "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"},
		{"infra/ci/aws", "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"},
		{"infra/ci/gcp", "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/iam"},
		{"infra/platform/kubernetes", "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"},
		{"infra/operate/ecs", "github.com/aws/aws-sdk-go-v2/service/ecs"}, {"infra/operate/kubernetes", "k8s.io/client-go/rest"},
		{"infra/app", "github.com/pulumi/pulumi/sdk/v3/go/pulumi"},
	} {
		if names := broken(pair[0], pair[1]); len(names) > 0 {
			t.Errorf("%s importing %s breaks %q", pair[0], pair[1], names)
		}
	}
}
