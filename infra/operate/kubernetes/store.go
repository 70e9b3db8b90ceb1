package kubernetes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/killrvideo/killrvideo-go/infra/operate"
	"github.com/killrvideo/killrvideo-go/infra/platform/kubernetes/api"
)

// kind is a kind of object that holds credentials or settings.
type kind struct{ name, plural, state string }

var (
	secret = kind{"Secret", "secrets", "kubernetes:core/v1:Secret"}
	config = kind{"ConfigMap", "configmaps", "kubernetes:core/v1:ConfigMap"}
)

// autonamed is the annotation of every object that Pulumi has named, as it names
// all of these kinds that this toolkit makes.
const autonamed = "pulumi.com/autonamed"

// store is the objects of a stack.
type store struct {
	*api.Cluster
	places []place
	// uids are the cluster's own ids of what was listed, by type and ID.
	uids map[string]string
}

// place is a namespace with what the stack labels everything with.
type place struct{ namespace, selector string }

func (p place) path(plural string) string { return "/api/v1/namespaces/" + p.namespace + "/" + plural }

// NewStore finds the objects by the namespace and the labels of any object that
// the state has, or whose creation it has begun: no Deployment is needed.
func NewStore(stack operate.Stack) (operate.Store, error) {
	s := &store{uids: map[string]string{}}
	for _, r := range slices.Concat(stack.Resources, stack.Pending) {
		if at, is := placeOf(r); is && !slices.Contains(s.places, at) {
			s.places = append(s.places, at)
		}
	}
	if len(s.places) == 0 {
		return nil, operate.ErrNotDeployed
	}
	var err error
	s.Cluster, err = connect(stack)
	return s, err
}

// labelled are the labels that the toolkit gives to everything.
var labelled = []string{"app.kubernetes.io/instance", "app.kubernetes.io/managed-by", "app.kubernetes.io/name"}

func placeOf(r operate.Resource) (at place, is bool) {
	if !strings.HasPrefix(r.Type, "kubernetes:") {
		return at, false
	}
	var object struct {
		Metadata struct {
			Namespace, Name string
			Labels          map[string]string
		}
	}
	for _, known := range []map[string]any{r.Inputs, r.Outputs} {
		text, err := json.Marshal(map[string]any{"metadata": known["metadata"]})
		if err != nil || json.Unmarshal(text, &object) != nil { // it holds a secret, and so no name
			return at, false
		}
	}
	at.namespace = object.Metadata.Namespace
	if r.Type == "kubernetes:core/v1:Namespace" {
		at.namespace = object.Metadata.Name
	}
	selector := make([]string, len(labelled))
	for i, label := range labelled {
		if object.Metadata.Labels[label] == "" {
			return at, false
		}
		selector[i] = label + "=" + object.Metadata.Labels[label]
	}
	at.selector = strings.Join(selector, ",")
	return at, at.namespace != ""
}

// Stored lists the objects without their values.
func (s *store) Stored(ctx context.Context) (all []operate.Stored, err error) {
	var problems []error
	for _, at := range s.places {
		used, err := s.used(ctx, at)
		problems = append(problems, err)
		for _, of := range []kind{secret, config} {
			objects, listErr := s.Metadata(ctx, at.path(of.plural), url.Values{"labelSelector": {at.selector}})
			if listErr != nil {
				problems = append(problems, lacks("list", of.plural, at.namespace, listErr))
			}
			for _, object := range objects {
				one := stored(of, object)
				switch {
				case used[of.name+"/"+object.Name]:
					one.Keep = operate.InUse
				case object.Annotations[autonamed] != "true":
					one.Keep = "Pulumi did not name it, so a person may have made it"
				case err != nil:
					one.Keep = operate.MayBeInUse
				}
				s.uids[one.Type+" "+one.ID] = string(object.UID)
				all = append(all, one)
			}
		}
	}
	return all, errors.Join(problems...)
}

func stored(of kind, object metav1.PartialObjectMetadata) operate.Stored {
	return operate.Stored{
		Type: of.state, ID: object.Namespace + "/" + object.Name, Name: of.name + " " + object.Namespace + "/" + object.Name,
		Created: object.CreationTimestamp.UTC(),
		Removal: fmt.Sprintf("kubectl --namespace %s delete %s %s", object.Namespace, strings.ToLower(of.name), object.Name),
	}
}

// lacks names the right that a call needs.
func lacks(verb, plural, namespace string, err error) error {
	return fmt.Errorf("%s %s in namespace %s, which needs the verb %s on %s: %w", verb, plural, namespace, verb, plural, err)
}

// used are the objects that anything in the namespace refers to, as KIND/NAME: a
// Deployment, a ReplicaSet that has pods, a pod, or a service account. The state
// tells of none of them after a kill.
func (s *store) used(ctx context.Context, at place) (map[string]bool, error) {
	used := references{}
	apps := "/apis/apps/v1/namespaces/" + at.namespace + "/"
	var deployments appsv1.DeploymentList
	var sets appsv1.ReplicaSetList
	var pods corev1.PodList
	var accounts corev1.ServiceAccountList
	var problems []error
	for _, list := range []struct {
		path, plural string
		into         any
	}{
		{apps + "deployments", "deployments", &deployments}, {apps + "replicasets", "replicasets", &sets},
		{at.path("pods"), "pods", &pods}, {at.path("serviceaccounts"), "serviceaccounts", &accounts},
	} {
		if err := s.Read(ctx, list.path, nil, list.into); err != nil {
			problems = append(problems, lacks("list", list.plural, at.namespace, err))
		}
	}
	for _, each := range deployments.Items {
		used.pod(each.Spec.Template.Spec)
	}
	for _, each := range sets.Items {
		if each.Spec.Replicas == nil || *each.Spec.Replicas > 0 || each.Status.Replicas > 0 {
			used.pod(each.Spec.Template.Spec)
		}
	}
	for _, each := range pods.Items {
		used.pod(each.Spec)
	}
	for _, each := range accounts.Items {
		used.pulls(each.ImagePullSecrets)
		for _, named := range each.Secrets {
			used.secret(named.Name)
		}
	}
	return used, errors.Join(problems...)
}

// Remove deletes an object that was listed.
func (s *store) Remove(ctx context.Context, lost operate.Stored) (string, error) {
	namespace, name, _ := strings.Cut(lost.ID, "/")
	of := secret
	if lost.Type == config.state {
		of = config
	}
	err := s.Delete(ctx, place{namespace: namespace}.path(of.plural)+"/"+name, s.uids[lost.Type+" "+lost.ID])
	if err != nil && !errors.Is(err, api.ErrNotFound) {
		return "", lacks("delete", of.plural, namespace, err)
	}
	return "deleted", nil
}
