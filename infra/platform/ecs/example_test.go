package ecs_test

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/gate"
	"github.com/killrvideo/killrvideo-go/infra/platform/ecs"
)

// A build of a Dockerfile, in a VPC, a cluster and behind a load balancer that
// are there already.
func ExampleNewService() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		service, err := ecs.NewService(ctx, "shop", &ecs.ServiceArgs{
			App: app.App{
				Name: "shop", Environment: "dev", Build: &app.Build{Context: "../shop"},
				Probes: app.Probes{Readiness: app.Probe{HTTPPath: "/ready"}},
				Scale:  app.Scale{MinInstances: 2, MaxInstances: 10, CPU: "0.5", Memory: "1Gi"},
			},
			Region: pulumi.String("eu-west-1"), Cluster: pulumi.String("arn:aws:ecs:eu-west-1:123456789012:cluster/shared"),
			Network: &ecs.NetworkArgs{
				VPC: pulumi.String(
					"vpc-0123456789abcdef0",
				), PrivateSubnets: pulumi.ToStringArray([]string{"subnet-0a1b2c3d", "subnet-1a2b3c4d"}),
			},
			LoadBalancer: &ecs.LoadBalancerArgs{
				Listener: pulumi.String(
					"arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/front/0123456789abcdef/0123456789abcdef",
				),
				SecurityGroup: pulumi.String("sg-0123456789abcdef0"), Host: "shop.example.org", Priority: 10,
			},
		})
		if err != nil {
			return err
		}
		_, err = gate.New(ctx, "shop", &gate.Args{Deployment: service.Deployment})
		return err
	})
}
