package plan

import (
	"slices"
	"strings"
)

// Replacing are the paths of those inputs that differ and whose change replaces
// a resource of this type.
func Replacing(kind string, was, now map[string]any) []string {
	return slices.DeleteFunc(factsOf(kind).replacing, func(path string) bool {
		return written(along(was, path)) == written(along(now, path))
	})
}

// Required are the inputs without which a provider refuses a resource.
func Required(kind string) []string { return factsOf(kind).needs }

// SecretInputs are the inputs that a provider keeps as secrets whatever a
// program says of them.
func SecretInputs(kind string) []string { return factsOf(kind).secret }

// along is what lies at a path of names: of a list, what lies there in each.
func along(value any, path string) any {
	if path == "" {
		return value
	}
	if items, is := value.([]any); is {
		var each []any
		for _, item := range items {
			each = append(each, along(item, path))
		}
		return each
	}
	name, rest, _ := strings.Cut(path, ".")
	object, _ := value.(map[string]any)
	return along(object[name], rest)
}

// oldFirst tells whether the old one must go before its replacement can come:
// the program says so, or it has a name that the provider would have made up.
func oldFirst(r Resource) bool {
	named := r.Inputs
	if strings.HasPrefix(r.Type, "kubernetes:") {
		named, _ = r.Inputs["metadata"].(map[string]any)
	} else if !slices.Contains(nameable(), r.Type) {
		return r.DeleteFirst
	}
	_, fixed := named["name"]
	return r.DeleteFirst || fixed
}

// nameable are the types of AWS and Google here whose name the provider makes
// up when there is none. With a name of their own, the bridge that both are
// built on deletes the old one first, whatever changes.
func nameable() []string {
	return []string{
		"gcp:cloudrun/domainMapping:DomainMapping", "gcp:cloudrunv2/service:Service",
		"gcp:logging/projectExclusion:ProjectExclusion", "gcp:logging/projectSink:ProjectSink", "aws:kms/alias:Alias",
		"aws:appautoscaling/policy:Policy", "aws:cloudwatch/logGroup:LogGroup", "aws:ecr/repository:Repository", "aws:ecs/cluster:Cluster",
		"aws:ecs/service:Service", "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy", "aws:lb/loadBalancer:LoadBalancer",
		"aws:lb/targetGroup:TargetGroup",
	}
}

// restarts says what a change of a resource restarts, nothing for most.
func restarts(kind string) string {
	switch {
	case kind == "gcp:cloudrunv2/service:Service":
		return "Cloud Run starts a new revision, which gets the traffic once it is proved"
	case strings.HasSuffix(kind, ":Deployment"):
		return "the pods are replaced one after the other"
	case kind == "aws:ecs/taskDefinition:TaskDefinition":
		return "the service replaces its tasks"
	case kind == "astradb:index:Process":
		return "a new process is started"
	}
	return ""
}
