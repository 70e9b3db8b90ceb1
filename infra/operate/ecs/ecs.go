// Package ecs asks AWS about a stack that runs on ECS, by the API of ECS and
// with the caller's own credentials. It reads the service's tasks and their logs
// and changes nothing, but for the labels of a secret's version that no state
// knows and that is to be removed.
package ecs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logstypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/infra/platform/ecs/api"
)

// platform is the service of a stack.
type platform struct {
	tasks *ecs.Client
	logs  *cloudwatchlogs.Client
	// cluster is an ARN, service and group are names, container is that of the
	// service in its tasks.
	cluster, service, group, container string
}

// New finds the ECS service of a stack.
func New(stack operate.Stack) (operate.Platform, error) {
	p := &platform{}
	for _, r := range stack.Of(serviceType) {
		p.cluster, p.service = r.Text("cluster"), r.Text("name")
		balancers, _ := r.Outputs["loadBalancers"].([]any)
		for _, balancer := range balancers {
			of, _ := balancer.(map[string]any)
			p.container, _ = of["containerName"].(string)
		}
	}
	for _, r := range stack.Of("aws:cloudwatch/logGroup:LogGroup") {
		p.group = r.Text("name")
	}
	arn := strings.Split(p.cluster, ":")
	if p.service == "" || len(arn) < 6 {
		return nil, operate.ErrNotDeployed
	}
	settings, err := config.LoadDefaultConfig(context.Background(), config.WithRegion(arn[3]))
	if err != nil {
		return nil, fmt.Errorf("find credentials of AWS: %w", err)
	}
	p.tasks, p.logs = ecs.NewFromConfig(settings), cloudwatchlogs.NewFromConfig(settings)
	return p, nil
}

func (p *platform) api() api.Service {
	return api.Service{Client: p.tasks, Cluster: p.cluster, Name: p.service, Container: p.container}
}

// found are the tasks that run or start, and those that AWS remembers as
// stopped, about an hour.
func (p *platform) found(ctx context.Context, desired types.DesiredStatus) (all []types.Task, err error) {
	pages := ecs.NewListTasksPaginator(p.tasks, &ecs.ListTasksInput{
		Cluster: &p.cluster, ServiceName: &p.service, DesiredStatus: desired,
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list the tasks of service %s: %w", p.service, err)
		}
		if len(page.TaskArns) == 0 {
			continue
		}
		described, err := p.tasks.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: &p.cluster, Tasks: page.TaskArns})
		if err != nil {
			return nil, fmt.Errorf("describe the tasks of service %s: %w", p.service, err)
		}
		all = append(all, described.Tasks...)
	}
	slices.SortFunc(all, func(a, b types.Task) int { return aws.ToTime(b.CreatedAt).Compare(aws.ToTime(a.CreatedAt)) })
	return all, nil
}

// Instances are the tasks that run, and the last one that failed.
func (p *platform) Instances(ctx context.Context) ([]operate.Instance, error) {
	tasks, err := p.found(ctx, types.DesiredStatusRunning)
	if err != nil {
		return nil, err
	}
	if last, failed, err := p.lastFailed(ctx); err != nil {
		return nil, err
	} else if failed {
		tasks = append(tasks, last)
	}
	revisions := map[string]string{}
	all := make([]operate.Instance, len(tasks))
	for i, task := range tasks {
		definition := aws.ToString(task.TaskDefinitionArn)
		if _, known := revisions[definition]; !known {
			if revisions[definition], err = p.api().Revision(ctx, definition); err != nil {
				return nil, err
			}
		}
		all[i] = p.instance(task)
		all[i].Revision = revisions[definition]
	}
	operate.SortInstances(all)
	return all, nil
}

// lastFailed is the task that failed last, false if none did.
func (p *platform) lastFailed(ctx context.Context) (types.Task, bool, error) {
	stopped, err := p.found(ctx, types.DesiredStatusStopped)
	if err != nil {
		return types.Task{}, false, err
	}
	at := slices.IndexFunc(stopped, failed)
	if at < 0 {
		return types.Task{}, false, nil
	}
	return stopped[at], true, nil
}

// failed tells a task that failed from one that a deployment or the autoscaler
// stopped. Of a health check AWS has no code, only these words.
func failed(task types.Task) bool {
	return task.StopCode == types.TaskStopCodeTaskFailedToStart || task.StopCode == types.TaskStopCodeEssentialContainerExited ||
		strings.HasPrefix(aws.ToString(task.StoppedReason), "Task failed")
}

