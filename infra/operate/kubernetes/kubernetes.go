// Package kubernetes asks a cluster about a stack that runs in it, by the API of
// the cluster and with the kubeconfig that the stack is deployed with. It reads
// pods, their events and their logs, and changes nothing, but for an object that
// no state knows and that is to be removed.
package kubernetes

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/infra/platform/kubernetes/api"
)

// platform is the Deployment of a stack.
type platform struct {
	*api.Cluster
	namespace, selector, container string
}

// deployment is what the state says of it.
type deployment struct {
	Metadata struct{ Namespace, Name string }
	Spec     struct {
		Selector metav1.LabelSelector
		Template struct {
			Spec struct{ Containers []struct{ Name string } }
		}
	}
}

// New finds the Deployment of a stack.
func New(stack operate.Stack) (operate.Platform, error) {
	deployments := stack.Of("kubernetes:apps/v1:Deployment")
	if len(deployments) == 0 {
		return nil, operate.ErrNotDeployed
	}
	var found deployment
	text, err := json.Marshal(deployments[0].Outputs)
	if err == nil {
		err = json.Unmarshal(text, &found)
	}
	if err != nil || len(found.Spec.Template.Spec.Containers) == 0 {
		return nil, fmt.Errorf("read the Deployment %s in the state: %w", deployments[0].Name(), cmp.Or(err, api.ErrNotFound))
	}
	cluster, err := connect(stack)
	if err != nil {
		return nil, err
	}
	return &platform{
		Cluster: cluster, namespace: found.Metadata.Namespace, selector: metav1.FormatLabelSelector(&found.Spec.Selector),
		container: found.Spec.Template.Spec.Containers[0].Name,
	}, nil
}

// connect uses the kubeconfig and the context that the stack is deployed with.
func connect(stack operate.Stack) (*api.Cluster, error) {
	kubeconfig, contextName := "", ""
	for _, provider := range stack.Of("pulumi:providers:kubernetes") {
		contextName, _ = provider.Inputs["context"].(string)
		switch given := provider.Inputs["kubeconfig"].(type) {
		case nil:
		case string:
			kubeconfig = given
		default:
			return nil, fmt.Errorf("the kubeconfig of the provider %s is encrypted; name a file instead", provider.Name())
		}
	}
	cluster, err := api.Connect(kubeconfig, contextName)
	if err != nil {
		return nil, fmt.Errorf("find the cluster of stack %s: %w", stack.Name, err)
	}
	return cluster, nil
}

func (p *platform) path(kind string) string { return "/api/v1/namespaces/" + p.namespace + "/" + kind }

// pods are those of the Deployment, the newest first.
func (p *platform) pods(ctx context.Context) ([]corev1.Pod, error) {
	var list corev1.PodList
	if err := p.Read(ctx, p.path("pods"), url.Values{"labelSelector": {p.selector}}, &list); err != nil {
		return nil, err
	}
	slices.SortFunc(list.Items, func(a, b corev1.Pod) int { return b.CreationTimestamp.Compare(a.CreationTimestamp.Time) })
	return list.Items, nil
}

// Instances are the pods, those that serve first.
func (p *platform) Instances(ctx context.Context) ([]operate.Instance, error) {
	pods, err := p.pods(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]operate.Instance, len(pods))
	for i, pod := range pods {
		if all[i] = p.instance(pod); !all[i].Ready {
			all[i].Reason = cmp.Or(all[i].Reason, p.warning(ctx, pod), "not ready yet")
		}
	}
	operate.SortInstances(all)
	return all, nil
}

func (p *platform) instance(pod corev1.Pod) operate.Instance {
	i := operate.Instance{Name: pod.Name, State: operate.Starting, Revision: api.RevisionOf(pod.Spec, p.container)}
	if pod.Status.StartTime != nil {
		i.StartedAt = pod.Status.StartTime.UTC()
	}
	status := p.status(pod)
	_, i.Image, _ = strings.Cut(status.ImageID, "@")
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodReady {
			i.Ready = condition.Status == corev1.ConditionTrue && pod.DeletionTimestamp == nil
		}
	}
	i.Serves = i.Ready
	if status.State.Running != nil {
		i.State = operate.Running
	}
	i.Reason = failure(pod, status)
	if i.Reason != "" {
		i.State, i.Ready, i.Serves = operate.Failed, false, false
	}
	if pod.DeletionTimestamp != nil {
		i.Reason = "is being stopped"
	}
	return i
}

// status is that of the service's container.
func (p *platform) status(pod corev1.Pod) (status corev1.ContainerStatus) {
	for _, each := range pod.Status.ContainerStatuses {
		if each.Name == p.container {
			status = each
		}
	}
	return status
}

