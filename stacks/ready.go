package stacks

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/gate"
	"github.com/killrvideo/killrvideo-go/infra/provider/readiness"
)

// readyPatience bounds the check at the end of an up: the gate has waited for the
// deployment to become ready.
const readyPatience = 30 * time.Second

// confirm asks the service at the end of every up whether the revision is
// ready, also when nothing changed: the gate has no reason to ask again then,
// and what the stack made may have been deleted behind it. The URL is known
// once that is answered. It is no resource, so a preview stays empty.
// Enforced is known once the database's access list is in force: the answer comes
// from a service that it lets in.
func confirm(
	ctx *pulumi.Context, cfg *Config, elsewhere string, proved *gate.Gate, enforced pulumi.StringOutput, notReady func(error),
) {
	if ctx.DryRun() || notReady == nil {
		return
	}
	if cfg.Gate == "off" {
		_ = ctx.Log.Warn("the gate is off ("+cfg.GateReason+"): nothing asked whether the service is ready", nil)
		return
	}
	patience := min(readyPatience, time.Duration(cfg.GateTimeoutSeconds)*time.Second)
	proved.URL = pulumi.All(proved.URL, proved.Revision, enforced).ApplyTWithContext(ctx.Context(),
		func(ctx context.Context, known []any) (string, error) {
			proof := readiness.Proof{
				URL: known[0].(string), Revision: known[1].(string), Consecutive: 1, Timeout: patience, Interval: 250 * time.Millisecond,
			}
			err := proof.Wait(ctx)
			var failed *readiness.Failure
			if errors.As(err, &failed) {
				err = fmt.Errorf("the deployment is in place, and the service is not ready: %w\nIf something was changed behind the stack, "+
					"find it and put it right with: %s && %s", err, caller.Pulumi("refresh --yes --stack "+cfg.Stack), caller.Verb("up", cfg.Stack))
				if failed.AnsweredByOthers() && elsewhere != "" {
					err = fmt.Errorf("%w\n%s", err, elsewhere)
				}
				notReady(err)
			}
			return proof.URL, err
		}).(pulumi.StringOutput)
}
