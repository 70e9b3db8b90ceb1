// Command local is the Pulumi program of the stacks whose target is this
// machine, and the commands behind make for them.
package main

import (
	"errors"
	"path/filepath"

	operate "github.com/killrvideo/killrvideo-go/infra/operate/local"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/platform/local"
	"github.com/killrvideo/killrvideo-go/stacks"
	"github.com/killrvideo/killrvideo-go/stacks/cli"
	"github.com/killrvideo/killrvideo-go/stacks/launch/checkout"
)

func main() { cli.Main("local", build, cli.OnPlatform{Platform: operate.New}) }

func build(source stacks.Source, cfg *stacks.Config) (platform.Platform, error) {
	var settings local.Settings
	unread := stacks.Group(source, "local", &settings)
	a, err := cfg.App()
	if err != nil {
		return nil, err
	}
	root, err := checkout.Root()
	if err != nil {
		return nil, err
	}
	home, err := checkout.Home(root)
	if err != nil {
		return nil, err
	}
	if settings.Web != "" && !filepath.IsAbs(settings.Web) {
		settings.Web = filepath.Join(root, settings.Web)
	}
	place, err := local.New(a, settings, local.Sources{
		Home: home, SecretsAsFiles: true, Given: cfg.Image,
		Service: local.GoProgram{
			Dir: filepath.Join(root, "service"), Package: ".", Name: "killrvideo",
			Flags: []string{"-tags=nomsgpack", platform.ReleaseOf(root, "service", "astra").LinkerFlags("main")},
		},
		Front: local.FrontProgram(filepath.Join(root, "infra")),
		Web:   local.WebProgram(filepath.Join(root, "infra")),
		Astra: local.AstraProgram(filepath.Join(root, "astra"),
			platform.ReleaseOf(root, "astra").LinkerFlags("github.com/killrvideo/killrvideo-go/astra/local")),
	})
	var unused platform.Problems
	if cfg.AstraDatabaseID != "" && settings.AstraPort != 0 {
		unused.AddUnread("local.astraPort", "is the port of the embedded Astra, and this stack uses your own")
	}
	return place, errors.Join(unread, err, unused.OrNil())
}
