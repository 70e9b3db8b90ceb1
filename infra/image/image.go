// Package image builds an image once from a Dockerfile, pushes it to a registry
// and gives it by digest. Which registry that is, and which
// identities can pull, is decided
// elsewhere.
package image

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi-docker-build/sdk/go/dockerbuild"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
)

// Args says what is built and where it goes.
type Args struct {
	app.Build
	// Repository is the image's name in the registry, without a tag. Required.
	Repository pulumi.StringInput
	// Tag is put on the image, beside its digest. Required unless TagByDigest.
	Tag string
	// TagByDigest pushes by digest, to a registry whose tags never move: the same
	// sources are pushed again after a rollback or from another folder, and no
	// two builds are alike to the byte. The image is then tagged with its digest:
	// what cleans a registry up takes untagged images first.
	TagByDigest bool
}

// Image is a built and pushed image.
type Image struct {
	pulumi.ResourceState

	// Reference is REPOSITORY@sha256:DIGEST.
	Reference pulumi.StringOutput `pulumi:"reference"`
	// Digest is sha256:DIGEST.
	Digest pulumi.StringOutput `pulumi:"digest"`
}

// New registers the build, which logs in as Docker's own settings say. It is for
// amd64 and arm64, so that any node can run it.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Image, error) {
	image := &Image{}
	if err := ctx.RegisterComponentResource("infra:image:Image", name, image, opts...); err != nil {
		return nil, fmt.Errorf("the image: %w", err)
	}
	built, err := build(ctx, name, args, pulumi.Parent(image))
	if err != nil {
		return nil, fmt.Errorf("build the image: %w", err)
	}
	image.Digest = built.Digest
	image.Reference = pulumi.Sprintf("%s@%s", args.Repository, built.Digest)
	if args.TagByDigest {
		if image.Reference, err = tag(ctx, name, args, image); err != nil {
			return nil, fmt.Errorf("tag the image: %w", err)
		}
	}
	return image, ctx.RegisterResourceOutputs(image, pulumi.Map{"reference": image.Reference, "digest": image.Digest})
}

func build(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*dockerbuild.Image, error) {
	dockerfile := cmp.Or(args.Dockerfile, filepath.Join(args.Context, "Dockerfile"))
	to := &dockerbuild.ImageArgs{
		Context:        &dockerbuild.BuildContextArgs{Location: pulumi.String(args.Context)},
		Dockerfile:     &dockerbuild.DockerfileArgs{Location: pulumi.String(dockerfile)},
		Platforms:      dockerbuild.PlatformArray{dockerbuild.Platform_Linux_amd64, dockerbuild.Platform_Linux_arm64},
		BuildOnPreview: pulumi.Bool(false),
	}
	if len(args.Build.Args) > 0 {
		to.BuildArgs = args.Build.Args
	}
	if args.TagByDigest {
		to.Push = pulumi.Bool(false)
		to.Exports = dockerbuild.ExportArray{&dockerbuild.ExportArgs{Registry: &dockerbuild.ExportRegistryArgs{
			Names: pulumi.StringArray{args.Repository}, PushByDigest: pulumi.Bool(true),
		}}}
	} else {
		to.Push = pulumi.Bool(true)
		to.Tags = pulumi.StringArray{pulumi.Sprintf("%s:%s", args.Repository, args.Tag)}
	}
	return dockerbuild.NewImage(ctx, name, to, opts...)
}

// tag gives the pushed image its digest as a tag, and returns the reference,
// which so waits for the tag.
func tag(ctx *pulumi.Context, name string, args *Args, image *Image) (pulumi.StringOutput, error) {
	tagged, err := dockerbuild.NewIndex(ctx, name+"-tag", &dockerbuild.IndexArgs{
		Sources: pulumi.StringArray{image.Reference}, Push: pulumi.Bool(true),
		Tag: pulumi.All(args.Repository, image.Digest).ApplyT(func(of []any) string {
			return of[0].(string) + ":" + strings.ReplaceAll(of[1].(string), ":", "-") // no colon may be in a tag
		}).(pulumi.StringOutput),
	}, pulumi.Parent(image))
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	return pulumi.All(image.Reference, tagged.Ref).ApplyT(func(of []any) string { return of[0].(string) }).(pulumi.StringOutput), nil
}
