package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/cost"
	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/stacks"

	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

// lastDeployments is how many of them a status shows.
const lastDeployments = 5

// status shows what serves, how old its credentials are and what was done last.
// It ends with exit.Gate if the stack does not serve what was deployed.
func (c *command) status(ctx context.Context, args []string) error {
	if err := noOptions("status", args); err != nil {
		return err
	}
	stack, platform, err := c.onPlatform(ctx)
	if err != nil {
		return err
	}
	found, err := operate.StatusOf(ctx, stack, platform, now())
	if err != nil {
		return fmt.Errorf("the status of stack %s: %w", c.stack, err)
	}
	if found.Deployments, err = c.deployments(ctx); err != nil {
		return err
	}
	found.Credentials = append(found.Credentials, c.broughtCredentials()...)
	found.Drift, found.Cost = c.knownDrift(), c.costOf()
	if c.json {
		err = c.printJSON(found)
	} else {
		err = found.Print(c.out, now())
	}
	if err == nil && !found.Ready {
		err = exit.Gate.Errorf("stack %s does not serve: %s; see why with: %s",
			c.stack, found.Reason, caller.Operate("logs", c.stack, "FAILED=1"))
	}
	return err
}

// broughtCredentials are the secrets of the settings that the state does not
// tell of; when they were made, only their owner knows.
func (c *command) broughtCredentials() (all []operate.Credential) {
	settings, _, err := c.file.Read()
	if err != nil {
		return nil
	}
	for _, key := range stacks.Keys() {
		if key.Secret && key.Name != "jwtSecretKey" && settings.Config()[stacks.Namespace+":"+key.Name] != nil {
			all = append(all, operate.Credential{Name: key.Name, AgeDays: -1})
		}
	}
	return all
}

// deployments are the last operations of the engine, the newest first.
func (c *command) deployments(ctx context.Context) ([]operate.Deployment, error) {
	var history []struct {
		Kind      string
		Result    string
		StartTime time.Time
		EndTime   time.Time
	}
	err := decode(ctx, c.ask, &history,
		"stack", "history", "--json", "--full-dates", "--page-size", fmt.Sprint(lastDeployments), "--stack", c.stack)
	if err != nil {
		return nil, fmt.Errorf("read the deployments of stack %s: %w", c.stack, err)
	}
	var all []operate.Deployment
	for _, one := range history {
		all = append(all, operate.Deployment{
			Kind: one.Kind, Result: one.Result, StartedAt: one.StartTime,
			Seconds: int(one.EndTime.Sub(one.StartTime).Seconds()),
		})
	}
	return all, nil
}

// costOf is the estimate for the stack's settings, in words.
func (c *command) costOf() string {
	planned, err := stacks.Plan(c.home.root, c.stack, c.target, c.build)
	if err != nil {
		return "not known: " + err.Error()
	}
	estimate, known := cost.Of(planned.Plan)
	if !known {
		return "nothing that has a price here"
	}
	return estimate.String() + " a month, an estimate; details: " + caller.Operate("plan", c.stack)
}

// driftFile is where the last look for drift is noted, on this machine.
func (c *command) driftFile() string {
	return c.home.path(filepath.Join("logs", "drift-"+c.stack+".json"))
}

// knownDrift is the last look for drift, nil if there was none.
func (c *command) knownDrift() *operate.DriftReport {
	text, err := os.ReadFile(c.driftFile())
	var report operate.DriftReport
	if err != nil || json.Unmarshal(text, &report) != nil {
		return nil
	}
	return &report
}
