package cli

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/stacks"

	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

// tokenFile is the name of the file with the service's Astra token.
const tokenFile = "ASTRA_DB_APPLICATION_TOKEN"

// seed fills the embedded Astra of a deployed stack with sample data, through
// service/cmd/seed, whose arguments it takes over.
func (c *command) seed(ctx context.Context, args []string) error {
	if err := c.sync(); err != nil {
		return err
	}
	if _, err := c.findPulumi(ctx); err != nil {
		return err
	}
	state, err := c.stateOf(ctx)
	if err != nil {
		return fmt.Errorf("read the state of stack %s: %w; deploy it first: %s", c.stack, err, caller.Verb("up", c.stack))
	}
	if !state.embedded() {
		return c.refuseSeed(args)
	}
	from, err := state.seedArgs()
	if err != nil {
		return fmt.Errorf("seed stack %s: %w; deploy it first: %s", c.stack, err, caller.Verb("up", c.stack))
	}
	settings, _, err := c.file.Read()
	if err != nil {
		return err
	}
	keyspace, _ := settings.Config()[stacks.Namespace+":keyspace"].(string)
	from = append(from, "-keyspace", cmp.Or(keyspace, "killrvideo"))
	program := c.home.path(filepath.Join("bin", "seed"))
	if err := c.goBuild(ctx, "service", program, "./cmd/seed"); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, program, append(from, args...)...)
	cmd.Dir = c.home.root
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.Stdout, cmd.Stderr = c.out, c.err
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("seed stack %s: %w", c.stack, err)
	}
	return nil
}

// embedded tells that the stack's data is in the embedded Astra, or nowhere yet.
func (d deployment) embedded() bool {
	deployed := false
	for _, r := range d.Resources {
		switch {
		case r.Type == resource.ProcessType && strings.Contains(r.URN, "::astra-"):
			return true
		case r.Type == resource.ProcessType:
			deployed = true
		}
	}
	return !deployed
}

// refuseSeed keeps sample data out of a database of an account.
func (c *command) refuseSeed(args []string) error {
	if slices.Contains(args, "-if-empty") {
		c.say("stack " + c.stack + " uses your own Astra, so no sample data was added")
		return nil
	}
	return exit.Usage.Errorf("seed stack %s: it uses your own Astra, and sample data is for the embedded one alone", c.stack)
}

// seedArgs leads to the embedded Astra, with the service's own token.
func (d deployment) seedArgs() ([]string, error) {
	endpoint, token := d.Text("astraEndpoint"), ""
	for _, r := range d.Resources {
		if r.Type == resource.ProcessType && r.Text("portVariable") != "" { // the service
			token = filepath.Join(fmt.Sprint(r.Outputs["dir"]), "secrets", fmt.Sprint(r.Outputs["instance"]), tokenFile)
		}
	}
	if endpoint == "" || token == "" {
		return nil, operate.ErrNotDeployed
	}
	return []string{"-endpoint", endpoint, "-token-file", token}, nil
}
