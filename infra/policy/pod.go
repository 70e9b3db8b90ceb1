package policy

import (
	"slices"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

const deployment = "kubernetes:apps/v1:Deployment"

// demand is one value that a pod or container must have, or must not.
type demand struct {
	name string
	ids  []string
	// path is below the pod's spec.
	path string
	ok   func(value any) bool
	cure string
}

func absentOrFalse(value any) bool { return value == nil || value == false }
func isTrue(value any) bool        { return value == true }
func isFalse(value any) bool       { return value == false }
func present(value any) bool       { return value != nil }
func highID(value any) bool        { return number(value) >= 10_000 }

// demands on the pod; `containers.` reaches into the one container.
func demands() []demand {
	return []demand{
		{"liveness probe", []string{"CKV_K8S_8", "no-liveness-probe"}, "containers.livenessProbe.httpGet.path", present, "set livenessProbe"},
		{"readiness probe", []string{"CKV_K8S_9", "no-readiness-probe"}, "containers.readinessProbe.httpGet.path", present, "set readinessProbe"},
		{"CPU request", []string{"CKV_K8S_10", "KSV-0015", "unset-cpu-requirements"}, "containers.resources.requests.cpu", present, "set requests"},
		{"CPU limit", []string{"CKV_K8S_11", "KSV-0011"}, "containers.resources.limits.cpu", present, "set limits"},
		{"memory request", []string{"CKV_K8S_12", "KSV-0016", "unset-memory-requirements"}, "containers.resources.requests.memory", present, "set requests"},
		{"memory limit", []string{"CKV_K8S_13", "KSV-0018"}, "containers.resources.limits.memory", present, "set limits"},
		{"image by digest", []string{"CKV_K8S_14", "CKV_K8S_43", "latest-tag"}, "containers.image", func(v any) bool { return pinnedImage(text(v)) }, "deploy by digest"},
		{"image pulled always", []string{"CKV_K8S_15"}, "containers.imagePullPolicy", func(v any) bool { return v == "Always" }, "set imagePullPolicy to Always"},
		{"not privileged", []string{"CKV_K8S_16", "privileged-container"}, "containers.securityContext.privileged", absentOrFalse, "do not set privileged"},
		{"no host processes", []string{"CKV_K8S_17", "host-pid"}, "hostPID", absentOrFalse, "do not set hostPID"},
		{"no host IPC", []string{"CKV_K8S_18", "host-ipc"}, "hostIPC", absentOrFalse, "do not set hostIPC"},
		{"no host network", []string{"CKV_K8S_19", "host-network"}, "hostNetwork", absentOrFalse, "do not set hostNetwork"},
		{"no escalation", []string{"CKV_K8S_20", "KSV-0001", "privilege-escalation-container"}, "containers.securityContext.allowPrivilegeEscalation", isFalse, "set it to false"},
		{"read-only root", []string{"CKV_K8S_22", "KSV-0014", "no-read-only-root-fs"}, "containers.securityContext.readOnlyRootFilesystem", isTrue, "set it to true"},
		{"not root", []string{"CKV_K8S_23", "KSV-0012", "run-as-non-root"}, "securityContext.runAsNonRoot", isTrue, "set it to true"},
		{"no added capability", []string{"CKV_K8S_25"}, "containers.securityContext.capabilities.add", func(v any) bool { return len(list(v)) == 0 }, "add none"},
		{"all capabilities dropped", []string{"CKV_K8S_28", "CKV_K8S_37", "KSV-0003", "drop-net-raw-capability"}, "containers.securityContext.capabilities.drop",
			func(v any) bool { return slices.Contains(list(v), any("ALL")) }, "drop ALL"},
		{"pod security context", []string{"CKV_K8S_29"}, "securityContext", present, "set it"},
		{"container security context", []string{"CKV_K8S_30"}, "containers.securityContext", present, "set it"},
		{"seccomp", []string{"CKV_K8S_31", "KSV-0030", "KSV-0104"}, "securityContext.seccompProfile.type", func(v any) bool { return v == "RuntimeDefault" }, "set RuntimeDefault"},
		{"no token in the pod", []string{"CKV_K8S_38"}, "automountServiceAccountToken", isFalse, "set it to false"},
		{"high user id", []string{"CKV_K8S_40", "KSV-0020"}, "securityContext.runAsUser", highID, "use 10000 or above"},
		{"high group id", []string{"KSV-0021"}, "securityContext.runAsGroup", highID, "use 10000 or above"},
		{"account of its own", []string{"CKV_K8S_41", "default-service-account"}, "serviceAccountName", func(v any) bool { return text(v) != "" && v != "default" }, "name one"},
		{"no path of the node", []string{"sensitive-host-mounts", "docker-sock"}, "volumes.hostPath", func(v any) bool { return v == nil }, "mount none"},
		{"pods kept apart", []string{"no-anti-affinity"}, "topologySpreadConstraints", present, "spread them"},
		{"secrets as files", []string{"CKV_K8S_35", "read-secret-from-env-var"}, "containers.envFrom", func(v any) bool { return !fromSecret(v) }, "mount them and use the *_FILE variables"},
	}
}

func fromSecret(envFrom any) bool {
	return slices.ContainsFunc(list(envFrom), func(source any) bool { return at(source, "secretRef") != nil })
}

// podRules are the demands as rules.
func podRules() []Rule {
	rules := make([]Rule, 0, len(demands()))
	for _, d := range demands() {
		rules = append(rules, Rule{Name: "pod: " + d.name, IDs: d.ids, Types: []string{deployment}, Cure: d.cure,
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				value := at(r.Inputs, "spec.template.spec."+d.path)
				return when(!d.ok(value), d.path+" is not as it must be")
			}})
	}
	return rules
}
