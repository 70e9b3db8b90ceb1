package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

const (
	networkPolicy = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
	restricted    = "pod-security.kubernetes.io/enforce"
)

// clusterRules are the demands on what is around the pods.
func clusterRules() []Rule {
	return []Rule{
		{Name: "namespace of its own", IDs: []string{"CKV_K8S_21", "KSV-0110", "CIS-K8S-5.7.1", "CIS-K8S-5.7.4"}, Types: namespaced(), Cure: "set metadata.namespace",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				space := text(at(r.Inputs, "metadata.namespace"))
				return when(space == "" || space == "default", "it is in the default namespace")
			}},
		{Name: "restricted pods only", IDs: []string{"PSS-restricted", "PSS-baseline"}, Types: []string{"kubernetes:core/v1:Namespace"}, Cure: "label the namespace " + restricted,
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				labels, _ := at(r.Inputs, "metadata.labels").(map[string]any)
				return when(labels[restricted] != "restricted", "the namespace takes any pod")
			}},
		{Name: "no token mounted by the account", IDs: []string{"CKV_K8S_42"}, Types: []string{"kubernetes:core/v1:ServiceAccount"},
			Cure: "set automountServiceAccountToken to false", Check: func(r plan.Resource, _ *plan.Plan) []string {
				return when(r.Inputs["automountServiceAccountToken"] != false, "pods get a token")
			}},
		{Name: "no rights in the cluster", IDs: []string{"CKV_K8S_49", "access-to-secrets", "access-to-create-pods", "CIS-K8S-5.1.1", "CIS-K8S-5.1.2", "CIS-K8S-5.1.3", "CIS-K8S-5.1.4"}, Cure: "the API needs none",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				return when(strings.HasPrefix(r.Type, "kubernetes:rbac.authorization.k8s.io/"), "it grants rights in the cluster")
			}},
		{Name: "secrets are immutable and named anew", Types: []string{"kubernetes:core/v1:Secret"}, Cure: "set immutable and no name",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				return append(when(r.Inputs["immutable"] != true, "it can be changed in place, and no pod would notice"),
					when(at(r.Inputs, "metadata.name") != nil, "a change would delete it, and the Deployment with it, first")...)
			}},
		{Name: "pods are walled in", IDs: []string{"CKV2_K8S_6", "non-isolated-pod", "CIS-K8S-5.3.2"}, Types: []string{deployment}, Cure: "deny by default, then allow",
			Check: walled},
		{Name: "a rollout keeps all pods", IDs: []string{"no-rolling-update-strategy"}, Types: []string{deployment}, Cure: "set maxUnavailable to 0",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				rolling := at(r.Inputs, "spec.strategy.rollingUpdate.maxUnavailable")
				return when(rolling != float64(0), "pods may be missing during it")
			}},
		{Name: "no port on every node", IDs: []string{"exposed-services", "ssh-port"}, Types: []string{"kubernetes:core/v1:Service"}, Cure: "use ClusterIP, or LoadBalancer on purpose",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				return append(when(at(r.Inputs, "spec.type") == "NodePort", "it opens a port on every node"),
					when(at(r.Inputs, "spec.ports.port") == float64(22), "it opens SSH")...)
			}},
		{Name: "only name servers are asked for names", Types: []string{networkPolicy}, Cure: "name the peers of port 53 in spec.egress.to", Check: asksNameServers},
		{Name: "a load balancer keeps the client's address", Types: []string{"kubernetes:core/v1:Service"}, Cure: "set externalTrafficPolicy to Local",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				outside := at(r.Inputs, "spec.type") == "LoadBalancer"
				return when(outside && at(r.Inputs, "spec.externalTrafficPolicy") != "Local", "every request comes from a node, and all clients share one rate limit")
			}},
		{Name: "an Ingress with a certificate redirects", Types: []string{"kubernetes:networking.k8s.io/v1:Ingress"}, Cure: "set the annotations of infra/target/kubernetes/routes.go",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				notes, _ := at(r.Inputs, "metadata.annotations").(map[string]any)
				forced := notes["nginx.ingress.kubernetes.io/force-ssl-redirect"] == "true"
				return when(at(r.Inputs, "spec.tls") != nil && !forced, "it answers plain HTTP beside HTTPS")
			}},
		{Name: "awaited", Cure: "remove the annotation pulumi.com/skipAwait", Check: func(r plan.Resource, _ *plan.Plan) []string {
			notes, _ := at(r.Inputs, "metadata.annotations").(map[string]any)
			return when(notes["pulumi.com/skipAwait"] != nil, "a failed rollout would pass")
		}},
	}
}

func namespaced() []string {
	return []string{deployment, "kubernetes:core/v1:Service", "kubernetes:core/v1:Secret", "kubernetes:core/v1:ConfigMap",
		"kubernetes:core/v1:ServiceAccount", networkPolicy}
}

// asksNameServers lets no egress rule open the ports of DNS to any address:
// names are a way out for data.
func asksNameServers(r plan.Resource, _ *plan.Plan) (wrong []string) {
	for _, rule := range list(at(r.Inputs, "spec.egress")) {
		for _, port := range each(rule, "ports.port") {
			open := port == float64(53) || port == float64(5353) || port == nil
			wrong = append(wrong, when(open && len(list(at(rule, "to"))) == 0, fmt.Sprintf("port %v is open to any address", port))...)
		}
	}
	return wrong
}

// walled wants one policy for every pod that closes both ways.
func walled(_ plan.Resource, in *plan.Plan) []string {
	closed := slices.ContainsFunc(in.Resources, func(other plan.Resource) bool {
		if other.Type != networkPolicy {
			return false
		}
		chosen, _ := at(other.Inputs, "spec.podSelector").(map[string]any)
		return len(chosen) == 0 && len(list(at(other.Inputs, "spec.policyTypes"))) == 2 &&
			at(other.Inputs, "spec.ingress") == nil && at(other.Inputs, "spec.egress") == nil
	})
	return when(!closed, "no network policy closes the namespace both ways")
}
