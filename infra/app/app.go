// Package app describes what runs, in words that every target understands:
// an image, plain settings, pinned secrets, probes and scale. No platform and
// no cloud SDK may enter.
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

// Port is where the service listens inside its container or process, unless a
// target says otherwise.
const Port = 8000

// App is the service as it is to run, target-neutral.
type App struct {
	// Name and Environment are part of every resource's name and labels.
	Name        string
	Environment string
	// Settings are plain environment variables. Derived are those whose values a
	// resource gives; no name is in both.
	Settings map[string]string
	Derived  map[string]pulumi.StringOutput
	// Secrets are environment variables that a target serves from its store.
	Secrets []secret.Secret
	// Calls are the ports of TCP that it calls elsewhere, beside that of HTTPS.
	Calls []int
	// Probes are the paths that tell whether the service is up.
	Probes Probes
	// Scale bounds what the service may use.
	Scale Scale
}

// Probes are paths of the service, each answering 200 when all is well.
type Probes struct {
	// Live tells that the process answers, whatever it needs.
	Live string
	// Serving tells that requests may be sent to the instance: not before what
	// it needs has answered once, and not while it shuts down.
	Serving string
	// Ready tells that what it needs answers at this moment.
	Ready string
}

// Scale is one vocabulary for all targets.
type Scale struct {
	// MinInstances and MaxInstances bound the number of copies.
	MinInstances, MaxInstances int
	// Concurrency is how many requests one instance answers at a time.
	Concurrency int
	// CPU is in cores, such as "1" or "0.5".
	CPU string
	// Memory is in binary units, such as "512Mi".
	Memory string
}

// DefaultProbes are the paths of the KillrVideo service.
func DefaultProbes() Probes {
	return Probes{Live: "/health", Serving: "/health/serving", Ready: "/health/ready"}
}

// Validate tells what makes the description unusable on any target.
func (a App) Validate() error {
	if a.Name == "" || a.Environment == "" {
		return fmt.Errorf("the app needs a name and an environment, got %q and %q", a.Name, a.Environment)
	}
	for name := range a.Derived {
		if _, plain := a.Settings[name]; plain {
			return fmt.Errorf("the app has two plain settings named %s", name)
		}
	}
	seen := map[string]bool{}
	for _, s := range a.Secrets {
		if _, plain := a.Settings[s.Env()]; plain {
			return fmt.Errorf("%s is both a plain setting and a secret of the app; keep the secret", s.Env())
		}
		if seen[s.Env()] {
			return fmt.Errorf("the app has two secrets named %s", s.Env())
		}
		seen[s.Env()] = true
	}
	if a.Probes.Live == "" || a.Probes.Serving == "" || a.Probes.Ready == "" {
		return fmt.Errorf("the app needs a live, a serving and a ready probe")
	}
	return nil
}

// Plain are all plain environment variables, by name.
func (a App) Plain() pulumi.StringMap {
	all := pulumi.ToStringMap(a.Settings)
	for name, value := range a.Derived {
		all[name] = value
	}
	return all
}

// Revision names one exact combination of image, plain settings and secret
// versions: the first 12 hex digits of a hash over them. The same inputs give
// the same revision on every target and in every run.
func (a App) Revision(image pulumi.StringInput, pins []secret.Pinned) pulumi.StringOutput {
	inputs := []any{image}
	names := make([]string, len(pins))
	for i, pin := range pins {
		names[i] = pin.Env
		inputs = append(inputs, pin.Version)
	}
	derived := slices.Sorted(maps.Keys(a.Derived))
	for _, name := range derived {
		inputs = append(inputs, a.Derived[name])
	}
	settings := maps.Clone(a.Settings)
	return pulumi.All(inputs...).ApplyT(func(values []any) (string, error) {
		settings, versions := maps.Clone(settings), map[string]string{}
		for i, name := range names {
			versions[name] = values[i+1].(string)
		}
		for i, name := range derived {
			settings[name] = values[1+len(names)+i].(string)
		}
		return revision(values[0].(string), settings, versions)
	}).(pulumi.StringOutput)
}

func revision(image string, settings, versions map[string]string) (string, error) {
	text, err := json.Marshal(struct {
		Image    string            `json:"image"`
		Settings map[string]string `json:"settings"`
		Versions map[string]string `json:"versions"`
	}{image, settings, versions})
	if err != nil {
		return "", fmt.Errorf("encode the revision's inputs: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:6]), nil
}
