package kubernetes

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/platform/kubernetes/api"
)

// overOthers lets the next update win over a template that was put back, by the
// gate or by hand with kubectl rollout undo: Pulumi's server-side apply would
// refuse a field that someone else changed.
var overOthers = map[string]string{"pulumi.com/patchForce": "true"}

// returns rolls the Deployment to the template of a revision that it ran before.
func (s *Service) returns() func(context.Context, string) (bool, error) {
	access := s.args.Access
	if access == nil {
		return nil
	}
	var namespace atomic.Pointer[string]
	s.Namespace.ApplyT(func(name string) string {
		namespace.Store(&name)
		return name
	})
	return func(ctx context.Context, revision string) (bool, error) {
		in := namespace.Load()
		if in == nil {
			return false, errors.New("the namespace is not known yet")
		}
		cluster, err := api.Connect(access.Kubeconfig, access.Context)
		if err != nil {
			return false, err
		}
		return api.Deployment{
			Cluster: cluster, Namespace: *in, Name: s.scope.Name(""), Container: s.args.App.Container,
			Patience: time.Duration(rolloutSeconds(s.args.App.Scale.MaxInstances)) * time.Second,
		}.Run(ctx, revision)
	}
}
