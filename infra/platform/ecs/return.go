package ecs

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/platform/ecs/api"
)

// steadySeconds is how long the provider waits for a service to be steady, and so
// does a return.
const steadySeconds = 1200

// returns deploys the task definition of a revision that the service ran before.
// It uses the caller's own credentials, in the region of the service.
func (s *Service) returns(made running) func(context.Context, string) (bool, error) {
	type located struct {
		api.Service
		region string
	}
	var known atomic.Pointer[located]
	pulumi.All(made.service.Cluster, made.service.Name, s.args.Region).ApplyT(func(of []any) string {
		known.Store(&located{api.Service{
			Cluster: of[0].(string), Name: of[1].(string), Container: s.args.App.Container, Patience: steadySeconds * time.Second,
		}, of[2].(string)})
		return ""
	})
	return func(ctx context.Context, revision string) (bool, error) {
		at := known.Load()
		if at == nil {
			return false, errors.New("the service is not known yet")
		}
		client, err := api.Connect(ctx, at.region)
		if err != nil {
			return false, err
		}
		service := at.Service
		service.Client = client
		return service.Run(ctx, revision)
	}
}
