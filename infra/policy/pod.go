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

func absent(value any) bool        { return value == nil }
func absentOrFalse(value any) bool { return value == nil || value == false }
func isTrue(value any) bool        { return value == true }
func isFalse(value any) bool       { return value == false }
func present(value any) bool       { return value != nil }
func highID(value any) bool        { return number(value) >= 10_000 }

// demands on the pod; `containers.` reaches into every container.
func demands() []demand {
	return []demand{
		{"liveness probe", []string{"CKV_K8S_8", "no-liveness-probe"}, "containers.livenessProbe.httpGet.path", present, "set livenessProbe"},
		{"readiness probe", []string{"CKV_K8S_9", "no-readiness-probe"}, "containers.readinessProbe.httpGet.path", present, "set readinessProbe"},
		{"CPU request", []string{"CKV_K8S_10", "KSV-0015", "unset-cpu-requirements"}, "containers.resources.requests.cpu", present, "set requests"},
		{"CPU limit", []string{"CKV_K8S_11", "KSV-0011"}, "containers.resources.limits.cpu", present, "set limits"},
		{"memory request", []string{"CKV_K8S_12", "KSV-0016", "unset-memory-requirements"}, "containers.resources.requests.memory", present, "set requests"},
		{"memory limit", []string{"CKV_K8S_13", "KSV-0018"}, "containers.resources.limits.memory", present, "set limits"},
		{"image by digest", []string{"CKV_K8S_14", "CKV_K8S_43", "latest-tag", "KSV-0013"}, "containers.image", func(v any) bool { return pinnedImage(text(v)) }, "deploy by digest"},
		{"image pulled always", []string{"CKV_K8S_15"}, "containers.imagePullPolicy", func(v any) bool { return v == "Always" }, "set imagePullPolicy to Always"},
		{"not privileged", []string{"CKV_K8S_16", "privileged-container", "KSV-0017", "CIS-K8S-5.2.2"}, "containers.securityContext.privileged", absentOrFalse, "do not set privileged"},
		{"no host processes", []string{"CKV_K8S_17", "host-pid", "KSV-0010", "CIS-K8S-5.2.3"}, "hostPID", absentOrFalse, "do not set hostPID"},
		{"no host IPC", []string{"CKV_K8S_18", "host-ipc", "KSV-0008", "CIS-K8S-5.2.4"}, "hostIPC", absentOrFalse, "do not set hostIPC"},
		{"no host network", []string{"CKV_K8S_19", "host-network", "KSV-0009", "CIS-K8S-5.2.5"}, "hostNetwork", absentOrFalse, "do not set hostNetwork"},
		{"no escalation", []string{"CKV_K8S_20", "KSV-0001", "privilege-escalation-container", "CIS-K8S-5.2.6"}, "containers.securityContext.allowPrivilegeEscalation", isFalse, "set it to false"},
		{"read-only root", []string{"CKV_K8S_22", "KSV-0014", "no-read-only-root-fs"}, "containers.securityContext.readOnlyRootFilesystem", isTrue, "set it to true"},
		{"not root", []string{"CKV_K8S_23", "KSV-0012", "run-as-non-root", "KSV-0105", "CIS-K8S-5.2.7"}, "securityContext.runAsNonRoot", isTrue, "set it to true"},
		{"no added capability", []string{"CKV_K8S_25", "CKV_K8S_39", "KSV-0005", "KSV-0022", "KSV-0119", "KSV-0120", "CIS-K8S-5.2.9"}, "containers.securityContext.capabilities.add", func(v any) bool { return len(list(v)) == 0 }, "add none"},
		{"all capabilities dropped", []string{"CKV_K8S_28", "CKV_K8S_37", "KSV-0003", "drop-net-raw-capability", "KSV-0004", "KSV-0106", "CIS-K8S-5.2.8", "CIS-K8S-5.2.10"}, "containers.securityContext.capabilities.drop",
			func(v any) bool { return slices.Contains(list(v), any("ALL")) }, "drop ALL"},
		{"pod security context", []string{"CKV_K8S_29", "KSV-0118"}, "securityContext", present, "set it"},
		{"container security context", []string{"CKV_K8S_30", "CIS-K8S-5.7.3"}, "containers.securityContext", present, "set it"},
		{"seccomp", []string{"CKV_K8S_31", "KSV-0030", "KSV-0104", "CIS-K8S-5.7.2"}, "securityContext.seccompProfile.type", func(v any) bool { return v == "RuntimeDefault" }, "set RuntimeDefault"},
		{"no token in the pod", []string{"CKV_K8S_38", "KSV-0036", "CIS-K8S-5.1.6"}, "automountServiceAccountToken", isFalse, "set it to false"},
		{"high user id", []string{"CKV_K8S_40", "KSV-0020"}, "securityContext.runAsUser", highID, "use 10000 or above"},
		{"high group id", []string{"KSV-0021", "KSV-0116"}, "securityContext.runAsGroup", highID, "use 10000 or above"},
		{"account of its own", []string{"CKV_K8S_41", "default-service-account", "CIS-K8S-5.1.5"}, "serviceAccountName", func(v any) bool { return text(v) != "" && v != "default" }, "name one"},
		{"no path of the node", []string{"sensitive-host-mounts", "docker-sock", "CKV_K8S_27", "KSV-0006", "KSV-0023", "KSV-0121", "writable-host-mount", "CIS-K8S-5.2.12"}, "volumes.hostPath", absent, "mount none"},
		{"no port of the node", []string{"CKV_K8S_26", "KSV-0024", "CIS-K8S-5.2.13"}, "containers.ports.hostPort", absent, "let the Service have the port"},
		{"high ports", []string{"privileged-ports", "KSV-0117"}, "containers.ports.containerPort", func(v any) bool { return number(v) >= 1024 }, "use 1024 or above"},
		{"startup probe", []string{"no-startup-probe"}, "containers.startupProbe.httpGet.path", present, "set startupProbe"},
		{"no names of its own", []string{"KSV-0007"}, "hostAliases", absent, "leave hostAliases out"},
		{"no old account field", []string{"deprecated-service-account-field"}, "serviceAccount", absent, "use serviceAccountName"},
		{"no kernel settings", []string{"unsafe-sysctls", "KSV-0026"}, "securityContext.sysctls", absent, "set none"},
		{"its own view of processes", []string{"unsafe-proc-mount", "KSV-0027"}, "containers.securityContext.procMount", absent, "leave procMount out"},
		{"no labels of SELinux", []string{"KSV-0025"}, "securityContext.seLinuxOptions", absent, "leave them to the runtime"},
		{"no processes of a Windows node", []string{"KSV-0103"}, "securityContext.windowsOptions", absent, "the API runs on Linux"},
		{"no volume from outside", []string{"KSV-0028"}, "volumes", plainVolumes, "mount Secrets, ConfigMaps and emptyDirs alone"},
		{"no container before it", nil, "initContainers", absent, "the rules look at containers"},
		{"pods kept apart", []string{"no-anti-affinity"}, "topologySpreadConstraints", present, "spread them"},
		{"secrets as files", []string{"CKV_K8S_35", "read-secret-from-env-var", "CIS-K8S-5.4.1"}, "containers.envFrom", func(v any) bool { return !fromSecret(v) }, "mount them and use the *_FILE variables"},
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
				broken := slices.ContainsFunc(each(r.Inputs, "spec.template.spec."+d.path), func(value any) bool { return !d.ok(value) })
				return when(broken, d.path+" is not as it must be")
			}})
	}
	return rules
}

// plainVolumes lets in what the restricted Pod Security Standard lets in, as
// far as the API could use it.
func plainVolumes(value any) bool {
	for _, volume := range list(value) {
		members, _ := volume.(map[string]any)
		for kind := range members {
			if !slices.Contains([]string{"name", "secret", "configMap", "emptyDir", "projected", "downwardAPI"}, kind) {
				return false
			}
		}
	}
	return true
}
