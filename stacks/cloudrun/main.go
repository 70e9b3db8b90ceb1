// Command cloudrun is the Pulumi program of the stacks whose target is Google
// Cloud Run, and the commands behind make for them.
package main

import (
	"github.com/killrvideo/killrvideo-go/infra/target"
	"github.com/killrvideo/killrvideo-go/infra/target/cloudrun"
	"github.com/killrvideo/killrvideo-go/stacks"
	"github.com/killrvideo/killrvideo-go/stacks/cli"
)

func main() { cli.Main("cloudrun", build) }

func build(source stacks.Source, cfg *stacks.Config) (target.Target, error) {
	var settings cloudrun.Settings
	if err := stacks.Group(source, "cloudrun", &settings); err != nil {
		return nil, err
	}
	checkout, err := target.Checkout()
	if err != nil {
		return nil, err
	}
	return cloudrun.New(checkout, cfg.Environment, cfg.Scale, settings)
}
