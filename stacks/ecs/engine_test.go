package main

import (
	"context"
	"io"
	"testing"

	operate "github.com/killrvideo/killrvideo-go/infra/operate/ecs"
	"github.com/killrvideo/killrvideo-go/stacks"
	"github.com/killrvideo/killrvideo-go/stacks/cli"
	"github.com/killrvideo/killrvideo-go/stacks/enginetest"
	"github.com/killrvideo/killrvideo-go/stacks/enginetest/standin"
)

// TestLife deploys, changes, rotates, fails, recovers and destroys with the
// real engine.
func TestLife(t *testing.T) { enginetest.Life(t, place()) }

// TestBuilt does not say which image to deploy.
func TestBuilt(t *testing.T) { enginetest.Built(t, place()) }

// TestUnproved deploys healthy tasks that do not answer.
func TestUnproved(t *testing.T) { enginetest.Unproved(t, place()) }

// TestAlarm has AWS go back from healthy tasks that answer.
func TestAlarm(t *testing.T) { enginetest.Alarm(t, place()) }

// TestRefused sets unknown settings, and values of other types.
func TestRefused(t *testing.T) {
	enginetest.Refused(t, place(), map[string]any{"regoin": "x", "allowHttp": "perhaps"},
		"ecs.regoin: unknown setting of the group ecs; did you mean region?", "ecs.allowHttp: must be true or false", "ecs.certificateArn: is "+
			"not set")
}

func place() enginetest.Place {
	const image = "registry.example.org/team/killrvideo@sha256:"
	return enginetest.Place{
		Target: "ecs", Build: build, Store: operate.NewStore, Cloud: standin.Amazon(),
		Group: func(string) map[string]any {
			return map[string]any{"region": "eu-west-1", "allowHttp": true}
		},
		Image: image + enginetest.Digest("1"), NextImage: image + enginetest.Digest("2"),
		Repository: "aws:ecr/repository:Repository",
		Reason:     "and went back to", Unproved: enginetest.ServesAgain,
		Version: "aws:secretsmanager/secretVersion:SecretVersion", Removes: "delete",
		First: []string{
			"aws:iam/rolePolicy:RolePolicy", "aws:cloudwatch/logGroup:LogGroup", "aws:ecs/taskDefinition:TaskDefinition",
			"aws:lb/listener:Listener", "aws:ec2/natGateway:NatGateway",
		},
	}
}

// TestDrain rotates under an old instance that still answers.
func TestDrain(t *testing.T) { enginetest.Drain(t, place()) }

// TestProtectedDestroy destroys a production stack without make.
func TestProtectedDestroy(t *testing.T) { enginetest.Protected(t, place()) }

// TestNetworkIsKept takes over a network from before its range was a setting.
func TestNetworkIsKept(t *testing.T) { enginetest.KeepsNetwork(t, place(), "10.0.0.0/16") }

// TestFormerNames takes over a state of an earlier version.
func TestFormerNames(t *testing.T) { enginetest.FormerNames(t, place()) }

// TestPolicyRefuses takes the protection of a production stack away.
func TestPolicyRefuses(t *testing.T) { enginetest.PolicyRefuses(t, place()) }

// TestFailures makes each step of a first deployment and of rotations fail.
func TestFailures(t *testing.T) { enginetest.Failures(t, place()) }

// TestMessages is refused by the cloud, and finds another revision serving.
func TestMessages(t *testing.T) { enginetest.Messages(t, place(), command) }

// TestDeletedByHand deletes behind a stack what the next up needs.
func TestDeletedByHand(t *testing.T) {
	enginetest.DeletedByHand(t, place(), command, "aws:ecs/service:Service", "aws:secretsmanager/secret:Secret")
}

// TestOperate runs the commands of day two, and makes the transcripts of the
// target's page.
func TestOperate(t *testing.T) {
	enginetest.Operate(t, place(), "docs/targets/ecs.md", []enginetest.Edit{
		{
			Type: "aws:secretsmanager/secretVersion:SecretVersion", Key: "versionStages",
			Change: enginetest.Set([]any{}), Says: "versionStages is []",
		},
		{
			Type: "aws:ecs/service:Service", Key: "healthCheckGracePeriodSeconds",
			Change: enginetest.Set(5.0), Says: "healthCheckGracePeriodSeconds is 5",
		},
		{
			Type: "aws:appautoscaling/target:Target", Key: "maxCapacity",
			Change: enginetest.Set(50.0), Says: "maxCapacity is 50",
		},
	}, command)
}

// command runs a command behind make.
func command(ctx context.Context, build stacks.Builder, out, errs io.Writer, args ...string) error {
	return cli.Run(ctx, "ecs", build, on(), cli.Streams{Out: out, Err: errs}, args...)
}