// failure is why a pod failed, in the cluster's words; "" if it did not.
func failure(pod corev1.Pod, status corev1.ContainerStatus) string {
	waits, ended := status.State.Waiting, cmp.Or(status.State.Terminated, status.LastTerminationState.Terminated)
	why := ""
	switch {
	case pod.Status.Phase == corev1.PodFailed:
		why = strings.TrimSpace(pod.Status.Reason + " " + pod.Status.Message)
	case waits != nil && waits.Reason != "ContainerCreating" && waits.Reason != "PodInitializing" && waits.Reason != "":
		why = strings.TrimSpace(waits.Reason + " " + waits.Message)
	case status.State.Terminated == nil:
		return ""
	}
	if ended != nil {
		why = strings.TrimSpace(fmt.Sprintf("%s (%s, exit code %d)", why, ended.Reason, ended.ExitCode))
	}
	return cmp.Or(why, string(pod.Status.Phase))
}

// warning is the last warning about a pod, such as why no node takes it.
func (p *platform) warning(ctx context.Context, pod corev1.Pod) string {
	var list corev1.EventList
	query := url.Values{"fieldSelector": {"involvedObject.name=" + pod.Name + ",type=" + corev1.EventTypeWarning}}
	if p.Read(ctx, p.path("events"), query, &list) != nil || len(list.Items) == 0 {
		return ""
	}
	last := slices.MaxFunc(list.Items, func(a, b corev1.Event) int { return a.LastTimestamp.Compare(b.LastTimestamp.Time) })
	return last.Reason + ": " + last.Message
}

// searched is how many of a pod's last lines are looked through where not every
// line is wanted.
const searched = 10_000

// linesToRead is how many of a pod's last lines have to be read for a query.
func linesToRead(query operate.Query, since time.Time) int {
	if since.IsZero() && query.RequestID == "" && query.Level <= slog.LevelDebug {
		return query.Last()
	}
	return max(searched, query.Last())
}

// Logs reads the log of every pod that runs, or that of the one that failed last.
func (p *platform) Logs(ctx context.Context, query operate.Query, emit func(operate.Line) error) error {
	if query.Failed {
		pods, err := p.pods(ctx)
		if err == nil && !slices.ContainsFunc(pods, func(pod corev1.Pod) bool { return p.failed(pod) }) {
			err = operate.ErrNoLog
		}
		if err != nil {
			return err
		}
	}
	return operate.Deliver(ctx, query, func(ctx context.Context, since time.Time) ([]operate.Line, error) {
		return p.lines(ctx, query, since)
	}, emit)
}

// failed tells whether a pod failed, or was started again after it did.
func (p *platform) failed(pod corev1.Pod) bool {
	status := p.status(pod)
	return failure(pod, status) != "" || status.LastTerminationState.Terminated != nil
}

func (p *platform) lines(ctx context.Context, query operate.Query, since time.Time) (all []operate.Line, err error) {
	pods, err := p.pods(ctx)
	if err != nil {
		return nil, err
	}
	for _, pod := range pods {
		if query.Failed && !p.failed(pod) || !query.Failed && failure(pod, p.status(pod)) != "" {
			continue
		}
		lines, err := p.podLines(ctx, pod, query, since)
		if err != nil && !errors.Is(err, api.ErrNotFound) { // it has gone since
			return nil, err
		}
		if all = append(all, lines...); query.Failed {
			break
		}
	}
	return all, nil
}

// podLines are those of a pod. One whose container has not started has none.
func (p *platform) podLines(ctx context.Context, pod corev1.Pod, query operate.Query, since time.Time) (lines []operate.Line, err error) {
	status := p.status(pod)
	ended := status.LastTerminationState.Terminated != nil
	if status.State.Running == nil && status.State.Terminated == nil && !ended {
		return nil, nil
	}
	options := url.Values{"container": {p.container}, "timestamps": {"true"}, "tailLines": {strconv.Itoa(linesToRead(query, since))}}
	if !since.IsZero() {
		options.Set("sinceTime", since.UTC().Format(time.RFC3339))
	}
	if query.Failed && ended && status.State.Terminated == nil {
		options.Set("previous", "true")
	}
	body, err := p.Open(ctx, p.path("pods/"+pod.Name+"/log"), options)
	if err != nil {
		return nil, err
	}
	defer func() { _ = body.Close() }()
	scanner := bufio.NewScanner(body)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		stamp, text, _ := strings.Cut(scanner.Text(), " ")
		line := operate.ParseLine(pod.Name, text)
		if at, err := time.Parse(time.RFC3339Nano, stamp); err == nil && line.Time.IsZero() {
			line.Time = at
		}
		lines = append(lines, line)
	}
	return lines, scanner.Err()
}
