package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/stacks"
)

// tokenFile is the name of the file with the service's Astra token.
const tokenFile = "ASTRA_DB_APPLICATION_TOKEN"

// errNotDeployed is a stack without a service to fill with data.
var errNotDeployed = errors.New("nothing is deployed")

// seed fills the embedded Astra of a deployed stack with sample data, through
// service/cmd/seed, whose arguments it takes over.
func (c *command) seed(ctx context.Context, args []string) error {
	if err := c.sync(); err != nil {
		return err
	}
	if _, err := c.findPulumi(ctx); err != nil {
		return err
	}
	state, err := c.stateOf(ctx, c.stack)
	if err != nil {
		return fmt.Errorf("read the state of stack %s: %w; deploy it first: %s", c.stack, err, caller.Verb("up", c.stack))
	}
	from, err := state.seedArgs()
	if err != nil {
		return fmt.Errorf("seed stack %s: %w; deploy it first: %s", c.stack, err, caller.Verb("up", c.stack))
	}
	settings, _, err := c.file.Read()
	if err != nil {
		return orItself(err)
	}
	keyspace, _ := settings.Config()[stacks.Namespace+":keyspace"].(string)
	from = append(from, "-keyspace", cmp.Or(keyspace, "killrvideo"))
	cmd := exec.CommandContext(ctx, "go", append(append([]string{"run", "-buildvcs=false", "./service/cmd/seed"}, from...), args...)...)
	cmd.Dir = c.home.root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK="+filepath.Join(c.home.root, "go.work"))
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.Stdout, cmd.Stderr = c.out, c.err
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("seed stack %s: %w", c.stack, err)
	}
	return nil
}

// seedArgs leads to the embedded Astra, with the service's own token.
func (d deployment) seedArgs() ([]string, error) {
	var endpoint, token string
	for _, r := range d.Resources {
		switch {
		case r.Type == "pulumi:pulumi:Stack":
			endpoint, _ = r.Outputs["astraEndpoint"].(string)
		case r.Type == resource.ProcessType && !strings.Contains(r.URN, "::astra-"):
			token = filepath.Join(fmt.Sprint(r.Outputs["dir"]), "secrets", fmt.Sprint(r.Outputs["instance"]), tokenFile)
		}
	}
	if endpoint == "" || token == "" {
		return nil, errNotDeployed
	}
	return []string{"-endpoint", endpoint, "-token-file", token}, nil
}
