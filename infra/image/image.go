// Package image builds the service's image once, from the Dockerfile of the
// checkout, pushes it to a target's registry and gives it by digest. Which
// registry that is, and who may pull, is the target's business.
package image

import (
	"fmt"
	"path/filepath"

	"github.com/pulumi/pulumi-docker-build/sdk/go/dockerbuild"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Args says what is built and where it goes.
type Args struct {
	// Environment is part of the resource's name and of the tag.
	Environment string
	// Checkout is the folder of the Dockerfile.
	Checkout string
	// Repository is the image's name in the registry, without a tag.
	Repository pulumi.StringInput
	// Tag is for registries whose tags never move; empty means the environment.
	Tag string
}

// Build registers the build, which logs in as Docker's own settings say, and returns the pushed image's reference by
// digest. It is for both common processors, so that any node can run it.
func Build(ctx *pulumi.Context, args Args, opts ...pulumi.ResourceOption) (pulumi.StringOutput, error) {
	tag := args.Tag
	if tag == "" {
		tag = args.Environment
	}
	built, err := dockerbuild.NewImage(ctx, "image-"+args.Environment, &dockerbuild.ImageArgs{
		Context:        &dockerbuild.BuildContextArgs{Location: pulumi.String(args.Checkout)},
		Dockerfile:     &dockerbuild.DockerfileArgs{Location: pulumi.String(filepath.Join(args.Checkout, "Dockerfile"))},
		Platforms:      dockerbuild.PlatformArray{dockerbuild.Platform_Linux_amd64, dockerbuild.Platform_Linux_arm64},
		Tags:           pulumi.StringArray{pulumi.Sprintf("%s:%s", args.Repository, tag)},
		Push:           pulumi.Bool(true),
		BuildOnPreview: pulumi.Bool(false),
	}, opts...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("build the image: %w", err)
	}
	return built.Ref, nil
}
