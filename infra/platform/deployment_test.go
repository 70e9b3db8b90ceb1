package platform

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
)

// TestTheDeployedImageMustServe where an answer names no revision.
func TestTheDeployedImageMustServe(t *testing.T) {
	t.Parallel()
	program := func(serving string) error {
		return pulumi.RunErr(func(ctx *pulumi.Context) error {
			triggers := DigestServes(app.Proof{Path: "/"}, pulumi.String("shop@sha256:1"), pulumi.StringPtr(serving))
			ctx.Export("triggers", triggers)
			return nil
		}, pulumi.WithMocks("shop", "dev", mocks{}))
	}
	if err := program("shop@sha256:1"); err != nil {
		t.Errorf("the deployed image is refused: %v", err)
	}
	if err := program("shop@sha256:2"); err == nil {
		t.Error("another image passes")
	}
	for _, proof := range []app.Proof{{JSONField: "revision"}, {Header: "X-Revision"}} {
		if got := DigestServes(proof, pulumi.String("a"), pulumi.StringPtr("b")); got != nil {
			t.Errorf("%+v has the trigger %v, and the answer tells the revision", proof, got)
		}
	}
}

type mocks struct{}

func (mocks) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) { return nil, nil }

func (mocks) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	return args.Name, args.Inputs, nil
}
