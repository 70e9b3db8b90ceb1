package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"gopkg.in/yaml.v3"
)

// pulumiVersion is built when no suitable one is installed.
const (
	pulumiVersion = "v3.256.0"
	versionFlag   = "-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=" + pulumiVersion
)

// unsuitable is a Pulumi CLI of a version that the project does not take.
type unsuitable struct{ found, required string }

func (u *unsuitable) Error() string { return fmt.Sprintf("version %s is not %s", u.found, u.required) }

// findPulumi is the CLI on PATH if the project's requiredPulumiVersion takes
// it, else the pinned one, built once from its module.
func (c *command) findPulumi(ctx context.Context) (auto.PulumiCommand, error) {
	installed, err := c.suitable(nil)
	if err == nil {
		c.cli = "pulumi"
		return installed, nil
	}
	c.cli = c.builtPulumi()
	built := &auto.PulumiCommandOptions{Root: c.home.dir}
	if command, err := c.suitable(built); err == nil {
		return command, nil
	}
	_, _ = fmt.Fprintf(c.out, "no suitable pulumi on PATH (%v): building %s from its module, once (3 to 8 minutes on two cores)\n", err, pulumiVersion)
	if err := c.goBuild(ctx, "tools/pulumi", c.cli, "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", "-ldflags="+versionFlag); err != nil {
		return nil, err
	}
	command, err := c.suitable(built)
	if err != nil {
		return nil, fmt.Errorf("use the built pulumi: %w; remove %s to build it again", err, c.cli)
	}
	return command, nil
}

func (c *command) builtPulumi() string { return c.home.path(filepath.Join("bin", "pulumi")) }

// suitable is the CLI of the options if it runs and the project takes it.
func (c *command) suitable(options *auto.PulumiCommandOptions) (auto.PulumiCommand, error) {
	command, err := auto.NewPulumiCommand(options)
	if err != nil {
		return nil, err
	}
	required, taken, err := c.home.requiredPulumi()
	if err != nil {
		return nil, err
	}
	// A prerelease counts as its release: ranges leave prereleases out.
	version := command.Version()
	version.Pre = nil
	if !taken(version) {
		return nil, &unsuitable{command.Version().String(), required}
	}
	return command, nil
}

// requiredPulumi is the project's range of versions.
func (h *home) requiredPulumi() (text string, taken semver.Range, err error) {
	content, err := os.ReadFile(filepath.Join(h.root, "Pulumi.yaml"))
	if err != nil {
		return "", nil, fmt.Errorf("read the project: %w", err)
	}
	var project struct {
		Required string `yaml:"requiredPulumiVersion"`
	}
	if err := yaml.Unmarshal(content, &project); err != nil {
		return "", nil, fmt.Errorf("read the project: %w", err)
	}
	if project.Required == "" {
		return "any version", func(semver.Version) bool { return true }, nil
	}
	taken, err = semver.ParseRange(project.Required)
	if err != nil {
		return "", nil, fmt.Errorf("Pulumi.yaml: requiredPulumiVersion %q: %w", project.Required, err)
	}
	return project.Required, taken, nil
}

// describePulumi says which CLI would be used, and builds none.
func (c *command) describePulumi() string {
	installed, err := c.suitable(nil)
	if err == nil {
		return installed.Version().String()
	}
	why := "not on PATH"
	var unfit *unsuitable
	if errors.As(err, &unfit) {
		why = "on PATH: " + unfit.Error()
	}
	if built, err := c.suitable(&auto.PulumiCommandOptions{Root: c.home.dir}); err == nil {
		return fmt.Sprintf("%s, built in %s (%s)", built.Version(), c.builtPulumi(), why)
	}
	return why + "; built once when it is needed"
}

// buildPlugin builds the native provider into the folder that Pulumi.yaml
// names; the Go build cache makes it quick when nothing changed.
func (c *command) buildPlugin(ctx context.Context) error {
	plugin := filepath.Join(c.home.root, "infra/provider/plugin/pulumi-resource-killrvideo")
	err := c.goBuild(ctx, ".", plugin, "./infra/provider/plugin")
	if _, missing := os.Stat(plugin); err != nil && c.removes && missing == nil && ctx.Err() == nil {
		c.say(fmt.Sprintf("this checkout does not build, so the provider that was built before is used: %v", err))
		return nil
	}
	return err
}

func (c *command) goBuild(ctx context.Context, module, to, pkg string, flags ...string) error {
	args := append([]string{"build", "-buildvcs=false", "-o", to}, flags...)
	cmd := exec.CommandContext(ctx, "go", append(args, pkg)...)
	cmd.Dir = filepath.Join(c.home.root, module)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK="+filepath.Join(c.home.root, "go.work"))
	if module != "." {
		cmd.Env = append(cmd.Env, "GOWORK=off")
	}
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", pkg, err, output)
	}
	return nil
}
