package ecs

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/platform/platformtest"
)

const given = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:0000000000000000000000000000000000000000000000000000000000000000"

func scale() app.Scale {
	return app.Scale{MinInstances: 2, MaxInstances: 5, CPU: "1", Memory: "2Gi"}
}

func settings() Settings {
	return Settings{Region: "eu-west-1", Domain: "api.example.org", HostedZone: "Z0123456789ABCDEFGHIJ"}
}

func planned(t *testing.T, environment, image string, s Settings) *plan.Plan {
	t.Helper()
	return platformtest.Planned(t, environment, image, scale(), func(a app.App) (platform.Platform, error) { return New(a, s) })
}

func TestEverythingIsBelowTheComponentAndNamedByTheEnvironment(t *testing.T) {
	t.Parallel()
	p := planned(t, "staging", "", settings())
	platformtest.Promises(t, p, "staging", "infra:ecs:Service shop-ecs-staging")
	for _, r := range p.Resources {
		if tags, ok := r.Inputs["tags"].(map[string]any); ok && tags["environment"] != "staging" {
			t.Errorf("%s has the tags %v", r.Label(), tags)
		}
	}
}

func TestTheServiceWaitsForItsSecretsPermissionsAndIngress(t *testing.T) {
	t.Parallel()
	p := planned(t, "dev", given, settings())
	service := platformtest.Find(t, p, "aws:ecs/service:Service")[0]
	for _, kind := range []string{
		"aws:secretsmanager/secretVersion:SecretVersion", "aws:iam/rolePolicy:RolePolicy", "aws:lb/listener:Listener",
		"aws:ec2/natGateway:NatGateway",
	} {
		for _, needed := range platformtest.Find(t, p, kind) {
			if !slices.Contains(service.After, needed.Label()) {
				t.Errorf("the service does not wait for %s, but for %v", needed.Label(), service.After)
			}
		}
	}
	if service.Inputs["waitForSteadyState"] != true || service.Inputs["platformVersion"] != platformVersion {
		t.Errorf("got %v", service.Inputs)
	}
}

// TestRoutesComeFirst: AWS refuses a NAT gateway and a balancer on
// the internet in a network without a way there, and a task that starts before
// its subnet's routes cannot pull its image.
func TestRoutesComeFirst(t *testing.T) {
	t.Parallel()
	p := planned(t, "prod", given, settings())
	const public = "aws:ec2/route:Route shop-out-public-prod"
	for kind, ways := range map[string][]string{
		"aws:ec2/natGateway:NatGateway":    {public},
		"aws:lb/loadBalancer:LoadBalancer": {public},
		"aws:ecs/service:Service": {
			"aws:ec2/route:Route shop-out-private-0-prod", "aws:ec2/route:Route shop-out-private-1-prod",
			"aws:ec2/routeTableAssociation:RouteTableAssociation shop-private-0-prod",
			"aws:ec2/routeTableAssociation:RouteTableAssociation shop-private-1-prod",
		},
	} {
		for _, made := range platformtest.Find(t, p, kind) {
			for _, way := range ways {
				if !slices.Contains(made.After, way) {
					t.Errorf("%s does not wait for %s, but for %v", made.Label(), way, made.After)
				}
			}
		}
	}
}

// TestEgress: the tasks reach the ports of the app and 443, and nothing else.
func TestEgress(t *testing.T) {
	t.Parallel()
	var out []any
	p := planned(t, "dev", given, settings())
	for _, rule := range platformtest.Find(t, p, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule") {
		if rule.Inputs["securityGroupId"] == "${shop-tasks-dev.id}" {
			out = append(out, rule.Inputs["fromPort"], rule.Inputs["toPort"])
		}
	}
	if !slices.Equal(out, []any{4318., 4318., 443., 443.}) {
		t.Errorf("let out: %v", out)
	}
}

