// Command kubernetes is the Pulumi program of the stacks whose target is a
// Kubernetes cluster, and the commands behind make for them.
package main

import (
	"errors"

	operate "github.com/killrvideo/killrvideo-go/infra/operate/kubernetes"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/platform/kubernetes"
	"github.com/killrvideo/killrvideo-go/stacks"
	"github.com/killrvideo/killrvideo-go/stacks/cli"
)

func main() { cli.Main("kubernetes", build, on()) }

// on is where a stack of this target runs.
func on() cli.OnPlatform { return cli.OnPlatform{Platform: operate.New, Store: operate.NewStore} }

func build(source stacks.Source, cfg *stacks.Config) (platform.Platform, error) {
	var settings kubernetes.Settings
	unread := stacks.Group(source, "kubernetes", &settings)
	settings.Production = cfg.Production
	settings.ProxiesTrusted = cfg.Variables["TRUSTED_PROXIES"] != ""
	settings.Encrypted = source.IsConfigSecret(stacks.Namespace + ":kubernetes")
	a, err := cfg.App()
	if err != nil {
		return nil, err
	}
	var ask func(kubernetes.Settings) kubernetes.Kubectl
	if cfg.Online {
		ask = kubernetes.UseKubectl
	}
	place, err := kubernetes.New(a, settings, ask)
	return place, errors.Join(unread, err)
}
