package policy

import (
	"strings"
	"testing"
	"time"

	pulumiresource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

type noResources struct{}

func (noResources) NewResource(args pulumi.MockResourceArgs) (string, pulumiresource.PropertyMap, error) {
	return args.Name, args.Inputs, nil
}

func (noResources) Call(pulumi.MockCallArgs) (pulumiresource.PropertyMap, error) { return nil, nil }

type group struct{ pulumi.ResourceState }

// refused is the message with which the transform refuses a resource, "" if it
// lets it pass.
func refused(t *testing.T, ctx *pulumi.Context, e *enforcer, args *pulumi.ResourceTransformArgs) string {
	t.Helper()
	result := e.transform(ctx.Context(), args)
	if result == nil {
		return ""
	}
	failed, _ := result.Props["policy"].(pulumi.StringOutput)
	if _, err := internals.UnsafeAwaitOutput(ctx.Context(), failed); err != nil {
		return err.Error()
	}
	t.Fatal("the transform answers an input that does not fail")
	return ""
}

// TestTheTransformRefuses passes resources as the engine does: with secrets and
// unknown values as outputs.
func TestTheTransformRefuses(t *testing.T) {
	t.Parallel()
	later := func(ctx *pulumi.Context) pulumi.StringOutput {
		return pulumi.UnsafeUnknownOutput(nil).ApplyT(
			func(any) string { return "" }).(pulumi.StringOutput)
	}
	for name, test := range map[string]struct {
		kind  string
		props func(ctx *pulumi.Context) pulumi.Map
		opts  func(o *pulumi.ResourceOptions)
		want  string
	}{
		"a secret value": {googleVersion, func(*pulumi.Context) pulumi.Map {
			return pulumi.Map{"secretData": pulumi.ToSecret("x"), "deletionPolicy": pulumi.String("DISABLE")}
		}, nil, ""},
		"a plaintext value": {googleVersion, func(*pulumi.Context) pulumi.Map {
			return pulumi.Map{"secretData": pulumi.String("x"), "deletionPolicy": pulumi.String("DISABLE")}
		}, nil, "secretData is not marked as a secret"},
		"a plaintext output": {googleVersion, func(*pulumi.Context) pulumi.Map {
			return pulumi.Map{"secretData": pulumi.String("x").ToStringOutput(), "deletionPolicy": pulumi.String("DISABLE")}
		}, nil, "secretData is not marked as a secret"},
		"deleted first": {googleVersion, func(*pulumi.Context) pulumi.Map {
			return pulumi.Map{"deletionPolicy": pulumi.String("DISABLE")}
		}, func(o *pulumi.ResourceOptions) { o.DeleteBeforeReplace = true }, "the old one is deleted before the new one exists"},
		"an unknown image": {deployment, func(ctx *pulumi.Context) pulumi.Map { return pod(later(ctx)) }, nil, ""},
		"a tag": {deployment, func(*pulumi.Context) pulumi.Map { return pod(pulumi.String("x:latest")) }, nil,
			`the image "x:latest" can change`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := pulumi.RunErr(func(ctx *pulumi.Context) error {
				parent := &group{}
				if err := ctx.RegisterComponentResource("test:index:Group", "group", parent); err != nil {
					return err
				}
				args := &pulumi.ResourceTransformArgs{
					Custom: true,
					Type:   test.kind,
					Name:   "it",
					Props:  test.props(ctx),
					Opts:   pulumi.ResourceOptions{Parent: parent},
				}
				if test.opts != nil {
					test.opts(&args.Opts)
				}
				got := refused(t, ctx, &enforcer{ctx: ctx, now: time.Now}, args)
				if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
					t.Errorf("got %q, want %q", got, test.want)
				}
				return nil
			}, pulumi.WithMocks("project", "stack", noResources{}))
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func pod(image pulumi.Input) pulumi.Map {
	return pulumi.Map{
		"spec": pulumi.Map{"template": pulumi.Map{"spec": pulumi.Map{"containers": pulumi.Array{pulumi.Map{"image": image}}}}},
	}
}

// TestAServiceThatDoesNotWaitIsRefused, whichever of the two is registered first.
func TestAServiceThatDoesNotWaitIsRefused(t *testing.T) {
	t.Parallel()
	var service, version plan.Resource
	for _, r := range good(t).Resources {
		switch r.Type {
		case runService:
			service = r
		case googleVersion:
			version = r
		}
	}
	careless := service
	careless.After = nil
	for name, test := range map[string]struct {
		order   []plan.Resource
		refused bool
	}{
		"waits":            {[]plan.Resource{version, service}, false},
		"service is last":  {[]plan.Resource{version, careless}, true},
		"service is first": {[]plan.Resource{careless, version}, true},
	} {
		e := &enforcer{now: time.Now}
		err := e.judge(test.order[0])
		if err != nil {
			t.Fatalf("%s: the first is refused: %v", name, err)
		}
		if err := e.judge(test.order[1]); (err != nil) != test.refused {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAServiceIsJudgedOnce: what a service breaks is no finding of the resources
// after it.
func TestAServiceIsJudgedOnce(t *testing.T) {
	t.Parallel()
	p := good(t)
	var service plan.Resource
	for _, r := range p.Resources {
		if r.Type == runService {
			service = r
		}
	}
	set(service.Inputs, "template.serviceAccount", nil)
	e := &enforcer{now: time.Now}
	if err := e.judge(service); err == nil {
		t.Error("a service without an account of its own is not refused")
	}
	if err := e.judge(resource("gcp:secretmanager/secret:Secret", nil)); err != nil {
		t.Errorf("the resource after it is refused: %v", err)
	}
}
