package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/stacks/launch/plugin"
	"github.com/killrvideo/killrvideo-go/stacks/launch/spinner"
	"github.com/killrvideo/killrvideo-go/stacks/launch/uptodate"
)

// pulumiVersion is built when no suitable one is installed.
const (
	pulumiVersion = "v3.256.0"
	versionFlag   = "-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=" + pulumiVersion
)

// unsuitable is a Pulumi CLI of a version that the project does not accept.
type unsuitable struct{ found, required string }

func (u *unsuitable) Error() string { return fmt.Sprintf("version %s is not %s", u.found, u.required) }

// findPulumi is the CLI on PATH if the project's requiredPulumiVersion takes
// it, else the pinned one, which is downloaded, or built from its module where
// that fails, once.
func (c *command) findPulumi(ctx context.Context) (auto.PulumiCommand, error) {
	return c.findPulumiFrom(ctx, officialRelease())
}

func (c *command) findPulumiFrom(ctx context.Context, source release) (auto.PulumiCommand, error) {
	installed, err := c.suitable(nil)
	if err == nil {
		c.cli = "pulumi"
		return installed, nil
	}
	c.cli = c.builtPulumi()
	own := &auto.PulumiCommandOptions{Root: c.home.dir}
	if command, err := c.suitable(own); err == nil {
		return command, nil
	}
	c.say(fmt.Sprintf("no suitable pulumi on PATH (%v): downloading %s, once", err, pulumiVersion))
	if err := source.install(ctx, filepath.Dir(c.cli), c.err); err != nil {
		c.say(fmt.Sprintf("%v\nbuilding pulumi %s from its module instead, once (3 to 8 minutes on two cores)", err, pulumiVersion))
		if c.target == "local" { // what is compiled next, meanwhile; its errors are reported then
			go func() {
				_ = c.goBuild(ctx, "astra", os.DevNull, devPrograms["astra"])
				_ = c.goBuild(ctx, "service", os.DevNull, devPrograms["service"], "-tags=nomsgpack")
			}()
		}
		err := c.goBuild(ctx, "tools/pulumi", c.cli, "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", "-ldflags="+versionFlag)
		if err != nil {
			return nil, err
		}
	}
	command, err := c.suitable(own)
	if err != nil {
		return nil, fmt.Errorf("use the pulumi in the state folder: %w; remove %s to get it again", err, c.cli)
	}
	return command, nil
}

func (c *command) builtPulumi() string { return c.home.path(filepath.Join("bin", "pulumi")) }

// suitable is the CLI of the options if it runs and the project accepts it.
func (c *command) suitable(options *auto.PulumiCommandOptions) (auto.PulumiCommand, error) {
	command, err := c.command(options)
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

// knownCLI is a CLI whose version was asked before.
type knownCLI struct {
	auto.PulumiCommand
	version semver.Version
}

func (k knownCLI) Version() semver.Version { return k.version }

// command is the CLI of the options. Its version is asked once for each file: a
// link or a script may run another program each time, so those are asked again.
func (c *command) command(options *auto.PulumiCommandOptions) (auto.PulumiCommand, error) {
	path := c.builtPulumi()
	if options == nil {
		path, _ = exec.LookPath("pulumi")
	}
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() < 1<<20 {
		return auto.NewPulumiCommand(options)
	}
	asked := fmt.Sprintf("%s %d %d ", path, info.Size(), info.ModTime().UnixNano())
	memo := c.home.path("pulumi-version")
	if text, err := os.ReadFile(memo); err == nil {
		if version, is := strings.CutPrefix(string(text), asked); is {
			if known, err := semver.Parse(version); err == nil {
				return knownCLI{version: known}, nil
			}
		}
	}
	found, err := auto.NewPulumiCommand(options)
	if err == nil && c.home.writable {
		_ = os.WriteFile(memo, []byte(asked+found.Version().String()), 0o600) // else it is asked again
	}
	return found, err
}

// requiredPulumi is the project's range of versions.
func (h *home) requiredPulumi() (text string, taken semver.Range, err error) {
	var project struct {
		Required string `yaml:"requiredPulumiVersion"`
	}
	if err := h.readProject(&project); err != nil {
		return "", nil, err
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

// describePulumi tells which CLI would be used, and builds none.
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
		return fmt.Sprintf("%s, in %s (%s)", built.Version(), c.builtPulumi(), why)
	}
	return why + "; downloaded or built once when it is needed"
}

// buildPlugin builds the native provider into the folder that Pulumi.yaml
// names, unless nothing has changed since it was built.
func (c *command) buildPlugin(ctx context.Context) error {
	program, records, inputs := plugin.Path(c.home.root), c.home.path("bin"), uptodate.Inputs(c.home.root)
	if uptodate.Is(records, program, inputs) {
		return plugin.LinkFormerName(c.home.root)
	}
	err := c.goBuild(ctx, plugin.Module, program, plugin.Package)
	if err == nil {
		return errors.Join(plugin.LinkFormerName(c.home.root), uptodate.Record(records, program, inputs))
	}
	if _, missing := os.Stat(plugin.Path(c.home.root)); c.removes && missing == nil && ctx.Err() == nil {
		c.say(fmt.Sprintf("this checkout does not build, so the provider that was built before is used: %v", err))
		return nil
	}
	return err
}

// withPlugin lets the program wait for the native provider, which is built while
// the engine starts: the engine loads it when the program's first resource asks
// for it. Without a provider of an earlier build, the engine waits too.
func (c *command) withPlugin(built <-chan error, program pulumi.RunFunc) (pulumi.RunFunc, error) {
	if _, err := os.Stat(plugin.Path(c.home.root)); err != nil || c.removes {
		return program, <-built
	}
	wait := sync.OnceValue(func() error { return <-built }) // a preview may have run the program before
	return func(ctx *pulumi.Context) error {
		if err := wait(); err != nil {
			return err
		}
		return program(ctx)
	}, nil
}

// goBuild compiles a package of a module, whose folder is relative to the
// checkout, with that module's dependencies.
func (c *command) goBuild(ctx context.Context, module, to, pkg string, flags ...string) error {
	args := append([]string{"build", "-buildvcs=false", "-o", to}, flags...)
	cmd := exec.CommandContext(ctx, "go", append(args, pkg)...)
	cmd.Dir = filepath.Join(c.home.root, module)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if c.screen != nil {
		began := time.Now()
		defer c.screen.during(func() string { return "compiling " + pkg + "  " + spinner.Elapsed(time.Since(began)) })()
	}
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", pkg, err, output)
	}
	return nil
}
