// Package api calls ECS for what Pulumi's provider has no resource for: which
// revision of an app a service runs, and a service that returns to one. Nothing of
// Pulumi may enter.
package api

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/provider/sleep"
)

// Service is a service of ECS, whose Container runs an app.
type Service struct {
	Client *ecs.Client
	// Cluster is an ARN, the others are names.
	Cluster, Name, Container string
	// Patience bounds a deployment.
	Patience time.Duration
}

// Connect finds the caller's own credentials.
func Connect(ctx context.Context, region string) (*ecs.Client, error) {
	settings, err := config.LoadDefaultConfig(ctx, config.WithRegion(region))
	if err != nil {
		return nil, fmt.Errorf("find credentials of AWS: %w", err)
	}
	return ecs.NewFromConfig(settings), nil
}

// Run makes the service run a revision of the app that one of its task definitions
// has, and waits until it does. It tells whether another one ran.
func (s Service) Run(ctx context.Context, revision string) (changed bool, err error) {
	now, err := s.definition(ctx)
	if err != nil {
		return false, err
	}
	if runs, err := s.Revision(ctx, now); err != nil || runs == revision {
		return false, err
	}
	to, err := s.find(ctx, now, revision)
	if err != nil {
		return false, err
	}
	if _, err := s.Client.UpdateService(ctx, &ecs.UpdateServiceInput{Cluster: &s.Cluster, Service: &s.Name, TaskDefinition: &to}); err != nil {
		return false, fmt.Errorf("deploy %s to service %s: %w", path.Base(to), s.Name, err)
	}
	described := &ecs.DescribeServicesInput{Cluster: &s.Cluster, Services: []string{s.Name}}
	if err := ecs.NewServicesStableWaiter(s.Client).Wait(ctx, described, s.Patience); err != nil {
		return true, fmt.Errorf("wait until service %s runs %s: %w", s.Name, path.Base(to), err)
	}
	if now, err = s.definition(ctx); err == nil && now != to { // the circuit breaker went back
		err = fmt.Errorf("service %s runs %s and not %s, whose tasks did not start", s.Name, path.Base(now), path.Base(to))
	}
	return true, err
}

// pause is between two questions about a deployment.
const pause = 5 * time.Second

// Settle waits until the deployment of a task definition is complete: AWS may still
// go back, by an alarm, after all its tasks run. It returns what is wrong if AWS went
// back, or may still do so when the patience ends.
func (s Service) Settle(ctx context.Context, task string) (problem string, err error) {
	deployed := fmt.Sprintf("%s in service %s", path.Base(task), s.Name)
	for end := time.Now().Add(s.Patience); ; {
		found, err := s.Client.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: &s.Cluster, Services: []string{s.Name}})
		if err != nil {
			return "", fmt.Errorf("describe service %s: %w", s.Name, err)
		}
		state, reason := stateOf(found.Services, task)
		switch {
		case state == types.DeploymentRolloutStateCompleted:
			return "", nil
		case state == types.DeploymentRolloutStateFailed:
			return fmt.Sprintf("ECS went back from %s: %s", deployed, reason), nil
		case time.Now().After(end):
			return fmt.Sprintf("after %v ECS still watches the alarms of %s and may go back", s.Patience, deployed), nil
		}
		if err := sleep.For(ctx, pause); err != nil {
			return "", err
		}
	}
}

// stateOf is how far the deployment of a task definition is, and why. One that the
// service runs no more has failed. Of a service without the states, as that of
// another deployment controller, the deployment is complete.
func stateOf(services []types.Service, task string) (types.DeploymentRolloutState, string) {
	if len(services) == 0 {
		return types.DeploymentRolloutStateFailed, "the service is gone"
	}
	reason := "another task definition is deployed"
	for _, one := range services[0].Deployments {
		if aws.ToString(one.TaskDefinition) != task {
			continue
		}
		if one.RolloutState == types.DeploymentRolloutStateFailed || aws.ToString(one.Status) != "PRIMARY" {
			reason = cmp.Or(aws.ToString(one.RolloutStateReason), reason)
			continue
		}
		return cmp.Or(one.RolloutState, types.DeploymentRolloutStateCompleted), ""
	}
	return types.DeploymentRolloutStateFailed, reason
}

// definition is the ARN of what the service runs.
func (s Service) definition(ctx context.Context) (string, error) {
	found, err := s.Client.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: &s.Cluster, Services: []string{s.Name}})
	if err != nil {
		return "", fmt.Errorf("describe service %s: %w", s.Name, err)
	}
	if len(found.Services) == 0 {
		return "", fmt.Errorf("cluster %s has no service %s", s.Cluster, s.Name)
	}
	return aws.ToString(found.Services[0].TaskDefinition), nil
}

// searched is how many of the newest task definitions are looked at.
const searched = 20

// find is the newest task definition of a family that has the revision.
func (s Service) find(ctx context.Context, of, revision string) (string, error) {
	family, _, _ := strings.Cut(path.Base(of), ":")
	list, err := s.Client.ListTaskDefinitions(ctx, &ecs.ListTaskDefinitionsInput{
		FamilyPrefix: &family, Sort: types.SortOrderDesc, Status: types.TaskDefinitionStatusActive, MaxResults: aws.Int32(searched),
	})
	if err != nil {
		return "", fmt.Errorf("list the task definitions of %s: %w", family, err)
	}
	for _, arn := range list.TaskDefinitionArns {
		if has, err := s.Revision(ctx, arn); err != nil || has == revision {
			return arn, err
		}
	}
	return "", fmt.Errorf("no task definition of family %s has revision %s any more", family, revision)
}

// Revision is that of the app in a task definition, "" if it names none.
func (s Service) Revision(ctx context.Context, definition string) (string, error) {
	found, err := s.Client.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: &definition})
	if err != nil {
		return "", fmt.Errorf("describe the task definition %s: %w", definition, err)
	}
	for _, c := range cmp.Or(found.TaskDefinition, &types.TaskDefinition{}).ContainerDefinitions {
		for _, variable := range c.Environment {
			if aws.ToString(c.Name) == s.Container && aws.ToString(variable.Name) == app.RevisionVariable {
				return aws.ToString(variable.Value), nil
			}
		}
	}
	return "", nil
}
