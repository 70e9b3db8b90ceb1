// Command ecs is the Pulumi program of the stacks whose target is AWS ECS on
// Fargate, and the commands behind make for them.
package main

import (
	"errors"

	"github.com/killrvideo/killrvideo-go/infra/target"
	"github.com/killrvideo/killrvideo-go/infra/target/ecs"
	"github.com/killrvideo/killrvideo-go/stacks"
	"github.com/killrvideo/killrvideo-go/stacks/cli"
)

func main() { cli.Main("ecs", build) }

func build(source stacks.Source, cfg *stacks.Config) (target.Target, error) {
	var settings ecs.Settings
	unread := stacks.Group(source, "ecs", &settings)
	checkout, err := target.Checkout()
	if err != nil {
		return nil, err
	}
	place, err := ecs.New(checkout, cfg.Environment, cfg.Scale, settings)
	return place, errors.Join(unread, err)
}
