package cli

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// pulumiVersion is built when none is installed. Anything from minPulumi on
// serves: earlier ones let a failing check pass as a warning.
const (
	pulumiVersion = "v3.256.0"
	versionFlag   = "-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=" + pulumiVersion
)

// findPulumi is the CLI on PATH if the Automation API takes it, else the
// pinned one, built once from its module.
func (c *command) findPulumi(ctx context.Context) (auto.PulumiCommand, error) {
	installed, err := auto.NewPulumiCommand(nil)
	if err == nil {
		return installed, nil
	}
	built := c.home.path("bin/pulumi")
	if _, err := os.Stat(built); err != nil {
		_, _ = fmt.Fprintf(c.out, "no suitable pulumi on PATH: building %s from its module, once (3 to 8 minutes on two cores)\n", pulumiVersion)
		if err := c.goBuild(ctx, "tools/pulumi", built, "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", "-ldflags="+versionFlag); err != nil {
			return nil, err
		}
	}
	command, err := auto.NewPulumiCommand(&auto.PulumiCommandOptions{Root: c.home.dir})
	if err != nil {
		return nil, fmt.Errorf("use the built pulumi: %w; remove %s to build it anew", err, built)
	}
	return command, nil
}

// buildPlugin builds the native provider into the folder that Pulumi.yaml
// names; the Go build cache makes it quick when nothing changed.
func (c *command) buildPlugin(ctx context.Context) error {
	return c.goBuild(ctx, ".", filepath.Join(c.home.root, "infra/provider/plugin/pulumi-resource-killrvideo"), "./infra/provider/plugin")
}

func (c *command) goBuild(ctx context.Context, module, to, pkg string, flags ...string) error {
	args := append([]string{"build", "-buildvcs=false", "-o", to}, flags...)
	cmd := exec.CommandContext(ctx, "go", append(args, pkg)...)
	cmd.Dir = filepath.Join(c.home.root, module)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if module != "." {
		cmd.Env = append(cmd.Env, "GOWORK=off")
	}
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", pkg, err, output)
	}
	return nil
}
