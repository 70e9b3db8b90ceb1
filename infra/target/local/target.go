// Package local is the target of this machine: the embedded Astra and the API
// run as processes that outlive `up`, with the same role, token, schema and
// gate as in a cloud. No cloud SDK and no container may enter.
//
// astra.go starts the embedded Astra, image.go builds the programs, and the
// four files of every target do the rest: identity, secrets, network, service.
package local

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/target"
)

// Settings is the stack's group `local`.
type Settings struct {
	// Port of the API on 127.0.0.1. Default 8000.
	Port int `json:"port"`
	// AstraPort of the embedded Astra on 127.0.0.1. Default 8181.
	AstraPort int `json:"astraPort"`
}

// Target deploys to this machine.
type Target struct {
	settings    Settings
	environment string
	root        string
	home        string
	programs    programs
}

var _ target.Target = (*Target)(nil)

// New returns the target for the checkout at root, whose folder .killrvideo
// holds everything that is made.
func New(root, environment string, settings Settings) (*Target, error) {
	if settings.Port == 0 {
		settings.Port = 8000
	}
	if settings.AstraPort == 0 {
		settings.AstraPort = 8181
	}
	for key, port := range map[string]int{"local.port": settings.Port, "local.astraPort": settings.AstraPort} {
		if port < 1024 || port > 65535 {
			return nil, fmt.Errorf("%s: %d is no port from 1024 to 65535; mend it with: pulumi config set --path %s 8000", key, port, key)
		}
	}
	if settings.Port == settings.AstraPort {
		return nil, fmt.Errorf("local.port and local.astraPort are both %d; mend it with: pulumi config set --path local.astraPort %d", settings.Port, settings.Port+1)
	}
	return &Target{settings: settings, environment: environment, root: root, home: homeOf(root)}, nil
}

// Name is the value of the setting `target`.
func (t *Target) Name() string { return "local" }

// Root finds the checkout: KILLRVIDEO_ROOT, or the nearest folder above the
// working folder that holds the workspace file.
func Root() (string, error) {
	if root := os.Getenv("KILLRVIDEO_ROOT"); root != "" {
		return filepath.Abs(root)
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the checkout: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "Pulumi.dev.yaml")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("find the checkout: no folder above the working folder holds Pulumi.dev.yaml")
		}
		dir = parent
	}
}

// homeOf is the git-ignored folder for everything that is made:
// KILLRVIDEO_HOME, or .killrvideo in the checkout.
func homeOf(root string) string {
	if home := os.Getenv("KILLRVIDEO_HOME"); home != "" {
		return home
	}
	return filepath.Join(root, ".killrvideo")
}

// state is a folder of the home for one thing of this environment.
func (t *Target) state(thing string) pulumi.String {
	return pulumi.String(filepath.Join(t.home, "run", t.environment, thing))
}
