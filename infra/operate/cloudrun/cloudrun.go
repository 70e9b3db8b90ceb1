// Package cloudrun asks Google about a stack that runs on Cloud Run, by the APIs
// of Cloud Run and Cloud Logging and with the caller's own credentials. Google
// tells of revisions and not of the single instances, so that a revision stands
// for its instances. Nothing is changed, but for a version of a secret that no state
// knows and that is to be removed.
package cloudrun

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/infra/provider/run"
)

// platform is the service of a stack.
type platform struct {
	*run.Client
	name run.Name
	// logs are where its lines are: the project, and its own bucket if it has one.
	logs []string
}

// New finds the Cloud Run service of a stack.
func New(stack operate.Stack) (operate.Platform, error) {
	services := stack.Of(serviceType)
	if len(services) == 0 {
		return nil, operate.ErrNotDeployed
	}
	name, err := run.ParseName(services[0].ID)
	if err != nil {
		return nil, fmt.Errorf("the id of %s in the state: %w", services[0].Name(), err)
	}
	google, err := run.New(context.Background())
	if err != nil {
		return nil, err
	}
	logs := []string{"projects/" + name.Project}
	for _, bucket := range stack.Of("gcp:logging/projectBucketConfig:ProjectBucketConfig") {
		logs = append(logs, bucket.ID+"/views/_AllLogs")
	}
	return &platform{google, name, logs}, nil
}

type revision struct {
	Name       string
	CreateTime time.Time
	Containers []struct {
		Image string
		Env   []struct{ Name, Value string }
	}
	Conditions []struct{ Type, State, Message, Reason, RevisionReason string }
}

// remembered is how many of the newest revisions are asked about.
const remembered = 20

// revisions are the newest first.
func (p *platform) revisions(ctx context.Context) ([]revision, error) {
	var list struct{ Revisions []revision }
	if err := p.Get(ctx, fmt.Sprintf("%s/revisions?pageSize=%d", p.name, remembered), &list); err != nil {
		return nil, fmt.Errorf("list the revisions of %s: %w", p.name, err)
	}
	return list.Revisions, nil
}

// Instances are the revisions that serve, the newest one, and the last one that
// failed since.
func (p *platform) Instances(ctx context.Context) (all []operate.Instance, err error) {
	of, err := p.Service(ctx, p.name)
	if err != nil {
		return nil, err
	}
	revisions, err := p.revisions(ctx)
	if err != nil {
		return nil, err
	}
	serves := map[string]bool{}
	for _, share := range of.Shares() {
		serves[share.Revision] = true
	}
	newer := true // than those that serve, and than one that failed
	for n, r := range revisions {
		i := r.instance(serves[path.Base(r.Name)])
		failed := i.State == operate.Failed
		if i.Serves || n == 0 || failed && newer {
			all = append(all, i)
		}
		newer = newer && !i.Serves && !failed
	}
	operate.SortInstances(all)
	return all, nil
}

func (r revision) instance(serves bool) operate.Instance {
	i := operate.Instance{Name: path.Base(r.Name), State: operate.Starting, Serves: serves, StartedAt: r.CreateTime.UTC()}
	for n, c := range r.Containers {
		for _, variable := range c.Env {
			if variable.Name == app.RevisionVariable {
				i.Revision = variable.Value
			}
		}
		if n == 0 || i.Image == "" {
			_, i.Image, _ = strings.Cut(c.Image, "@")
		}
	}
	state := ""
	for _, condition := range r.Conditions {
		if condition.Type == "Ready" {
			state = condition.State
		}
		if condition.State == "CONDITION_FAILED" && i.Reason == "" {
			i.Reason = cmp.Or(condition.Message, condition.RevisionReason, condition.Reason, condition.Type)
		}
	}
	switch state {
	case "CONDITION_SUCCEEDED":
		i.State, i.Ready, i.Reason = operate.Running, true, ""
	case "CONDITION_FAILED":
		i.State = operate.Failed
	}
	if !i.Ready {
		i.Reason = cmp.Or(i.Reason, "not ready yet")
	}
	return i
}
