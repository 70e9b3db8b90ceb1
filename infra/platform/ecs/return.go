package ecs

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/platform/ecs/api"
)

// steadySeconds is how long the provider waits for a service to be steady, and so
// does a return.
const steadySeconds = 1200

// location is where the deployed service is, once that is known.
type location struct{ known atomic.Pointer[located] }

type located struct {
	api.Service
	region, task string
}

var errUnknown = errors.New("the service is not known yet")

func (s *Service) locate(made running) *location {
	at := &location{}
	pulumi.All(made.service.Cluster, made.service.Name, s.args.Region, made.task.Arn).ApplyT(func(of []any) string {
		at.known.Store(&located{api.Service{
			Cluster: of[0].(string), Name: of[1].(string), Container: s.args.App.Container, Patience: steadySeconds * time.Second,
		}, of[2].(string), of[3].(string)})
		return ""
	})
	return at
}

// connect uses the caller's own credentials, in the region of the service.
func (l *location) connect(ctx context.Context) (service api.Service, task string, err error) {
	at := l.known.Load()
	if at == nil {
		return service, "", errUnknown
	}
	service = at.Service
	service.Client, err = api.Connect(ctx, at.region)
	return service, at.task, err
}

// returns deploys the task definition of a revision that the service ran before.
func (l *location) returns(ctx context.Context, revision string) (bool, error) {
	service, _, err := l.connect(ctx)
	if err != nil {
		return false, err
	}
	return service.Run(ctx, revision)
}

// settles waits until AWS has ended the deployment, whose alarms it watches for a
// while after the new tasks run.
func (l *location) settles(ctx context.Context) error {
	service, task, err := l.connect(ctx)
	if err != nil {
		return err
	}
	service.Patience = watchSeconds * time.Second
	problem, err := service.Settle(ctx, task)
	if problem != "" {
		return platform.Unsettled(problem)
	}
	return err
}
