// Command plugin is the native provider as the engine starts it, some of whose
// steps fail as a test says.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/provider"
	"github.com/killrvideo/killrvideo-go/infra/provider/sleep"
	"github.com/killrvideo/killrvideo-go/stacks/enginetest/fault"
)

func main() {
	striker := fault.NewStriker(fault.FromEnvironment())
	built, err := provider.New(
		provider.WithClock(striker.Now), provider.WithTransport(striker.Transport), provider.WithPropagation(12, 50*time.Millisecond),
		provider.WithPause(briefly),
	)
	if err == nil {
		err = striker.Wrap(built).Run(context.Background(), provider.Name, provider.Version)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// briefly waits: what a stand-in gives or ends has its effect at once.
func briefly(ctx context.Context, d time.Duration) error {
	return sleep.For(ctx, min(d, 50*time.Millisecond))
}
