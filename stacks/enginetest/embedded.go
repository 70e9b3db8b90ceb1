package enginetest

import (
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/stacks"
)

// databaseID is the one database of the embedded Astra.
const databaseID = "00000000-0000-4000-8000-000000000001"

// hurriedDrain is how long old instances of a stand-in answer, and the seconds
// that a stack waits for them; a real platform takes up to a minute.
const (
	hurriedDrain   = 1500 * time.Millisecond
	hurriedSeconds = 2
)

// hurry is a target whose old instances end soon; all else is the target's own.
type hurry struct {
	platform.Platform
	seconds int
}

func hurried(build stacks.Builder, seconds int) stacks.Builder {
	return func(source stacks.Source, cfg *stacks.Config) (platform.Platform, error) {
		place, err := build(source, cfg)
		if err != nil {
			return place, err
		}
		return hurry{place, seconds}, nil
	}
}

// Deploy shortens the drain alone.
func (h hurry) Deploy(ctx *pulumi.Context, a app.App, opts ...pulumi.ResourceOption) (*platform.Deployment, error) {
	deployed, err := h.Platform.Deploy(ctx, a, opts...)
	if err == nil && deployed.DrainSeconds > 0 {
		deployed.DrainSeconds = h.seconds
	}
	return deployed, err
}
