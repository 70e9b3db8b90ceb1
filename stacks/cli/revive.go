package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"

	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// stateResource is what we read of a resource in a stack's state.
type stateResource struct {
	URN     string         `json:"urn"`
	Type    string         `json:"type"`
	Outputs map[string]any `json:"outputs"`
}

// revive starts the embedded Astra again when it died since the last `up`, for
// example with the machine: revoking a token needs somebody to ask.
func (c *command) revive(ctx context.Context, stack auto.Stack) error {
	exported, err := stack.Export(ctx)
	if err != nil {
		return c.diagnose(outcome{operation: "read the state of stack " + c.stack, engine: err})
	}
	var deployment struct {
		Resources []stateResource `json:"resources"`
	}
	if len(exported.Deployment) == 0 {
		return nil
	}
	if err := json.Unmarshal(exported.Deployment, &deployment); err != nil {
		return fmt.Errorf("read the stack's state: %w", err)
	}
	for _, r := range deployment.Resources {
		if r.Type != resource.ProcessType || !strings.Contains(r.URN, "::astra-") || answers(ctx, r) {
			continue
		}
		_, _ = fmt.Fprintln(c.out, "the embedded Astra is not running; starting it, to revoke what it granted")
		_, err := stack.Up(ctx, optup.Target([]string{r.URN}), optup.ProgressStreams(c.out), optup.ErrorProgressStreams(c.err))
		if err != nil {
			return c.diagnose(outcome{operation: "start the embedded Astra", engine: err})
		}
	}
	return nil
}

func answers(ctx context.Context, process stateResource) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%v/stargate/health", process.Outputs["url"]), nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusOK
}
