package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/provider/sleep"
)

// Deployment is one of a cluster, whose Container runs an app.
type Deployment struct {
	*Cluster
	Namespace, Name, Container string
	// Patience bounds a rollout.
	Patience time.Duration
}

// manager is who changes the template, in the words of the API server.
const manager = "infra-return"

// askEvery is how often a rollout is asked about.
const askEvery = 500 * time.Millisecond

// Run makes the Deployment run a revision of the app that one of its ReplicaSets
// has, as `kubectl rollout undo` does, and waits until it does. It tells whether
// another one ran.
func (d Deployment) Run(ctx context.Context, revision string) (changed bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, d.Patience)
	defer cancel()
	var now appsv1.Deployment
	if err := d.Read(ctx, d.path("deployments")+"/"+d.Name, nil, &now); err != nil {
		return false, err
	}
	if RevisionOf(now.Spec.Template.Spec, d.Container) == revision {
		return false, nil
	}
	template, err := d.template(ctx, now, revision)
	if err != nil {
		return false, err
	}
	patch, err := json.Marshal([]map[string]any{{"op": "replace", "path": "/spec/template", "value": template}})
	if err != nil {
		return false, fmt.Errorf("encode the template of revision %s: %w", revision, err)
	}
	where, as := d.path("deployments")+"/"+d.Name, url.Values{"fieldManager": {manager}}
	kind := http.Header{"Content-Type": {"application/json-patch+json"}}
	body, err := d.call(ctx, http.MethodPatch, where, as, kind, patch)
	if err != nil {
		return false, err
	}
	if err := body.Close(); err != nil {
		return true, fmt.Errorf("read the cluster's answer: %w", err)
	}
	return true, d.rolledOut(ctx)
}

func (d Deployment) path(kind string) string {
	return "/apis/apps/v1/namespaces/" + d.Namespace + "/" + kind
}

// template is that of the newest ReplicaSet of the Deployment which has the revision.
func (d Deployment) template(ctx context.Context, of appsv1.Deployment, revision string) (*corev1.PodTemplateSpec, error) {
	var sets appsv1.ReplicaSetList
	selector := metav1.FormatLabelSelector(of.Spec.Selector)
	if err := d.Read(ctx, d.path("replicasets"), url.Values{"labelSelector": {selector}}, &sets); err != nil {
		return nil, err
	}
	slices.SortFunc(sets.Items, func(a, b appsv1.ReplicaSet) int { return b.CreationTimestamp.Compare(a.CreationTimestamp.Time) })
	for _, set := range sets.Items {
		if metav1.IsControlledBy(&set, &of) && RevisionOf(set.Spec.Template.Spec, d.Container) == revision {
			delete(set.Spec.Template.Labels, appsv1.DefaultDeploymentUniqueLabelKey)
			return &set.Spec.Template, nil
		}
	}
	return nil, fmt.Errorf("no ReplicaSet of the Deployment %s in namespace %s has revision %s any more", d.Name, d.Namespace, revision)
}

// rolledOut waits until all pods are of the newest template and ready.
func (d Deployment) rolledOut(ctx context.Context) error {
	for {
		var now appsv1.Deployment
		if err := d.Read(ctx, d.path("deployments")+"/"+d.Name, nil, &now); err != nil {
			return err
		}
		want := int32(1)
		if now.Spec.Replicas != nil {
			want = *now.Spec.Replicas
		}
		is := now.Status
		if is.ObservedGeneration >= now.Generation && is.UpdatedReplicas == want && is.Replicas == want && is.AvailableReplicas == want {
			return nil
		}
		if err := sleep.For(ctx, askEvery); err != nil {
			return fmt.Errorf("after %s %d of %d pods of the Deployment %s are updated and %d are ready: %w",
				d.Patience, is.UpdatedReplicas, want, d.Name, is.AvailableReplicas, err)
		}
	}
}

// RevisionOf is the revision of the app that a container is told, "" if it is none.
func RevisionOf(pod corev1.PodSpec, container string) string {
	for _, c := range pod.Containers {
		for _, variable := range c.Env {
			if c.Name == container && variable.Name == app.RevisionVariable {
				return variable.Value
			}
		}
	}
	return ""
}
