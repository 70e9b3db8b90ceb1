package policy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

const runService = "gcp:cloudrunv2/service:Service"

// grants are the types that give somebody a role on Google Cloud.
func grants() []string {
	return []string{
		"gcp:secretmanager/secretIamMember:SecretIamMember", "gcp:cloudrunv2/serviceIamMember:ServiceIamMember",
		"gcp:projects/iAMMember:IAMMember", "gcp:serviceaccount/iAMMember:IAMMember",
		"gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
		"gcp:storage/bucketIAMMember:BucketIAMMember", "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
	}
}

// versionNumber is a secret version that cannot move: a number, or what the
// version tells.
var versionNumber = regexp.MustCompile(`^([0-9]+|\$\{[a-z0-9-]+\.version\})$`)

func cloudRun() []Rule {
	service := []string{runService}
	return []Rule{
		{Name: "everybody may call only if asked for", IDs: []string{"CKV_GCP_102"}, Types: grants(), Cure: "set cloudrun.public to false",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				member := text(r.Inputs["member"])
				return when(member == "allUsers" || member == "allAuthenticatedUsers", member+" may call it")
			}},
		{Name: "no role on the project or an account", IDs: []string{"CKV_GCP_41", "CKV_GCP_42", "CKV_GCP_46", "CKV_GCP_49", "CIS-GCP-1.6"}, Types: grants(),
			Cure: "grant the role on the one thing that needs it",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				return when(strings.HasPrefix(r.Type, "gcp:projects/") || strings.HasPrefix(r.Type, "gcp:serviceaccount/"), text(r.Inputs["role"])+" is granted too widely")
			}},
		{Name: "no basic role", IDs: []string{"CKV_GCP_117", "CIS-GCP-1.5"}, Types: grants(), Cure: "grant a role of one service",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				role := text(r.Inputs["role"])
				return when(role == "roles/owner" || role == "roles/editor" || role == "roles/viewer" || !strings.HasPrefix(role, "roles/"), role+" is no role of one service")
			}},
		{Name: "no key of a service account", IDs: []string{"CKV2_GCP_3", "CIS-GCP-1.4"}, Types: []string{"gcp:serviceaccount/key:Key"}, Cure: "use workload identity",
			Check: func(plan.Resource, *plan.Plan) []string { return []string{"a key never expires and can be copied"} }},
		{Name: "images, states and keys are not public", IDs: []string{"CKV_GCP_28", "CKV_GCP_101", "CKV_GCP_112", "CKV2_GCP_6"}, Types: grants()[4:],
			Cure: "grant to named accounts", Check: func(r plan.Resource, _ *plan.Plan) []string {
				return when(strings.HasPrefix(text(r.Inputs["member"]), "all"), "everybody may have it")
			}},
		{Name: "jobs are known by their names", IDs: []string{"CKV_GCP_118", "CKV_GCP_125", "GCP-0068"}, Types: []string{"gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"},
			Cure: "want assertion.repository_id and whole subjects in attributeCondition", Check: func(r plan.Resource, _ *plan.Plan) []string {
				condition := text(r.Inputs["attributeCondition"])
				whole := strings.Contains(condition, "assertion.repository_id == '") && strings.Contains(condition, "assertion.sub in ['repo:")
				return when(!whole || strings.Contains(condition, "*") || strings.Contains(condition, "||"), "jobs of others could come in")
			}},
		{Name: "a service runs as an account of its own", Types: service, Cure: "set template.serviceAccount",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				return when(text(at(r.Inputs, "template.serviceAccount")) == "", "it runs as the default account, which may do anything")
			}},
		{Name: "Cloud Run runs a digest", Types: service, Cure: "deploy by digest", Check: func(r plan.Resource, _ *plan.Plan) []string {
			image := text(at(r.Inputs, "template.containers.image"))
			return when(!pinnedImage(image), fmt.Sprintf("the image %q can move", image))
		}},
		{Name: "Cloud Run pins its secrets", Types: service, Cure: "reference the version by number", Check: runSecrets},
		{Name: "Cloud Run probes", Types: service, Cure: "set both probes", Check: func(r plan.Resource, _ *plan.Plan) []string {
			return append(when(at(r.Inputs, "template.containers.startupProbe.httpGet.path") == nil, "no startup probe asks the service"),
				when(at(r.Inputs, "template.containers.livenessProbe.httpGet.path") == nil, "no liveness probe asks the service")...)
		}},
		{Name: "Cloud Run is bounded and isolated", Types: service, Cure: "set the limits and gen2", Check: bounded},
		{Name: "traffic goes to the newest revision", Types: service, Cure: "set traffics to LATEST, 100 %", Check: func(r plan.Resource, _ *plan.Plan) []string {
			return when(text(at(r.Inputs, "traffics.type")) != "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST" || number(at(r.Inputs, "traffics.percent")) != 100,
				"an old revision could keep the traffic")
		}},
		{Name: "an old secret version is kept", Types: []string{"gcp:secretmanager/secretVersion:SecretVersion"}, Cure: "set deletionPolicy to DISABLE",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				return when(text(r.Inputs["deletionPolicy"]) != "DISABLE", "a rotation destroys it, and rolling back with it")
			}},
		{Name: "production is protected", Types: service, Cure: "set cloudrun.protect to true", Check: func(r plan.Resource, _ *plan.Plan) []string {
			return when(text(at(r.Inputs, "labels.environment")) == "prod" && !r.Protect, "it can be deleted by mistake")
		}},
	}
}

func runSecrets(r plan.Resource, _ *plan.Plan) (wrong []string) {
	for _, env := range list(at(r.Inputs, "template.containers.envs")) {
		name := text(at(env, "name"))
		version := at(env, "valueSource.secretKeyRef.version")
		if version != nil && !versionNumber.MatchString(text(version)) {
			wrong = append(wrong, name+" is not pinned to a version")
		}
		if value := text(at(env, "value")); value != "" && inClear(name) {
			wrong = append(wrong, name+" stands in clear")
		}
	}
	return wrong
}

func bounded(r plan.Resource, _ *plan.Plan) (wrong []string) {
	for path, what := range map[string]string{
		"template.scaling.maxInstanceCount": "no most instances", "template.containers.resources.limits": "no limits",
		"template.maxInstanceRequestConcurrency": "no most requests", "ingress": "no ingress setting",
	} {
		wrong = append(wrong, when(at(r.Inputs, path) == nil, what)...)
	}
	wrong = append(wrong, when(text(at(r.Inputs, "template.executionEnvironment")) != "EXECUTION_ENVIRONMENT_GEN2", "not the second generation")...)
	slices.Sort(wrong)
	return wrong
}
