package kubernetes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/platform"
)

// lowest is the oldest Kubernetes whose objects mean what the plan says:
// preStop sleep (1.30), unhealthyPodEvictionPolicy and matchLabelKeys (1.27).
const lowest = 30

// Kubectl asks a cluster; nil asks none.
type Kubectl func(ctx context.Context, args ...string) ([]byte, error)

// UseKubectl runs kubectl against the cluster of the settings, and gives nil
// where it is not installed: then nothing is asked before `up`.
func UseKubectl(s Settings) Kubectl {
	path, err := exec.LookPath("kubectl")
	if err != nil {
		return nil
	}
	var where []string
	if s.Context != "" {
		where = append(where, "--context="+s.Context)
	}
	if s.Kubeconfig != "" {
		where = append(where, "--kubeconfig="+s.Kubeconfig)
	}
	return func(ctx context.Context, args ...string) ([]byte, error) {
		return exec.CommandContext(ctx, path, append(args, where...)...).Output()
	}
}

// checkCluster asks the cluster, if it can be asked, for what a preview does not
// see: its version, and whether it knows the objects of the Gateway API, which
// the provider takes for good and `up` fails with. A cluster that does not
// answer is left to `up`.
func checkCluster(ctx context.Context, expose string, ask Kubectl) error {
	if ask == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	text, err := ask(ctx, "version", "--output=json", "--request-timeout=10s")
	var version struct {
		ServerVersion struct{ Major, Minor, GitVersion string }
	}
	if err != nil || json.Unmarshal(text, &version) != nil || version.ServerVersion.Minor == "" {
		return nil // it cannot be asked
	}
	var p platform.Problems
	minor, err := strconv.Atoi(strings.TrimRight(version.ServerVersion.Minor, "+"))
	if err == nil && version.ServerVersion.Major == "1" && minor < lowest {
		p.Add("kubernetes.context", "CONTEXT",
			"the cluster runs Kubernetes %s; this platform needs 1.%d or later. Upgrade it, or name another one",
			version.ServerVersion.GitVersion, lowest)
	}
	if expose == "gateway" {
		if _, err := ask(ctx, "get", "--raw", "/apis/gateway.networking.k8s.io/v1", "--request-timeout=10s"); err != nil &&
			ctx.Err() == nil {
			p.Add(
				"kubernetes.expose",
				"ingress",
				"the cluster does not know gateway.networking.k8s.io/v1 (%s). Install the Gateway API with: "+
					"kubectl apply -f https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.3.0/standard-install.yaml",
				causeOf(err),
			)
		}
	}
	return p.OrNil()
}

// causeOf is what kubectl itself said.
func causeOf(err error) string {
	var exit *exec.ExitError
	if errors.As(err, &exit) && len(exit.Stderr) > 0 {
		return strings.TrimSpace(string(exit.Stderr))
	}
	return fmt.Sprint(err)
}
