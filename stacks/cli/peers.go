package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/credentials"
	"github.com/killrvideo/killrvideo-go/stacks/launch/checkout"
)

// ask runs the Pulumi CLI and returns what it prints.
type ask func(ctx context.Context, args ...string) ([]byte, error)

// peers are the other stacks of the same state folder or backend, with the
// fingerprints of their keys. A stack that cannot be read, for example
// because it has another passphrase, gives a warning and stops no deployment.
func (c *command) peers(ctx *pulumi.Context) []credentials.Peer {
	if c.home != nil && slices.Equal(c.home.ownStacks(), []string{ctx.Stack()}) {
		return nil
	}
	bounded, cancel := context.WithTimeout(ctx.Context(), time.Minute)
	defer cancel()
	found, unread := fingerprints(bounded, c.ask, ctx.Stack())
	if len(unread) > 0 {
		_ = ctx.Log.Warn("whether the JWT signing key or the environment is another stack's too was not compared with: "+strings.Join(unread,
			"; "), nil)
	}
	return found
}

// ask is the CLI that make uses, or the one that started this program.
func (c *command) ask(ctx context.Context, args ...string) ([]byte, error) {
	return c.askIn(ctx, "", args...)
}

// askIn is ask with another backend than the stack's, if one is given.
func (c *command) askIn(ctx context.Context, backend string, args ...string) ([]byte, error) {
	name, env := "pulumi", os.Environ()
	folder, err := checkout.Root()
	if c.home != nil {
		name, folder, err = c.cli, c.file.Dir(), nil
		for key, value := range c.env() {
			env = append(env, key+"="+value)
		}
		if backend != "" {
			env = append(env, backendVariable+"="+backend)
		}
	}
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = folder, env
	return outputOf(cmd)
}

// outputOf runs a command and puts what it wrote to standard error into the error.
func outputOf(cmd *exec.Cmd) ([]byte, error) {
	text, err := cmd.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) && len(failed.Stderr) > 0 {
		err = fmt.Errorf("%w: %s", err, strings.TrimSpace(string(failed.Stderr)))
	}
	return text, err
}

// fingerprints reads the outputs of every stack but one.
func fingerprints(ctx context.Context, ask ask, own string) (found []credentials.Peer, unread []string) {
	var all []struct{ Name string }
	if err := decode(ctx, ask, &all, "stack", "ls", "--json"); err != nil {
		return nil, []string{fmt.Sprintf("any stack (%v)", err)}
	}
	for _, one := range all {
		if path.Base(one.Name) == own {
			continue
		}
		var outputs struct {
			Environment string `json:"environment"`
			Fingerprint string `json:"jwtKeyFingerprint"`
		}
		if err := decode(ctx, ask, &outputs, "stack", "output", "--json", "--stack", one.Name); err != nil {
			unread = append(unread, fmt.Sprintf("stack %s (%v)", one.Name, err))
			continue
		}
		// A stack that was never deployed has neither.
		if outputs.Fingerprint != "" {
			found = append(found, credentials.Peer{Stack: one.Name, Environment: outputs.Environment, Fingerprint: outputs.Fingerprint})
		}
	}
	return found, unread
}

func decode(ctx context.Context, ask ask, into any, args ...string) error {
	text, err := ask(ctx, args...)
	if err != nil {
		return fmt.Errorf("pulumi %s: %w", strings.Join(args[:2], " "), err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("pulumi %s printed no JSON: %w", strings.Join(args[:2], " "), err)
	}
	return nil
}
