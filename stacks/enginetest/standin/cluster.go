package standin

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Cluster stands in for a Kubernetes cluster.
func Cluster() Kind {
	return Kind{
		Package: "kubernetes", Service: "kubernetes:apps/v1:Deployment",
		slow: []string{clusterSecret, "kubernetes:networking.k8s.io/v1:NetworkPolicy"},
		told: clusterTells, run: clusterRuns, platform: clusterPlatform, name: clusterNames, within: clusterIn, tries: clusterTries,
		awaits: "CrashLoopBackOff: back-off restarting failed container", placed: clusterPlaced,
		stores: clusterStores,
		reads: func(_ *Cloud, deployment Thing) (outputs, inputs map[string]any) {
			spec := map[string]any{"spec": deployment.Props["spec"]}
			return spec, spec
		},
	}
}

// clusterIn has everything of a namespace in it.
func clusterIn(thing Thing) (kind, id string) {
	return "kubernetes:core/v1:Namespace", text(thing.Props, "metadata", "namespace")
}

// clusterNames makes up the name of an object that has none; one that is there
// keeps its name.
func clusterNames(name string, seed []byte, old, inputs map[string]any) string {
	if text(inputs, "metadata", "name") != "" {
		return ""
	}
	if text(old, "metadata", "annotations", autonamed) != "" {
		return text(old, "metadata", "name")
	}
	if len(seed) == 0 { // then the provider throws the dice itself
		return name + "-" + strings.ToLower(rand.Text()[:8])
	}
	sum := sha256.Sum256(seed)
	return name + "-" + hex.EncodeToString(sum[:4])
}

func clusterTells(c *Cloud, made Thing) (string, map[string]any) {
	id := text(made.Props, "metadata", "name")
	if space := text(made.Props, "metadata", "namespace"); space != "" {
		id = space + "/" + id
	}
	if made.Type != clusterSecret && made.Type != clusterConfig {
		return id, nil
	}
	// Only the cluster knows the object's own id.
	metadata, _ := at(made.Props, "metadata").(map[string]any)
	known := maps.Clone(metadata)
	known["uid"] = fmt.Sprintf("00000000-0000-4000-8000-%012d", c.count("uid"))
	return id, map[string]any{"metadata": known}
}

// clusterTries has the cluster try a creation without doing it, which tells an id
// that no object will have. Inputs with unknown values come back as they are.
func clusterTries(inputs property.Map, told map[string]any) property.Map {
	if property.New(inputs).HasComputed() || told == nil {
		return inputs
	}
	metadata := told["metadata"].(map[string]any)
	metadata["uid"] = rand.Text()
	return with(inputs, told)
}

// clusterRuns starts a pod, which needs its objects by their names.
func clusterRuns(c *Cloud, deployment Thing) (running, error) {
	var r running
	space := text(deployment.Props, "metadata", "namespace")
	pod := at(deployment.Props, "spec", "template", "spec")
	needs := []struct{ kind, name string }{{"kubernetes:core/v1:ServiceAccount", text(pod, "serviceAccountName")}}
	for _, from := range list(pod, "containers", 0, "envFrom") {
		if name := text(from, "secretRef", "name"); name != "" {
			needs = append(needs, struct{ kind, name string }{clusterSecret, name})
		}
		if name := text(from, "configMapRef", "name"); name != "" {
			needs = append(needs, struct{ kind, name string }{clusterConfig, name})
		}
	}
	for _, need := range needs {
		at := c.index(need.kind, space+"/"+need.name)
		if at < 0 {
			return r, fmt.Errorf("CreateContainerConfigError: %s %q not found", strings.ToLower(need.kind), need.name)
		}
		r.uses = append(r.uses, use(c.things[at]))
	}
	r.revision = variable(list(pod, "containers", 0, "env"), "REVISION")
	return r, nil
}
