package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/infra/provider/daemon"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// processOutputs are those of a process by which it can be started again.
type processOutputs struct {
	Command             string   `json:"command"`
	Args                []string `json:"args"`
	Dir                 string   `json:"dir"`
	Owner               string   `json:"owner"`
	URL                 string   `json:"url"`
	HealthPath          string   `json:"healthPath"`
	PortSetting         string   `json:"portSetting"`
	StartTimeoutSeconds int      `json:"startTimeoutSeconds"`
	StopTimeoutSeconds  int      `json:"stopTimeoutSeconds"`
}

func (p processOutputs) spec() daemon.Spec {
	return daemon.Spec{
		Command: p.Command, Args: p.Args, Dir: p.Dir, WorkingDir: p.Dir, Owner: p.Owner, URL: p.URL, HealthPath: p.HealthPath,
		PortSetting:  p.PortSetting,
		StartTimeout: time.Duration(p.StartTimeoutSeconds) * time.Second,
		StopTimeout:  time.Duration(p.StopTimeoutSeconds) * time.Second,
	}
}

// revive starts the embedded Astra again when it died since the last `up`, for
// example with the machine: revoking a token needs one that answers. The state
// says how it was started, so nothing is built, and the deletion that follows
// stops whatever the process's folder records.
func (c *command) revive(ctx context.Context, left deployment) error {
	for _, r := range left.Resources {
		if r.Type != resource.ProcessType || !strings.Contains(r.URN, "::astra-") || answers(ctx, r) {
			continue
		}
		process, err := outputsOf(r)
		if err == nil {
			_, _ = fmt.Fprintln(c.out, "the embedded Astra is not running; starting it, to revoke what it granted")
			_, err = daemon.Start(ctx, process.spec())
		}
		if err != nil {
			return fmt.Errorf("start the embedded Astra again: %w", err)
		}
	}
	return nil
}

func outputsOf(r operate.Resource) (p processOutputs, err error) {
	text, err := json.Marshal(r.Outputs)
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	return p, err
}

func answers(ctx context.Context, process operate.Resource) bool {
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
