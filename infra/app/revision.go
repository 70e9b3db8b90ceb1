package app

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/secret"
)

// content is what a revision is made of. What most services do not have is
// left out, so that it changes no revision of theirs.
type content struct {
	Image    string            `json:"image"`
	Settings map[string]string `json:"settings"`
	Versions map[string]string `json:"versions"`
	Command  []string          `json:"command,omitempty"`
	Args     []string          `json:"args,omitempty"`
	Sidecars []sidecarContent  `json:"sidecars,omitempty"`
}

type sidecarContent struct {
	Name, Image   string
	Command, Args []string
	Env           map[string]string
	Secrets       []string
}

// Revision names one exact combination of image, command, variables, secret
// versions and sidecars: the first 12 hex digits of a hash over them. The same
// inputs give the same revision on every platform and in every run.
func (a App) Revision(image pulumi.StringInput, env pulumi.StringMap, pins []secret.Pinned) pulumi.StringOutput {
	var inputs []any
	var use []func(c *content, value string)
	add := func(input pulumi.StringInput, to func(*content, string)) {
		inputs, use = append(inputs, input), append(use, to)
	}
	add(image, func(c *content, value string) { c.Image = value })
	for _, name := range slices.Sorted(maps.Keys(env)) {
		add(env[name], func(c *content, value string) { c.Settings[name] = value })
	}
	for _, pin := range pins {
		add(pin.Version, func(c *content, value string) { c.Versions[pin.Env] = value })
	}
	for i, s := range a.Sidecars {
		add(s.Image, func(c *content, value string) { c.Sidecars[i].Image = value })
		for _, name := range slices.Sorted(maps.Keys(s.Env)) {
			add(s.Env[name], func(c *content, value string) { c.Sidecars[i].Env[name] = value })
		}
	}
	return pulumi.All(inputs...).ApplyT(func(values []any) (string, error) {
		c := a.fixedContent()
		for i, value := range values {
			use[i](&c, value.(string))
		}
		return c.revision()
	}).(pulumi.StringOutput)
}

// fixedContent is what is known of a revision without any resource.
func (a App) fixedContent() content {
	c := content{Settings: map[string]string{}, Versions: map[string]string{}, Command: a.Command, Args: a.Args}
	for _, s := range a.Sidecars {
		c.Sidecars = append(c.Sidecars, sidecarContent{
			Name: s.Name, Command: s.Command, Args: s.Args, Env: map[string]string{}, Secrets: s.Secrets,
		})
	}
	return c
}

func (c content) revision() (string, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("encode the revision's inputs: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:6]), nil
}
