package policy

// wiringExamples are names that lead nowhere, and what an API server takes and
// nobody wants.
func wiringExamples() []example {
	const container = "spec.template.spec.containers."
	secret := []any{map[string]any{"name": "JWT_SECRET_KEY", "value": "x"}}
	twice := []any{map[string]any{"name": "REVISION"}, map[string]any{"name": "REVISION"}}
	return []example{
		{"selectors find the pods", clusterService, "spec.selector.app", "web"},
		{"selectors find the pods", clusterService, "spec.selector", nil},
		{"selectors find the pods", deployment, "spec.selector.matchLabels.app", "web"},
		{"selectors find the pods", networkPolicy, "spec.podSelector.matchLabels", map[string]any{"app": "web"}},
		{"selectors find the pods", budget, "spec.selector.matchLabels.app", "web"},
		{"what is named is made", deployment, "spec.template.spec.serviceAccountName", "nobody"},
		{"what is named is made", autoscaler, "spec.scaleTargetRef.name", "web"},
		{"what is named is made", ingress, "spec.rules.http.paths.backend.service.name", "web"},
		{"ports are the container's", clusterService, "spec.ports.targetPort", "web"},
		{"ports are the container's", deployment, container + "livenessProbe.httpGet.port", "web"},
		{"ports are the container's", deployment, container + "startupProbe.httpGet.port", nil},
		{"a pod's variables are plain", deployment, container + "env", secret},
		{"a pod's variables are plain", deployment, container + "env", twice},
		{"settings hold no secret", clusterConfig, "data.NVIDIA_API_KEY", "x"},
		{"APIs are stable", deployment, "apiVersion", "extensions/v1beta1"},
		{"a budget lets nodes drain", budget, "spec.maxUnavailable", float64(0)},
		{"a budget lets nodes drain", budget, "spec.minAvailable", "100%"},
		{"a budget lets nodes drain", budget, "spec.unhealthyPodEvictionPolicy", nil},
		{"no snippets of nginx", ingress, "metadata.annotations", map[string]any{"nginx.ingress.kubernetes.io/server-snippet": "x"}},
		{"no addresses of others", clusterService, "spec.externalIPs", []any{"192.0.2.1"}},
	}
}
