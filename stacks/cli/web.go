package cli

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/platform/local"
	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

// web serves a web front end beside the API: the build in a folder, or that of a
// checkout, which is built first if it never was.
func (c *command) web(ctx context.Context, args []string) error {
	var frontend string
	err := options("web", args, func(flags *flag.FlagSet) {
		flags.StringVar(&frontend, "frontend", "", "folder of a front end's checkout or build")
	})
	if err != nil {
		return err
	}
	if c.target != "local" {
		return exit.Usage.Errorf("web is for target local; stack %s is on target %s", c.stack, c.target)
	}
	if frontend == "" {
		return exit.Usage.Errorf("web: name the folder of a front end's checkout or build: %s",
			caller.Operate("web", c.stack, "FRONTEND=FOLDER"))
	}
	if frontend, err = filepath.Abs(frontend); err != nil {
		return fmt.Errorf("the folder of the front end: %w", err)
	}
	build, err := c.buildFrontend(ctx, frontend)
	if err != nil {
		return err
	}
	if err := c.sync(); err != nil {
		return err
	}
	if err := c.setMember("local", "web", build); err != nil {
		return err
	}
	return c.up(ctx, nil)
}

// setMember writes a member of a group of settings.
func (c *command) setMember(group, member string, value any) error {
	values, _, err := c.effective()
	if err != nil {
		return err
	}
	members := map[string]any{}
	if values[group] != "" {
		if err := json.Unmarshal([]byte(values[group]), &members); err != nil {
			return exit.Usage.Errorf("the setting %s is no group of settings: %w", group, err)
		}
	}
	members[member] = value
	text, err := json.Marshal(members)
	if err != nil {
		return fmt.Errorf("the setting %s: %w", group, err)
	}
	return c.write([]changedSetting{{group, values[group], string(text)}})
}

// buildFrontend is the folder of a front end's build. Only a checkout that was
// never built needs Node.js.
func (c *command) buildFrontend(ctx context.Context, frontend string) (string, error) {
	build, err := local.Build(frontend)
	if err == nil {
		if local.IsCheckout(frontend) {
			c.say(fmt.Sprintf("%s is used as it was built; build it again with: npm --prefix %q run build", build, frontend))
		}
		return build, nil
	}
	if !local.IsCheckout(frontend) {
		return "", exit.Usage.Errorf("web: %s is no front end: %w", frontend, err)
	}
	if _, err := exec.LookPath("npm"); err != nil {
		return "", fmt.Errorf("web: %s was not built yet, which needs Node.js with npm on PATH (https://nodejs.org); "+
			"the folder of a build needs neither: %w", frontend, err)
	}
	install := "install"
	if _, err := os.Stat(filepath.Join(frontend, "package-lock.json")); err == nil {
		install = "ci" // what the lock file says
	}
	for _, args := range [][]string{{install}, {"run", "build"}} {
		cmd := exec.CommandContext(ctx, "npm", args...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = frontend, c.err, c.err
		c.say(fmt.Sprintf("npm %s in %s, once", args[len(args)-1], frontend))
		if err := cmd.Run(); err != nil {
			return "", fmt.Errorf("build the front end in %s: npm %v: %w", frontend, args, err)
		}
	}
	if build, err = local.Build(frontend); err != nil {
		return "", fmt.Errorf("npm run build left no index.html in dist or build of %s: %w", frontend, err)
	}
	return build, nil
}
