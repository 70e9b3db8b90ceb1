// Command cloudrun is the Pulumi program of the stacks whose target is Google
// Cloud Run, and the commands behind make for them.
package main

import (
	"errors"

	"github.com/killrvideo/killrvideo-go/infra/target"
	"github.com/killrvideo/killrvideo-go/infra/target/cloudrun"
	"github.com/killrvideo/killrvideo-go/stacks"
	"github.com/killrvideo/killrvideo-go/stacks/cli"
)

func main() { cli.Main("cloudrun", build) }

func build(source stacks.Source, cfg *stacks.Config) (target.Target, error) {
	var settings cloudrun.Settings
	unread := stacks.Group(source, "cloudrun", &settings)
	settings.Gated = cfg.Gate == "http"
	checkout, err := target.Checkout()
	if err != nil {
		return nil, err
	}
	place, err := cloudrun.New(checkout, cfg.Environment, cfg.Scale, settings)
	return place, errors.Join(unread, err)
}
