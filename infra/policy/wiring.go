package policy

import (
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

const (
	clusterService = "kubernetes:core/v1:Service"
	clusterAccount = "kubernetes:core/v1:ServiceAccount"
	clusterConfig  = "kubernetes:core/v1:ConfigMap"
	ingress        = "kubernetes:networking.k8s.io/v1:Ingress"
	autoscaler     = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
	budget         = "kubernetes:policy/v1:PodDisruptionBudget"
)

// wiringRules are the demands on how the objects of a cluster name each other:
// the API takes a name that leads nowhere.
func wiringRules() []Rule {
	return []Rule{
		{Name: "selectors find the pods", IDs: []string{"dangling-service", "dangling-networkpolicy", "mismatching-selector"},
			Types: []string{deployment, clusterService, networkPolicy, budget}, Cure: "select by the labels of the pod's template", Check: selects},
		{Name: "what is named is made", IDs: []string{"dangling-horizontalpodautoscaler", "dangling-ingress", "non-existent-service-account"},
			Types: []string{deployment, autoscaler, ingress}, Cure: "name what the plan makes", Check: namesMade},
		{Name: "ports are the container's", IDs: []string{"invalid-target-ports", "liveness-port", "readiness-port", "startup-port"},
			Types: []string{deployment, clusterService}, Cure: "use the name of one of the container's ports", Check: portsKnown},
		{Name: "a pod's variables are plain", IDs: []string{"duplicate-env-var", "env-var-secret"}, Types: []string{deployment},
			Cure: "put secrets into the Secret, and each name once", Check: variables},
		{Name: "settings hold no secret", IDs: []string{"KSV-0109"}, Types: []string{clusterConfig}, Cure: "put it into the Secret",
			Check: func(r plan.Resource, _ *plan.Plan) (wrong []string) {
				data, _ := r.Inputs["data"].(map[string]any)
				for name := range data {
					wrong = append(wrong, when(inClear(name), name+" stands in clear")...)
				}
				slices.Sort(wrong)
				return wrong
			}},
		{Name: "APIs are stable", IDs: []string{"no-extensions-v1beta"}, Cure: "use the stable version", Check: func(r plan.Resource, _ *plan.Plan) []string {
			version := text(r.Inputs["apiVersion"])
			return when(strings.Contains(version, "alpha") || strings.Contains(version, "beta"), version+" goes away")
		}},
		{Name: "a budget lets nodes drain", IDs: []string{"pdb-max-unavailable", "pdb-min-available", "pdb-unhealthy-pod-eviction-policy"},
			Types: []string{budget}, Cure: "set maxUnavailable to 1 and unhealthyPodEvictionPolicy to AlwaysAllow",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				return append(when(number(at(r.Inputs, "spec.maxUnavailable")) < 1 || at(r.Inputs, "spec.minAvailable") != nil, "it may keep every pod where it is"),
					when(text(at(r.Inputs, "spec.unhealthyPodEvictionPolicy")) != "AlwaysAllow", "pods that never get ready keep a node")...)
			}},
		{Name: "no snippets of nginx", IDs: []string{"CKV_K8S_152", "CKV_K8S_153", "CKV_K8S_154"}, Types: []string{ingress},
			Cure: "take the annotation out of kubernetes.annotations", Check: func(r plan.Resource, _ *plan.Plan) (wrong []string) {
				notes, _ := at(r.Inputs, "metadata.annotations").(map[string]any)
				for name := range notes {
					wrong = append(wrong, when(strings.HasSuffix(name, "-snippet"), name+" runs what it says inside the controller (CVE-2021-25742)")...)
				}
				slices.Sort(wrong)
				return wrong
			}},
		{Name: "no addresses of others", IDs: []string{"KSV-0108"}, Types: []string{clusterService}, Cure: "leave externalIPs out",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				return when(at(r.Inputs, "spec.externalIPs") != nil, "it takes traffic that is meant for somebody else")
			}},
	}
}

// selects holds every selector to the labels of the pods. A network policy may
// select all.
func selects(r plan.Resource, in *plan.Plan) []string {
	path := map[string]string{clusterService: "spec.selector", networkPolicy: "spec.podSelector.matchLabels"}[r.Type]
	if path == "" {
		path = "spec.selector.matchLabels"
	}
	wanted, _ := at(r.Inputs, path).(map[string]any)
	if len(wanted) == 0 {
		return when(r.Type != networkPolicy, "it selects nothing")
	}
	found := slices.ContainsFunc(in.Resources, func(other plan.Resource) bool {
		labels, _ := at(other.Inputs, "spec.template.metadata.labels").(map[string]any)
		for name, value := range wanted {
			if labels[name] != value {
				return false
			}
		}
		return other.Type == deployment
	})
	return when(!found, "no pod has the labels that it selects")
}

func namesMade(r plan.Resource, in *plan.Plan) []string {
	path, kind := "spec.template.spec.serviceAccountName", clusterAccount
	switch r.Type {
	case autoscaler:
		path, kind = "spec.scaleTargetRef.name", deployment
	case ingress:
		path, kind = "spec.rules.http.paths.backend.service.name", clusterService
	}
	name := text(at(r.Inputs, path))
	made := slices.ContainsFunc(in.Resources, func(other plan.Resource) bool {
		return other.Type == kind && text(at(other.Inputs, "metadata.name")) == name
	})
	return when(!made, "nothing of the plan is called "+name)
}

// portsKnown holds probes and Services to ports of the containers, by name.
func portsKnown(r plan.Resource, in *plan.Plan) (wrong []string) {
	asked := each(r.Inputs, "spec.ports.targetPort")
	if r.Type == deployment {
		asked = nil
		for _, probe := range []string{"startupProbe", "livenessProbe", "readinessProbe"} {
			asked = append(asked, each(r.Inputs, "spec.template.spec.containers."+probe+".httpGet.port")...)
		}
	}
	var known []any
	for _, other := range in.Resources {
		if other.Type == deployment {
			known = append(known, each(other.Inputs, "spec.template.spec.containers.ports.name")...)
		}
	}
	for _, port := range asked {
		wrong = append(wrong, when(port == nil || !slices.Contains(known, port), "a port is asked for that no container has")...)
	}
	return slices.Compact(wrong)
}

func variables(r plan.Resource, _ *plan.Plan) (wrong []string) {
	seen := map[string]bool{}
	for _, container := range list(at(r.Inputs, "spec.template.spec.containers")) {
		for _, variable := range list(at(container, "env")) {
			name := text(at(variable, "name"))
			wrong = append(wrong, when(seen[name], name+" is set twice")...)
			wrong = append(wrong, when(at(variable, "value") != nil && inClear(name), name+" stands in clear")...)
			seen[name] = true
		}
	}
	return wrong
}