func (p *platform) instance(task types.Task) operate.Instance {
	i := operate.Instance{Name: taskID(task), State: operate.Starting, StartedAt: aws.ToTime(task.StartedAt).UTC()}
	c := p.containerOf(task)
	i.Image = aws.ToString(c.ImageDigest)
	switch status := aws.ToString(task.LastStatus); {
	case failed(task):
		i.State, i.Reason = operate.Failed, reasonOf(task, c)
	case status != "RUNNING":
		i.Reason = "is " + strings.ToLower(cmp.Or(status, "unknown"))
	case task.HealthStatus == types.HealthStatusUnhealthy:
		i.State, i.Reason = operate.Running, "fails its health check"
	default:
		i.State, i.Ready = operate.Running, true
	}
	// The load balancer gives requests to every task that runs and is healthy.
	i.Serves = i.Ready
	return i
}

// reasonOf is why a task stopped, in the words of AWS.
func reasonOf(task types.Task, c types.Container) string {
	parts := []string{aws.ToString(task.StoppedReason), aws.ToString(c.Reason)}
	if c.ExitCode != nil {
		parts = append(parts, fmt.Sprintf("exit code %d", *c.ExitCode))
	}
	parts = slices.DeleteFunc(parts, func(part string) bool { return part == "" })
	return cmp.Or(strings.Join(parts, "; "), string(task.StopCode))
}

func (p *platform) containerOf(task types.Task) (found types.Container) {
	for _, c := range task.Containers {
		if aws.ToString(c.Name) == p.container {
			found = c
		}
	}
	return found
}

// taskID is the last part of a task's ARN.
func taskID(task types.Task) string { return path.Base(aws.ToString(task.TaskArn)) }

// Logs reads the log of every task that runs, or that of the one that failed last.
func (p *platform) Logs(ctx context.Context, query operate.Query, emit func(operate.Line) error) error {
	var chosen []types.Task
	if query.Failed {
		last, failed, err := p.lastFailed(ctx)
		if err == nil && !failed {
			err = operate.ErrNoLog
		}
		if err != nil {
			return err
		}
		chosen = []types.Task{last}
	}
	return operate.Deliver(ctx, query, func(ctx context.Context, since time.Time) (all []operate.Line, err error) {
		tasks := chosen
		if !query.Failed {
			if tasks, err = p.found(ctx, types.DesiredStatusRunning); err != nil {
				return nil, err
			}
		}
		for _, task := range tasks {
			lines, err := p.lines(ctx, taskID(task), query, since)
			if err != nil {
				return nil, err
			}
			all = append(all, lines...)
		}
		return all, nil
	}, emit)
}

// searchedPages is how many pages of a task's log are looked through, each of at
// most 10,000 lines or 1 MB.
const searchedPages = 10

// lines are the last ones of a task, read from the end until there are enough.
func (p *platform) lines(ctx context.Context, task string, query operate.Query, since time.Time) (all []operate.Line, err error) {
	// Its name is that which the log driver gives it.
	input := &cloudwatchlogs.GetLogEventsInput{
		LogGroupName: &p.group, LogStreamName: aws.String(p.container + "/" + p.container + "/" + task), StartFromHead: aws.Bool(false),
	}
	if !since.IsZero() {
		input.StartTime = aws.Int64(since.UnixMilli())
	}
	for pages, wanted := 0, 0; wanted < query.Last() && pages < searchedPages; pages++ {
		page, err := p.logs.GetLogEvents(ctx, input)
		if isNotFound(err) { // the task has logged nothing yet
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the log of task %s: %w", task, err)
		}
		for _, event := range page.Events {
			line := operate.ParseLine(task, aws.ToString(event.Message))
			if line.Time.IsZero() {
				line.Time = time.UnixMilli(aws.ToInt64(event.Timestamp)).UTC()
			}
			if all = append(all, line); query.Matches(line) {
				wanted++
			}
		}
		next := aws.ToString(page.NextBackwardToken)
		if next == "" || next == aws.ToString(input.NextToken) || len(page.Events) == 0 {
			break
		}
		input.NextToken = &next
	}
	return all, nil
}

func isNotFound(err error) bool {
	var missing *logstypes.ResourceNotFoundException
	return errors.As(err, &missing)
}
