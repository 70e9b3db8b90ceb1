package cloudrun

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/cloudrunv2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// googleFront is where requests come from inside an instance: Google's own
// proxy, at a link-local address, which sets X-Forwarded-For. A load balancer
// of one's own in front of it adds its address; service.trustedProxies then
// names that too.
const googleFront = "169.254.0.0/16"

// network opens the service to everybody if the settings say so. It returns what
// must be there before the service answers.
func (t *Target) network(ctx *pulumi.Context, service *cloudrunv2.Service) (pulumi.Resource, error) {
	var ready pulumi.Resource = service
	if t.settings.Public {
		everybody, err := cloudrunv2.NewServiceIamMember(ctx, t.scope.Name("public"), &cloudrunv2.ServiceIamMemberArgs{
			Name: service.Name, Location: service.Location,
			Role: pulumi.String("roles/run.invoker"), Member: pulumi.String("allUsers"),
		}, t.scope.Child()...)
		if err != nil {
			return nil, fmt.Errorf("public access: %w", err)
		}
		ready = everybody
	}
	return ready, nil
}
