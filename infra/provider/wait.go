package provider

import (
	"context"
	"fmt"
	"slices"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// Wait delays an update for what a platform does not report: a grant that takes
// effect late, old instances that still answer. What is
// replaced is deleted only at the end of an update, and so after the wait.
type Wait struct {
	pause func(context.Context, time.Duration) error
}

// WaitArgs are its inputs.
type WaitArgs struct {
	For            string   `pulumi:"for"`
	Triggers       []string `pulumi:"triggers,optional"`
	OnlyNew        bool     `pulumi:"onlyNew,optional"`
	FirstSeconds   int      `pulumi:"firstSeconds,optional"`
	ChangedSeconds int      `pulumi:"changedSeconds,optional"`
}

// WaitState is what the stack remembers.
type WaitState struct{ WaitArgs }

// Annotate names and describes the resource.
func (w *Wait) Annotate(a infer.Annotator) {
	a.SetToken("index", "Wait")
	a.Describe(&w, "A pause in an update, when it is made and when its triggers change."+example(`
resources:
  permissions:
    type: astradb:Wait
    properties:
      for: the permissions to take effect
      firstSeconds: 30
`))
}

// Annotate describes the inputs.
func (args *WaitArgs) Annotate(a infer.Annotator) {
	a.Describe(&args.For, "What is waited for, in words for people.")
	a.Describe(&args.Triggers, "Whatever makes another wait necessary when it changes.")
	a.Describe(&args.OnlyNew, "Whether only a trigger that was not there before makes another wait necessary, and not one that is gone.")
	a.Describe(&args.FirstSeconds, "How long to wait the first time.")
	a.Describe(&args.ChangedSeconds, "How long to wait when a trigger has changed.")
}

// Check validates the inputs.
func (*Wait) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[WaitArgs], error) {
	return checked(ctx, req, func(args *WaitArgs, problems *problems) {
		problems.require("for", args.For, "what is waited for")
		for field, value := range map[string]int{"firstSeconds": args.FirstSeconds, "changedSeconds": args.ChangedSeconds} {
			if value < 0 || value > 7200 {
				problems.add(field, "must be from 0 to 7200, got %d", value)
			}
		}
	})
}

// Diff updates in place; times and words alone need no wait, but are remembered.
func (*Wait) Diff(_ context.Context, req infer.DiffRequest[WaitArgs, WaitState]) (infer.DiffResponse, error) {
	return diffOf(changedInputs(req.State.WaitArgs, req.Inputs)), nil
}

// Create waits the first time.
func (w *Wait) Create(ctx context.Context, req infer.CreateRequest[WaitArgs]) (infer.CreateResponse[WaitState], error) {
	response := infer.CreateResponse[WaitState]{ID: req.Name, Output: WaitState{req.Inputs}}
	if req.DryRun {
		return response, nil
	}
	return response, w.wait(ctx, req.Inputs.For, req.Inputs.FirstSeconds)
}

// Read refuses an import; a refresh has nothing to compare.
func (*Wait) Read(_ context.Context, req infer.ReadRequest[WaitArgs, WaitState]) (infer.ReadResponse[WaitArgs, WaitState], error) {
	return kept(req, req.State.For != "", "wait", "it is over once it was made", "run pulumi up, which waits where it must")
}

// Update waits if a trigger has changed.
func (w *Wait) Update(ctx context.Context, req infer.UpdateRequest[WaitArgs, WaitState]) (infer.UpdateResponse[WaitState], error) {
	response := infer.UpdateResponse[WaitState]{Output: WaitState{req.Inputs}}
	if _, changed := changedInputs(req.State.WaitArgs, req.Inputs)["triggers"]; req.DryRun || !changed {
		return response, nil
	}
	known := func(trigger string) bool { return slices.Contains(req.State.Triggers, trigger) }
	if req.Inputs.OnlyNew && !slices.ContainsFunc(req.Inputs.Triggers, func(t string) bool { return !known(t) }) {
		return response, nil
	}
	return response, w.wait(ctx, req.Inputs.For, req.Inputs.ChangedSeconds)
}

func (w *Wait) wait(ctx context.Context, what string, seconds int) error {
	if seconds == 0 {
		return nil
	}
	p.GetLogger(ctx).Info(fmt.Sprintf("waiting %d s for %s", seconds, what))
	if err := w.pause(ctx, time.Duration(seconds)*time.Second); err != nil {
		return fmt.Errorf("wait %d s for %s: %w", seconds, what, err)
	}
	return nil
}
