package main

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/enginetest"
	"github.com/killrvideo/killrvideo-go/stacks/enginetest/standin"
)

// TestLife deploys, changes, rotates, fails, recovers and destroys with the
// real engine.
func TestLife(t *testing.T) { enginetest.Life(t, place()) }

// TestBuilt does not say which image to deploy.
func TestBuilt(t *testing.T) { enginetest.Built(t, place()) }

// TestRefused has settings that nobody knows, and values of other types.
func TestRefused(t *testing.T) {
	enginetest.Refused(t, place(), map[string]any{"regoin": "x", "allowHttp": "perhaps"},
		"ecs.regoin: is no setting of the group ecs; did you mean region?", "ecs.allowHttp: is not true or false", "ecs.certificateArn: is not set")
}

func place() enginetest.Place {
	const image = "registry.example.org/team/killrvideo@sha256:"
	return enginetest.Place{
		Target: "ecs", Build: build, Cloud: standin.Amazon(),
		Group: func(string) map[string]any {
			return map[string]any{"region": "eu-west-1", "allowHttp": true}
		},
		Image: image + enginetest.Digest("1"), NextImage: image + enginetest.Digest("2"),
		Repository: "aws:ecr/repository:Repository",
		Reason:     "and went back to",
		Version:    "aws:secretsmanager/secretVersion:SecretVersion", Removes: "delete",
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
