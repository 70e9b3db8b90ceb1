package platform_test

import (
	"errors"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/platform"
)

// backend answers as the engine does, once it has written its state.
type backend struct {
	outputs map[string]any
	early   int // questions that come too early
}

func (b *backend) NewResource(pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	return "", nil, errors.New("no resource is made")
}

func (b *backend) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	if b.early--; b.early >= 0 {
		return nil, errors.New("failed to load checkpoint: EOF")
	}
	name, given := "name", b.outputs
	if args.Token == "pulumi:pulumi:readStackResourceOutputs" {
		name, given = "stackName", map[string]any{
			"urn::network": map[string]any{"type": "aws:ec2/vpc:Vpc", "outputs": map[string]any{"cidrBlock": "10.0.0.0/16"}},
		}
	}
	if args.Args[resource.PropertyKey(name)].StringValue() != "organization/shop/dev" {
		return nil, errors.New("another stack is asked for")
	}
	return resource.NewPropertyMapFromMap(map[string]any{"outputs": given}), nil
}

func TestLastUpdate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		outputs map[string]any
		network string
	}{
		"deployed before": {map[string]any{"url": "https://x"}, "10.0.0.0/16"},
		"never deployed":  {map[string]any{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := pulumi.RunErr(func(ctx *pulumi.Context) error {
				outputs, resources, err := platform.LastUpdate(ctx)
				network, _ := resources["urn::network"].Outputs["cidrBlock"].(string)
				if len(outputs) != len(test.outputs) || network != test.network {
					t.Errorf("got %v and %v", outputs, resources)
				}
				return err
			}, pulumi.WithMocks("shop", "dev", &backend{outputs: test.outputs, early: 2}), func(info *pulumi.RunInfo) {
				info.Organization = "organization"
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// TestPlanHasNoLastUpdate: a plan is of a stack that has deployed nothing.
func TestPlanHasNoLastUpdate(t *testing.T) {
	t.Parallel()
	_, err := plan.Run(func(ctx *pulumi.Context) error {
		outputs, resources, err := platform.LastUpdate(ctx)
		if len(outputs)+len(resources) > 0 {
			t.Errorf("got %v and %v", outputs, resources)
		}
		return err
	}, plan.Stack{Project: "shop", Name: "dev"})
	if err != nil {
		t.Error(err)
	}
}
