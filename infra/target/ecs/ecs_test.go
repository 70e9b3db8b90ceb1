package ecs

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/secret"
)

// canary is made up for this test and opens nothing.
const canary = "canary-93aa0c0ffee"

const given = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/killrvideo@sha256:0000000000000000000000000000000000000000000000000000000000000000"

func scale() app.Scale {
	return app.Scale{MinInstances: 2, MaxInstances: 5, Concurrency: 80, CPU: "1", Memory: "2Gi"}
}

func settings() Settings {
	return Settings{Region: "eu-west-1", Domain: "api.example.org", HostedZone: "Z0123456789ABCDEFGHIJ"}
}

func described() app.App {
	return app.App{
		Name: "killrvideo", Environment: "dev", Probes: app.DefaultProbes(), Scale: scale(),
		Settings: map[string]string{"LOG_LEVEL": "INFO"},
		Secrets: []secret.Secret{
			secret.New("ASTRA_DB_APPLICATION_TOKEN", pulumi.String(canary)), secret.New("JWT_SECRET_KEY_PREVIOUS", pulumi.String("")),
		},
	}
}

// checkout is a folder with the least that an image is built from.
func checkout(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range []string{"Dockerfile", "astra/astra.go", "service/main.go"} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// planned is what the target makes for an app with two secrets.
func planned(t *testing.T, environment, image string, s Settings) *plan.Plan {
	t.Helper()
	root := checkout(t)
	made, err := plan.Run(func(ctx *pulumi.Context) error {
		target, err := New(root, environment, scale(), s)
		if err != nil {
			return err
		}
		reference, err := target.Image(ctx, image)
		if err != nil {
			return err
		}
		_, err = target.Deploy(ctx, described(), reference)
		return err
	}, plan.Stack{Project: "killrvideo", Name: environment})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func find(t *testing.T, p *plan.Plan, kind string) []plan.Resource {
	t.Helper()
	var found []plan.Resource
	for _, r := range p.Resources {
		if r.Type == kind {
			found = append(found, r)
		}
	}
	if len(found) == 0 {
		t.Fatalf("the plan has no %s", kind)
	}
	return found
}

func TestEverythingIsBelowTheComponentAndNamedByTheEnvironment(t *testing.T) {
	t.Parallel()
	for _, r := range planned(t, "staging", "", settings()).Resources {
		if !strings.HasSuffix(r.Name, "-staging") {
			t.Errorf("%s does not bear the environment", r.Label())
		}
		if !r.Component && r.Parent != "killrvideo:target:ECS killrvideo-ecs-staging" && r.Type != "pulumi:providers:aws" {
			t.Errorf("%s is below %q", r.Label(), r.Parent)
		}
		if r.DeleteFirst {
			t.Errorf("%s would be deleted before its replacement is there", r.Label())
		}
		if tags, ok := r.Inputs["tags"].(map[string]any); ok && tags["environment"] != "staging" {
			t.Errorf("%s has the tags %v", r.Label(), tags)
		}
	}
}

func TestTheServiceWaitsForItsSecretsItsRightsAndItsWayIn(t *testing.T) {
	t.Parallel()
	p := planned(t, "dev", given, settings())
	service := find(t, p, "aws:ecs/service:Service")[0]
	for _, kind := range []string{"aws:secretsmanager/secretVersion:SecretVersion", "aws:iam/rolePolicy:RolePolicy", "aws:lb/listener:Listener", "aws:ec2/natGateway:NatGateway"} {
		for _, needed := range find(t, p, kind) {
			if !slices.Contains(service.After, needed.Label()) {
				t.Errorf("the service does not wait for %s, but for %v", needed.Label(), service.After)
			}
		}
	}
	if service.Inputs["waitForSteadyState"] != true || service.Inputs["platformVersion"] != platform {
		t.Errorf("got %v", service.Inputs)
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
	policies := find(t, p, "aws:iam/rolePolicy:RolePolicy")
	if len(policies) != 1 || policies[0].Name != "killrvideo-execution-dev" || len(find(t, p, "aws:iam/role:Role")) != 2 {
		t.Errorf("rights are given by %v", policies)
	}
}

func TestNoSecretInThePlan(t *testing.T) {
	t.Parallel()
	p := planned(t, "dev", "", settings())
	var text strings.Builder
	if err := p.Print(&text); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text.String(), canary) {
		t.Error("the plan shows a secret")
	}
	for _, version := range find(t, p, "aws:secretsmanager/secretVersion:SecretVersion") {
		if version.Inputs["secretString"] != plan.Secret {
			t.Errorf("%s has %v", version.Name, version.Inputs)
		}
	}
}

func TestTheContainer(t *testing.T) {
	t.Parallel()
	target := &Target{settings: settings()}
	c := target.container(described(), given, "abc", "/killrvideo/dev")
	if !c.ReadonlyRootFilesystem || c.Privileged || c.User != "65532:65532" || c.Image != given || c.Environment[0].Value != "abc" {
		t.Errorf("got %+v", c)
	}
	if c.StopTimeout <= graceSeconds {
		t.Errorf("killed after %d s, though it finishes within %d", c.StopTimeout, graceSeconds)
	}
	if got := reference("arn:aws:secretsmanager:eu-west-1:1:secret:x", "v1"); got != "arn:aws:secretsmanager:eu-west-1:1:secret:x:::v1" {
		t.Errorf("got %s", got)
	}
}

func TestTheTasksOfThisDeploymentMustRun(t *testing.T) {
	t.Parallel()
	if _, err := newest("task:2", "task:1"); err == nil || !strings.Contains(err.Error(), "task:2") {
		t.Errorf("old tasks pass: %v", err)
	}
	if got, err := newest("task:2", "task:2"); err != nil || got != "task:2" {
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
