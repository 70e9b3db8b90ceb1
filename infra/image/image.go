// Package image builds the service's image once, from the Dockerfile of the
// checkout, pushes it to a target's registry and gives it by digest. Which
// registry that is, and who may pull, is the target's business.
package image

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi-docker-build/sdk/go/dockerbuild"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/target"
)

// Args says what is built and where it goes.
type Args struct {
	// Environment is part of the resource's name, and the tag.
	Environment string
	// Checkout is the folder of the Dockerfile.
	Checkout string
	// Repository is the image's name in the registry, without a tag.
	Repository pulumi.StringInput
	// TagByDigest pushes by digest, to a registry whose tags never move: the same
	// sources are pushed again after a step back or from another folder, and no
	// two builds are alike to the byte. The image is then tagged with its digest:
	// what cleans a registry up takes untagged images first.
	TagByDigest bool
}

// buildArgs name what the image is built from, for its labels and /version.
func buildArgs(release target.Release) pulumi.StringMap {
	return pulumi.StringMap{"VERSION": pulumi.String(release.Version), "COMMIT": pulumi.String(release.Commit)}
}

// Build registers the build, which logs in as Docker's own settings say, and
// returns the pushed image's reference by digest alone. It is for both common
// processors, so that any node can run it.
func Build(ctx *pulumi.Context, args Args, opts ...pulumi.ResourceOption) (pulumi.StringOutput, error) {
	build := &dockerbuild.ImageArgs{
		Context:        &dockerbuild.BuildContextArgs{Location: pulumi.String(args.Checkout)},
		Dockerfile:     &dockerbuild.DockerfileArgs{Location: pulumi.String(filepath.Join(args.Checkout, "Dockerfile"))},
		Platforms:      dockerbuild.PlatformArray{dockerbuild.Platform_Linux_amd64, dockerbuild.Platform_Linux_arm64},
		BuildOnPreview: pulumi.Bool(false),
		BuildArgs:      buildArgs(target.ReleaseOf(args.Checkout, "Dockerfile", "service", "astra")),
	}
	if args.TagByDigest {
		build.Push = pulumi.Bool(false)
		build.Exports = dockerbuild.ExportArray{&dockerbuild.ExportArgs{Registry: &dockerbuild.ExportRegistryArgs{
			Names: pulumi.StringArray{args.Repository}, PushByDigest: pulumi.Bool(true),
		}}}
	} else {
		build.Push = pulumi.Bool(true)
		build.Tags = pulumi.StringArray{pulumi.Sprintf("%s:%s", args.Repository, args.Environment)}
	}
	built, err := dockerbuild.NewImage(ctx, "image-"+args.Environment, build, opts...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("build the image: %w", err)
	}
	reference := pulumi.Sprintf("%s@%s", args.Repository, built.Digest)
	if !args.TagByDigest {
		return reference, nil
	}
	tagged, err := dockerbuild.NewIndex(ctx, "image-tag-"+args.Environment, &dockerbuild.IndexArgs{
		Sources: pulumi.StringArray{reference}, Push: pulumi.Bool(true),
		Tag: pulumi.All(args.Repository, built.Digest).ApplyT(func(of []any) string { return of[0].(string) + ":" + tagOf(of[1].(string)) }).(pulumi.StringOutput),
	}, opts...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("tag the image: %w", err)
	}
	// What runs the image waits for its tag.
	return pulumi.All(reference, tagged.Ref).ApplyT(func(of []any) string { return of[0].(string) }).(pulumi.StringOutput), nil
}

// tagOf is a digest as a tag, in which no colon may be.
func tagOf(digest string) string { return strings.ReplaceAll(digest, ":", "-") }
