package gate

import (
	"cmp"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/provider/readiness"
)

// How long the revision of the last proof may take to answer after a failed one:
// where the platform had to return to it, and where it went on all the time.
const (
	returnedSeconds = 30
	wentOnSeconds   = 5
)

// failing is what happens around a proof, in hooks of the engine: they run in this
// program, which has the platform's client, and know the state of before.
type failing struct {
	ctx      *pulumi.Context
	gate     *Gate
	deployed *platform.Deployment
	seconds  int // of the gate, 0 for the default
	url      atomic.Pointer[string]
}

// hooks let a failed proof return to the revision of the last one, where the
// platform can, and say what serves. Between a failed proof and the next the state
// has the new revision and the platform runs the old one, so the new one is rolled
// out again first.
func (g *Gate) hooks(ctx *pulumi.Context, name string, args *Args) ([]pulumi.ResourceOption, error) {
	f := &failing{ctx: ctx, gate: g, deployed: args.Deployment, seconds: args.TimeoutSeconds}
	if args.Off != "" || f.deployed.Return == nil && f.deployed.Promote == nil && f.deployed.Settled == nil {
		return nil, nil
	}
	f.deployed.URL.ApplyT(func(url string) string {
		f.url.Store(&url)
		return url
	})
	binding := &pulumi.ResourceHookBinding{}
	if f.deployed.Return != nil {
		again, err := ctx.RegisterResourceHook(name+"-again", f.again, nil)
		if err != nil {
			return nil, fmt.Errorf("the hook before the proof: %w", err)
		}
		binding.BeforeUpdate = []*pulumi.ResourceHook{again}
	}
	if f.deployed.Settled != nil {
		settled, err := ctx.RegisterResourceHook(name+"-settled", f.settled, nil)
		if err != nil {
			return nil, fmt.Errorf("the hook that waits for the platform: %w", err)
		}
		binding.BeforeCreate = append(binding.BeforeCreate, settled)
		binding.BeforeUpdate = append(binding.BeforeUpdate, settled)
	}
	back, err := ctx.RegisterErrorHook(name+"-back", f.back)
	if err != nil {
		return nil, fmt.Errorf("the hook after a failed proof: %w", err)
	}
	binding.OnError = []*pulumi.ErrorHook{back}
	return []pulumi.ResourceOption{pulumi.ResourceHooks(binding)}, nil
}

// again rolls out what a failed proof took back. The proof itself tells if that
// did not work.
func (f *failing) again(hook *pulumi.ResourceHookArgs) error {
	revision := textOf(hook.NewInputs, "revision")
	switch changed, err := f.deployed.Return(f.ctx.Context(), revision); {
	case err != nil:
		_ = f.ctx.Log.Warn(fmt.Sprintf("whether revision %s has to be rolled out again after a failed proof is not known: %v", revision, err),
			f.of())
	case changed:
		_ = f.ctx.Log.Info(fmt.Sprintf("revision %s, which a failed proof had taken back, is rolled out again", revision), f.of())
	}
	return nil
}

// settled waits, before the proof, until the platform will not go back by itself any
// more: what is proved and then replaced would not serve, and what served before
// would have lost its credentials.
func (f *failing) settled(hook *pulumi.ResourceHookArgs) error {
	err := f.deployed.Settled(f.ctx.Context())
	var unsettled platform.Unsettled
	switch {
	case errors.As(err, &unsettled):
		f.returnTo(hook.OldInputs, hook.NewInputs) // the engine calls no error hook for this
		return err
	case err != nil:
		_ = f.ctx.Log.Warn(fmt.Sprintf("whether the platform goes back by itself is not known: %v", err), f.of())
	}
	return nil
}

// back never asks for the proof to be tried again.
func (f *failing) back(hook *pulumi.ErrorHookArgs) (bool, error) {
	f.returnTo(hook.OldInputs, hook.NewInputs)
	return false, nil
}

// returnTo returns to the revision of the last proof and says what serves.
func (f *failing) returnTo(old, now resource.PropertyMap) {
	before, failed := textOf(old, "revision"), textOf(now, "revision")
	if before == "" || before == failed {
		return
	}
	verb, seconds := "goes on serving", wentOnSeconds
	if f.deployed.Return != nil {
		verb, seconds = "serves again", returnedSeconds
		if _, err := f.deployed.Return(f.ctx.Context(), before); err != nil {
			f.say("revision %s is not proved and goes on: revision %s could not be put back: %v", failed, before, err)
			return
		}
	}
	err := f.proof(old, before, min(seconds, cmp.Or(f.seconds, seconds))).Wait(f.ctx.Context())
	var silent *readiness.Failure
	switch {
	case err == nil:
		f.say("revision %s is not proved, and revision %s %s", failed, before, verb)
	case errors.As(err, &silent) && silent.AnsweredByOthers() && f.deployed.Return == nil:
		f.say("revision %s is not proved, and what served before goes on: %v", failed, err)
	case errors.As(err, &silent):
		f.say("revision %s is not proved, and revision %s, which was proved last, does not answer either: %v", failed, before, err)
	}
}

// proof is that of the revision before, at the URL of the service.
func (f *failing) proof(was resource.PropertyMap, revision string, seconds int) readiness.Proof {
	url := textOf(was, "url")
	if known := f.url.Load(); known != nil {
		url = *known
	}
	statusOnly := was["statusOnly"]
	return readiness.Proof{
		URL: url, Path: textOf(was, "path"), Revision: revision, Consecutive: 1,
		Field: textOf(was, "revisionField"), Header: textOf(was, "revisionHeader"), StatusOnly: statusOnly.IsBool() && statusOnly.BoolValue(),
		Timeout: time.Duration(seconds) * time.Second, Interval: 250 * time.Millisecond,
	}
}

func (f *failing) say(format string, args ...any) {
	_ = f.ctx.Log.Error(fmt.Sprintf(format, args...), f.of())
}

func (f *failing) of() *pulumi.LogArgs { return &pulumi.LogArgs{Resource: f.gate} }

// textOf is a plain text of a resource, or "".
func textOf(properties resource.PropertyMap, name resource.PropertyKey) string {
	value := properties[name]
	if !value.IsString() {
		return ""
	}
	return value.StringValue()
}
