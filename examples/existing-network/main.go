// Command existing-network deploys a container to AWS ECS on Fargate, into a VPC
// and behind a load balancer that are there already.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/gate"
	"github.com/killrvideo/killrvideo-go/infra/platform/ecs"
)

func main() { pulumi.Run(program) }

// network is what is there, as the setting existing-network:network has it.
type network struct {
	VPC            string   `json:"vpc"`
	PrivateSubnets []string `json:"privateSubnets"`
	Listener       string   `json:"listener"`
	SecurityGroup  string   `json:"securityGroup"`
}

func program(ctx *pulumi.Context) error {
	var in network
	config.RequireObject(ctx, "existing-network:network", &in)
	service, err := ecs.NewService(ctx, "shop", &ecs.ServiceArgs{
		App: app.App{
			Name: "shop", Environment: ctx.Stack(), Image: pulumi.String(config.Require(ctx, "existing-network:image")),
			Probes: app.Probes{Readiness: app.Probe{HTTPPath: "/"}},
			Scale:  app.Scale{MinInstances: 2, MaxInstances: 10, CPU: "0.5", Memory: "1Gi"},
		},
		Region:  pulumi.String(config.Require(ctx, "aws:region")),
		Network: &ecs.NetworkArgs{VPC: pulumi.String(in.VPC), PrivateSubnets: pulumi.ToStringArray(in.PrivateSubnets)},
		LoadBalancer: &ecs.LoadBalancerArgs{
			Listener: pulumi.String(in.Listener), SecurityGroup: pulumi.String(in.SecurityGroup),
			Host: config.Require(ctx, "existing-network:host"), Priority: 10,
		},
	})
	if err != nil {
		return err
	}
	proof, err := gate.New(ctx, "shop", &gate.Args{Deployment: service.Deployment})
	if err != nil {
		return err
	}
	ctx.Export("url", proof.URL)
	return nil
}
