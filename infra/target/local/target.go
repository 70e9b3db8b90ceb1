// Package local is the target of this machine: the embedded Astra and the API
// run as processes that outlive `up`, with the same role, token, schema and
// gate as in a cloud. No cloud SDK and no container may enter.
//
// astra.go starts the embedded Astra, image.go builds the programs, and the
// four files of every target do the rest: identity, secrets, network, service.
package local

import (
	"os"
	"path/filepath"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
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
	settings Settings
	root     string
	home     string
	programs programs
	// owner marks the folders of this state; Astra makes it.
	owner *resource.Owner
}

var _ target.Target = (*Target)(nil)

// New returns the target for the checkout at root, whose folder .killrvideo
// holds everything that is made.
func New(root string, settings Settings) (*Target, error) {
	if settings.Port == 0 {
		settings.Port = 8000
	}
	if settings.AstraPort == 0 {
		settings.AstraPort = 8181
	}
	if err := settings.check(); err != nil {
		return nil, err
	}
	return &Target{settings: settings, root: root, home: homeOf(root)}, nil
}

func (s Settings) check() error {
	var p target.Problems
	port := func(key string, port int, example string) {
		if port < 1024 || port > 65535 {
			p.Add(key, example, "%d is no port from 1024 to 65535", port)
		}
	}
	port("local.port", s.Port, "8000")
	port("local.astraPort", s.AstraPort, "8181")
	if s.Port == s.AstraPort {
		p.Add("local.astraPort", strconv.Itoa(s.Port+1), "%d is local.port already", s.Port)
	}
	return p.OrNil()
}

// Name is the value of the setting `target`.
func (t *Target) Name() string { return "local" }

// homeOf is the git-ignored folder for everything that is made:
// KILLRVIDEO_HOME, or .killrvideo in the checkout.
func homeOf(root string) string {
	if home := os.Getenv("KILLRVIDEO_HOME"); home != "" {
		return home
	}
	return filepath.Join(root, ".killrvideo")
}

// state is a folder of the home for one thing of a stack. It is named by the
// stack alone: an environment can be changed, and given to another stack.
func (t *Target) state(stack, thing string) pulumi.String {
	return pulumi.String(filepath.Join(t.home, "run", stack, thing))
}

// RolloutSeconds is 0: the process before goes on beside the new one until the
// gate has passed, which is counted anyway.
func (t *Target) RolloutSeconds() int { return 0 }
