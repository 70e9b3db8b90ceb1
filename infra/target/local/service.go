package local

import (
	"fmt"
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/infra/secret"
	"github.com/killrvideo/killrvideo-go/infra/target"
)

// stopSeconds outlasts the service's own grace for requests in flight.
const stopSeconds = 30

// Deploy runs the API as a process of the current user, beside the one that
// serves. Requests go to it once the gate has passed; until then, and if it
// fails, the one before goes on.
func (t *Target) Deploy(ctx *pulumi.Context, a app.App, image pulumi.StringOutput) (*target.Running, error) {
	if err := a.Validate(); err != nil {
		return nil, err
	}
	front, err := t.buildFront()
	if err != nil {
		return nil, err
	}
	a.Settings = t.settingsOf(a)
	files, pins := secrets(a)
	revision := a.Revision(image, pins)
	process, err := t.process(ctx, a, files, revision)
	if err != nil {
		return nil, err
	}
	return &target.Running{
		URL:      pulumi.String(urlOf(t.settings.Port)).ToStringOutput(),
		Unproved: process.Address,
		Revision: revision,
		Evidence: evidence(pins, process),
		LogFile:  process.LogFile,
		Service:  process,
		Switch: func(proof pulumi.Resource) (pulumi.StringOutput, error) {
			return t.front(ctx, front, process, proof)
		},
	}, nil
}

// settingsOf adds to the plain settings what only this target knows.
func (t *Target) settingsOf(a app.App) map[string]string {
	settings := maps.Clone(a.Settings)
	settings["HOST"] = loopback
	t.Times().Settings(settings)
	target.SetDefault(settings, target.TrustedProxies, "none") // nothing is in front
	return settings
}

func (t *Target) process(ctx *pulumi.Context, a app.App, files pulumi.StringMap, revision pulumi.StringOutput) (*resource.Process, error) {
	env := pulumi.StringMap{"REVISION": revision}
	maps.Copy(env, a.Plain())
	_ = ctx.Log.Debug("the API runs as "+identity(), nil)
	process, err := resource.NewProcess(ctx, a.Name+"-"+ctx.Stack(), &resource.ProcessArgs{
		Command:            pulumi.String(t.programs.api),
		Env:                env,
		Secrets:            files,
		Owner:              t.owner.Mark,
		Dir:                t.state(ctx.Stack(), "api"),
		PortVariable:       pulumi.String("PORT"),
		HealthPath:         pulumi.String(a.Probes.Live),
		StopTimeoutSeconds: pulumi.Int(stopSeconds),
	})
	if err != nil {
		return nil, fmt.Errorf("the API's process: %w", err)
	}
	return process, nil
}

func evidence(pins []secret.Pinned, process *resource.Process) pulumi.StringArray {
	list := pulumi.StringArray{process.Instance}
	for _, pin := range pins {
		list = append(list, pulumi.Sprintf("%s=%s", pin.Env, pin.Version))
	}
	return list
}
