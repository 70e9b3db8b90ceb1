package ecs

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/target"
	"github.com/killrvideo/killrvideo-go/infra/target/targettest"
)

const given = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/killrvideo@sha256:0000000000000000000000000000000000000000000000000000000000000000"

func scale() app.Scale {
	return app.Scale{MinInstances: 2, MaxInstances: 5, Concurrency: 80, CPU: "1", Memory: "2Gi"}
}

func settings() Settings {
	return Settings{Region: "eu-west-1", Domain: "api.example.org", HostedZone: "Z0123456789ABCDEFGHIJ"}
}

func planned(t *testing.T, environment, image string, s Settings) *plan.Plan {
	t.Helper()
	return targettest.Planned(t, environment, image, scale(), func() (target.Target, error) { return New("/checkout", environment, scale(), s) })
}

func TestEverythingIsBelowTheComponentAndNamedByTheEnvironment(t *testing.T) {
	t.Parallel()
	p := planned(t, "staging", "", settings())
	targettest.Kept(t, p, "staging", "killrvideo:target:ECS killrvideo-ecs-staging")
	for _, r := range p.Resources {
		if tags, ok := r.Inputs["tags"].(map[string]any); ok && tags["environment"] != "staging" {
			t.Errorf("%s has the tags %v", r.Label(), tags)
		}
	}
}

func TestTheServiceWaitsForItsSecretsItsRightsAndItsWayIn(t *testing.T) {
	t.Parallel()
	p := planned(t, "dev", given, settings())
	service := targettest.Find(t, p, "aws:ecs/service:Service")[0]
	for _, kind := range []string{"aws:secretsmanager/secretVersion:SecretVersion", "aws:iam/rolePolicy:RolePolicy", "aws:lb/listener:Listener", "aws:ec2/natGateway:NatGateway"} {
		for _, needed := range targettest.Find(t, p, kind) {
			if !slices.Contains(service.After, needed.Label()) {
				t.Errorf("the service does not wait for %s, but for %v", needed.Label(), service.After)
			}
		}
	}
	if service.Inputs["waitForSteadyState"] != true || service.Inputs["platformVersion"] != platform {
		t.Errorf("got %v", service.Inputs)
	}
}

// TestNothingIsMadeBeforeItsWayOut: AWS refuses a NAT gateway and a balancer on
// the internet in a network without a way there, and a task that starts before
// its subnet's routes cannot pull its image.
func TestNothingIsMadeBeforeItsWayOut(t *testing.T) {
	t.Parallel()
	p := planned(t, "prod", given, settings())
	const public = "aws:ec2/route:Route killrvideo-out-public-prod"
	for kind, ways := range map[string][]string{
		"aws:ec2/natGateway:NatGateway":    {public},
		"aws:lb/loadBalancer:LoadBalancer": {public},
		"aws:ecs/service:Service": {
			"aws:ec2/route:Route killrvideo-out-private-0-prod", "aws:ec2/route:Route killrvideo-out-private-1-prod",
			"aws:ec2/routeTableAssociation:RouteTableAssociation killrvideo-private-0-prod", "aws:ec2/routeTableAssociation:RouteTableAssociation killrvideo-private-1-prod",
		},
	} {
		for _, made := range targettest.Find(t, p, kind) {
			for _, way := range ways {
				if !slices.Contains(made.After, way) {
					t.Errorf("%s does not wait for %s, but for %v", made.Label(), way, made.After)
				}
			}
		}
	}
}

// TestTheTasksReachWhatTheyCall and nothing else.
func TestTheTasksReachWhatTheyCall(t *testing.T) {
	t.Parallel()
	var out []any
	for _, rule := range targettest.Find(t, planned(t, "dev", given, settings()), "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule") {
		if rule.Inputs["securityGroupId"] == "${killrvideo-tasks-dev.id}" {
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
	built := targettest.Find(t, p, "docker-build:index:Image")[0]
	if built.Inputs["tags"] != nil || built.Inputs["push"] != false || !strings.Contains(targettest.Printed(t, p), "pushByDigest: true") {
		t.Errorf("it is pushed as %v", built.Inputs)
	}
	task := targettest.Find(t, p, "aws:ecs/taskDefinition:TaskDefinition")[0]
	if run := fmt.Sprint(task.Inputs["containerDefinitions"]); !strings.Contains(run, `"image":"${killrvideo-images-dev.repositoryUrl}@${image-dev.digest}"`) {
		t.Errorf("the task runs %s", run)
	}
}

// TestWhoMayDoWhat is every right that the execution role has.
func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	text, err := grantsOf("LOGS", []string{"SECRET1", "SECRET2"}, []string{"REPOSITORY"})
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
	policies := targettest.Find(t, p, "aws:iam/rolePolicy:RolePolicy")
	if len(policies) != 1 || policies[0].Name != "killrvideo-execution-dev" || len(targettest.Find(t, p, "aws:iam/role:Role")) != 2 {
		t.Errorf("rights are given by %v", policies)
	}
}

func TestSecretsAreMarked(t *testing.T) {
	t.Parallel()
	p := planned(t, "dev", "", settings())
	for _, version := range targettest.Find(t, p, "aws:secretsmanager/secretVersion:SecretVersion") {
		if version.Inputs["secretString"] != plan.Secret {
			t.Errorf("%s has %v", version.Name, version.Inputs)
		}
	}
}

func TestTheContainer(t *testing.T) {
	t.Parallel()
	target := &Target{settings: settings()}
	c := target.container(targettest.App("dev", scale()).Settings, given, "abc", "/killrvideo/dev")
	if !c.ReadonlyRootFilesystem || c.Privileged || c.User != "65532:65532" || c.Image != given || c.Environment[0].Value != "abc" {
		t.Errorf("got %+v", c)
	}
	if got := reference("arn:aws:secretsmanager:eu-west-1:1:secret:x", "v1"); got != "arn:aws:secretsmanager:eu-west-1:1:secret:x:::v1" {
		t.Errorf("got %s", got)
	}
}

func TestTheTasksOfThisDeploymentMustRun(t *testing.T) {
	t.Parallel()
	made := &Target{settings: settings(), scope: target.NewScope("dev")}
	const command = "aws ecs describe-services --cluster killrvideo-dev --services killrvideo-dev --region eu-west-1"
	if _, err := made.newest("task:2", "task:1"); err == nil || !strings.Contains(err.Error(), "task:2") || !strings.Contains(err.Error(), command) {
		t.Errorf("old tasks pass: %v", err)
	}
	if got, err := made.newest("task:2", "task:2"); err != nil || got != "task:2" {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestAnImageOfAnotherRegistryNeedsNoRight(t *testing.T) {
	t.Parallel()
	if arn, ok := repositoryOf(given); !ok || arn != "arn:aws:ecr:eu-west-1:123456789012:repository/killrvideo" {
		t.Errorf("got %s", arn)
	}
	if _, ok := repositoryOf("ghcr.io/you/killrvideo@sha256:00"); ok {
		t.Error("a repository of GitHub has an ARN")
	}
}
