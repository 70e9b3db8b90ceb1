package cli

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// What the report of a failed deployment shows of the platform: how many lines of
// the instance that failed, and how long the platform may take to tell.
const (
	failedLines = 20
	askLimit    = 30 * time.Second
)

// rollsOut are the types of resources that fail when instances do.
var rollsOut = []string{
	resource.GateType, "gcp:cloudrunv2/service:Service", "aws:ecs/service:Service", "kubernetes:apps/v1:Deployment",
}

// rolledOut tells whether an operation failed at the instances of the service: a
// resource that waits for them, or the program, which compares what was deployed
// with what runs.
func (o outcome) rolledOut() bool {
	return o.operation == "up" && (o.program != nil && !o.canceled() ||
		slices.ContainsFunc(o.resources, func(f failedResource) bool { return slices.Contains(rollsOut, f.kind) }))
}

// platformSays asks the platform why the instances failed, for the last lines of
// the one that failed last, and which serve: a paragraph each. On this machine the
// gate has said it already.
func (c *command) platformSays(ctx context.Context) (said []string) {
	if c.operate.Platform == nil || c.target == "local" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	state, err := c.stateOf(ctx)
	if err != nil {
		return []string{"The platform was not asked: " + err.Error()}
	}
	platform, err := c.operate.Platform(state.Stack)
	if err != nil {
		return []string{"The platform was not asked: " + err.Error()}
	}
	return platformReport(ctx, platform)
}

func platformReport(ctx context.Context, platform operate.Platform) (said []string) {
	instances, err := platform.Instances(ctx)
	if err != nil {
		return []string{"The platform could not tell of its instances: " + err.Error()}
	}
	var reasons, serve []string
	for _, i := range instances {
		switch {
		case i.State == operate.Failed || !i.Ready && i.Reason != "":
			reasons = append(reasons, fmt.Sprintf("%s is %s: %s", i.Name, i.State, i.Reason))
		case i.Serves:
			serve = append(serve, strings.TrimSpace(i.Name+" "+i.Revision))
		}
	}
	if len(reasons) > 0 {
		said = append(said, "The platform says: "+strings.Join(reasons, "\n  "))
	}
	if lines, from := lastLines(ctx, platform); len(lines) > 0 {
		said = append(said, "Last lines of "+from+":\n  "+strings.Join(lines, "\n  "))
	}
	if len(serve) > 0 {
		said = append(said, "What serves: "+strings.Join(serve, ", "))
	}
	return said
}

// lastLines are those of the instance that failed last. That there are none is no
// failure of the report.
func lastLines(ctx context.Context, platform operate.Platform) (lines []string, from string) {
	err := platform.Logs(ctx, operate.Query{Failed: true, Lines: failedLines, Level: slog.LevelDebug}, func(line operate.Line) error {
		lines, from = append(lines, line.Text), line.Instance
		return nil
	})
	if err != nil && len(lines) == 0 {
		return nil, ""
	}
	return lines, from
}
