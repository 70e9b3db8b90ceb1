package gate

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
	"github.com/killrvideo/killrvideo-go/infra/target"
)

// Drain waits after the proof, when credentials have changed, until the old
// instances have ended: a platform reports the update as done while they still
// answer the requests they have, with credentials that the engine would delete
// right then. The first deployment waits for nothing.
func Drain(ctx *pulumi.Context, stack string, running *target.Running, seconds int, proved *Proved) error {
	if seconds == 0 || len(running.Pins) == 0 {
		return nil
	}
	// Its words are known once the revision serves.
	what := proved.URL.ApplyT(func(string) string {
		return "instances of the previous revision, which still answer with the previous credentials"
	}).(pulumi.StringOutput)
	_, err := resource.NewWait(ctx, "drain-"+stack, &resource.WaitArgs{
		For: what, Triggers: running.Pins, ChangedSeconds: pulumi.Int(seconds),
	})
	if err != nil {
		return fmt.Errorf("wait for old instances: %w", err)
	}
	return nil
}
