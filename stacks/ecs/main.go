// Command ecs is the Pulumi program of the stacks whose target is AWS ECS on
// Fargate, and the commands behind make for them.
package main

import (
	"errors"

	operate "github.com/killrvideo/killrvideo-go/infra/operate/ecs"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/platform/ecs"
	"github.com/killrvideo/killrvideo-go/stacks"
	"github.com/killrvideo/killrvideo-go/stacks/cli"
)

func main() { cli.Main("ecs", build, on()) }

// on is where a stack of this target runs.
func on() cli.OnPlatform { return cli.OnPlatform{Platform: operate.New, Store: operate.NewStore} }

func build(source stacks.Source, cfg *stacks.Config) (platform.Platform, error) {
	var settings ecs.Settings
	unread := stacks.Group(source, "ecs", &settings)
	settings.Production = cfg.Production
	a, err := cfg.App()
	if err != nil {
		return nil, err
	}
	place, err := ecs.New(a, settings)
	return place, errors.Join(unread, err)
}
