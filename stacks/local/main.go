// Command local is the Pulumi program of the stacks whose target is this
// machine, and the commands behind make for them.
package main

import (
	"errors"

	"github.com/killrvideo/killrvideo-go/infra/target"
	"github.com/killrvideo/killrvideo-go/infra/target/local"
	"github.com/killrvideo/killrvideo-go/stacks"
	"github.com/killrvideo/killrvideo-go/stacks/cli"
)

func main() { cli.Main("local", build) }

func build(source stacks.Source, cfg *stacks.Config) (target.Target, error) {
	var settings local.Settings
	unread := stacks.Group(source, "local", &settings)
	root, err := target.Checkout()
	if err != nil {
		return nil, err
	}
	place, err := local.New(root, settings)
	return place, errors.Join(unread, err)
}
