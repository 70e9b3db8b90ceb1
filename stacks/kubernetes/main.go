// Command kubernetes is the Pulumi program of the stacks whose target is a
// Kubernetes cluster, and the commands behind make for them.
package main

import (
	"errors"

	"github.com/killrvideo/killrvideo-go/infra/target"
	"github.com/killrvideo/killrvideo-go/infra/target/kubernetes"
	"github.com/killrvideo/killrvideo-go/stacks"
	"github.com/killrvideo/killrvideo-go/stacks/cli"
)

func main() { cli.Main("kubernetes", build) }

func build(source stacks.Source, cfg *stacks.Config) (target.Target, error) {
	var settings kubernetes.Settings
	unread := stacks.Group(source, "kubernetes", &settings)
	checkout, err := target.Checkout()
	if err != nil {
		return nil, err
	}
	settings.ProxiesTrusted = cfg.Service.TrustedProxies != ""
	about := kubernetes.Build{Checkout: checkout, Image: cfg.Image, Secret: source.IsConfigSecret(stacks.Namespace + ":kubernetes")}
	if cfg.Online {
		about.Ask = kubernetes.UseKubectl
	}
	place, err := kubernetes.New(about, cfg.Environment, cfg.Scale, settings)
	return place, errors.Join(unread, err)
}
