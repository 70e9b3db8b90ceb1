package kubernetes_test

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/gate"
	"github.com/killrvideo/killrvideo-go/infra/platform/kubernetes"
)

// A service with a sidecar behind an ingress, in a namespace of its own, whose
// answers name their revision in a header.
func ExampleNewService() {
	const digest = "@sha256:0000000000000000000000000000000000000000000000000000000000000000"
	pulumi.Run(func(ctx *pulumi.Context) error {
		service, err := kubernetes.NewService(ctx, "shop", &kubernetes.ServiceArgs{
			App: app.App{
				Name: "shop", Environment: "dev", Image: pulumi.String("ghcr.io/you/shop" + digest),
				Sidecars: []app.Sidecar{{Name: "proxy", Image: pulumi.String("ghcr.io/you/proxy" + digest)}},
				Proof:    app.Proof{Path: "/version", Header: "X-Revision"},
				Scale:    app.Scale{MinInstances: 2},
			},
			Host: "shop.example.org", CallersNamespace: "ingress-nginx",
			Annotations: map[string]string{"cert-manager.io/cluster-issuer": "letsencrypt"},
		})
		if err != nil {
			return err
		}
		_, err = gate.New(ctx, "shop", &gate.Args{Deployment: service.Deployment})
		return err
	})
}
