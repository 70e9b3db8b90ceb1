package cli

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/infra/provider/daemon"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// revive starts the embedded Astra again when it died since the last `up`, for
// example with the machine: revoking a token needs one that answers. The state
// says how it was started, so nothing is built, and the deletion that follows
// stops whatever the process's folder records.
func (c *command) revive(ctx context.Context, left deployment) error {
	for _, r := range left.Resources {
		if r.Type != resource.ProcessType || !strings.Contains(r.URN, "::astra-") {
			continue
		}
		if code, _, err := get(ctx, r.Text("url")+"/stargate/health", 2*time.Second); err == nil && code == http.StatusOK {
			continue
		}
		_, _ = fmt.Fprintln(c.out, "the embedded Astra is not running; starting it, to revoke what it granted")
		if _, err := daemon.Start(ctx, processOf(r)); err != nil {
			return fmt.Errorf("start the embedded Astra again: %w", err)
		}
	}
	return nil
}

// processOf is a process as its outputs say that it was started.
func processOf(r operate.Resource) daemon.Spec {
	seconds := func(name string) time.Duration {
		n, _ := r.Outputs[name].(float64)
		return time.Duration(n) * time.Second
	}
	spec := daemon.Spec{
		Command: r.Text("command"), Dir: r.Text("dir"), WorkingDir: r.Text("dir"), Owner: r.Text("owner"), URL: r.Text("url"),
		HealthPath: r.Text("healthPath"), PortSetting: r.Text("portSetting"),
		StartTimeout: seconds("startTimeoutSeconds"), StopTimeout: seconds("stopTimeoutSeconds"),
	}
	args, _ := r.Outputs["args"].([]any)
	for _, arg := range args {
		spec.Args = append(spec.Args, fmt.Sprint(arg))
	}
	return spec
}