// TestABuiltImageHasNoTag: ECR refuses a tag that it has, and an earlier commit
// deployed again would push the tag of before with another digest.
func TestABuiltImageHasNoTag(t *testing.T) {
	t.Parallel()
	p := planned(t, "dev", "", settings())
	built := platformtest.Find(t, p, "docker-build:index:Image")[0]
	if built.Inputs["tags"] != nil || built.Inputs["push"] != false || !strings.Contains(platformtest.Printed(t, p), "pushByDigest: true") {
		t.Errorf("it is pushed as %v", built.Inputs)
	}
	task := platformtest.Find(t, p, "aws:ecs/taskDefinition:TaskDefinition")[0]
	if run := fmt.Sprint(task.Inputs["containerDefinitions"]); !strings.Contains(
		run, `"image":"${shop-images-dev.repositoryUrl}@${shop-image-dev.digest}"`,
	) {
		t.Errorf("the task runs %s", run)
	}
}

// TestPermissions is every right that the execution role has.
func TestPermissions(t *testing.T) {
	t.Parallel()
	text, err := grantsOf("LOGS", "REPOSITORY", "", []string{"SECRET1", "SECRET2"})
	if err != nil {
		t.Fatal(err)
	}
	var got policy
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"logs:CreateLogStream logs:PutLogEvents":                                       "LOGS:log-stream:*",
		"secretsmanager:GetSecretValue":                                                "SECRET1 SECRET2",
		"ecr:BatchCheckLayerAvailability ecr:BatchGetImage ecr:GetDownloadUrlForLayer": "REPOSITORY",
		"ecr:GetAuthorizationToken":                                                    "*",
	}
	if len(got.Statement) != len(want) {
		t.Errorf("%d statements, want %d", len(got.Statement), len(want))
	}
	for _, s := range got.Statement {
		if resources := want[strings.Join(s.Action, " ")]; s.Effect != "Allow" || resources != strings.Join(s.Resource, " ") {
			t.Errorf("%v on %v", s.Action, s.Resource)
		}
	}
	p := planned(t, "dev", given, settings())
	policies := platformtest.Find(t, p, "aws:iam/rolePolicy:RolePolicy")
	if len(policies) != 1 || policies[0].Name != "shop-execution-dev" || len(platformtest.Find(t, p, "aws:iam/role:Role")) != 2 {
		t.Errorf("rights are given by %v", policies)
	}
}

func TestSecretsAreMarked(t *testing.T) {
	t.Parallel()
	p := planned(t, "dev", "", settings())
	for _, version := range platformtest.Find(t, p, "aws:secretsmanager/secretVersion:SecretVersion") {
		if version.Inputs["secretString"] != plan.Secret {
			t.Errorf("%s has %v", version.Name, version.Inputs)
		}
	}
}

func TestTheContainer(t *testing.T) {
	t.Parallel()
	args := settings().args(platformtest.App("dev", given, scale())).withDefaults()
	c := args.container(known{image: given, revision: "abc", logs: "/shop/dev", env: map[string]string{"B": "2", "A": "1"}})
	if !c.ReadonlyRootFilesystem || c.Privileged || c.User != "65532:65532" || c.Image != given || c.Environment[0].Value != "abc" {
		t.Errorf("got %+v", c)
	}
	if got := reference("arn:aws:secretsmanager:eu-west-1:1:secret:x", "v1"); got != "arn:aws:secretsmanager:eu-west-1:1:secret:x:::v1" {
		t.Errorf("got %s", got)
	}
}

func TestTheTasksOfThisDeploymentMustRun(t *testing.T) {
	t.Parallel()
	const command = "aws ecs describe-services --cluster shop-dev --services shop-dev --region eu-west-1"
	if _, err := newest("task:2", "task:1", "shop-dev", "shop-dev", "eu-west-1"); err == nil || !strings.Contains(err.Error(), "task:2") ||
		!strings.Contains(err.Error(), command) {
		t.Errorf("old tasks pass: %v", err)
	}
	if got, err := newest("task:2", "task:2", "", "", ""); err != nil || got != "task:2" {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestAnImageOfAnotherRegistryNeedsNoRight(t *testing.T) {
	t.Parallel()
	if arn, ok := arnOf(given); !ok || arn != "arn:aws:ecr:eu-west-1:123456789012:repository/shop" {
		t.Errorf("got %s", arn)
	}
	if _, ok := arnOf("ghcr.io/you/shop@sha256:00"); ok {
		t.Error("a repository of GitHub has an ARN")
	}
}
