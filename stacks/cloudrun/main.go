// Command cloudrun is the Pulumi program of the stacks whose target is Google
// Cloud Run, and the commands behind make for them.
package main

import (
	"errors"

	operate "github.com/killrvideo/killrvideo-go/infra/operate/cloudrun"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/platform/cloudrun"
	"github.com/killrvideo/killrvideo-go/stacks"
	"github.com/killrvideo/killrvideo-go/stacks/cli"
)

func main() { cli.Main("cloudrun", build, on()) }

// on is where a stack of this target runs.
func on() cli.OnPlatform { return cli.OnPlatform{Platform: operate.New, Store: operate.NewStore} }

func build(source stacks.Source, cfg *stacks.Config) (platform.Platform, error) {
	var settings cloudrun.Settings
	unread := stacks.Group(source, "cloudrun", &settings)
	settings.Production = cfg.Production
	settings.Gated = cfg.Gate == "http"
	a, err := cfg.App()
	if err != nil {
		return nil, err
	}
	place, err := cloudrun.New(a, settings)
	return place, errors.Join(unread, err)
}
