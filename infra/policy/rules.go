package policy

import (
	"maps"
	"slices"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

const (
	runService     = "gcp:cloudrunv2/service:Service"
	googleSecret   = "gcp:secretmanager/secret:Secret"
	googleVersion  = "gcp:secretmanager/secretVersion:SecretVersion"
	googleGrant    = "gcp:secretmanager/secretIamMember:SecretIamMember"
	amazonBalancer = "aws:lb/loadBalancer:LoadBalancer"
	amazonService  = "aws:ecs/service:Service"
	amazonTask     = "aws:ecs/taskDefinition:TaskDefinition"
	amazonVersion  = "aws:secretsmanager/secretVersion:SecretVersion"
	amazonIngress  = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	amazonEgress   = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
	amazonGroup    = "aws:ec2/securityGroup:SecurityGroup"
	amazonRule     = "aws:ec2/securityGroupRule:SecurityGroupRule"
	amazonRights   = "aws:iam/rolePolicy:RolePolicy"
	amazonKey      = "aws:kms/key:Key"
	deployment     = "kubernetes:apps/v1:Deployment"
	clusterSecret  = "kubernetes:core/v1:Secret"
	clusterConfig  = "kubernetes:core/v1:ConfigMap"
	networkPolicy  = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
	accessList     = "astradb:index:AccessList"
	entry          = "astradb:index:AccessListEntry"
	gate           = "astradb:index:Gate"
)

// credentials are the types whose old one must outlive the proof of the new one.
var credentials = []string{
	"astradb:index:OneTimeCodes", "astradb:index:Token", "astradb:index:SigningKey", gate, "astradb:index:Random",
	clusterSecret, googleVersion, amazonVersion,
}

// Rules are all rules.
func Rules() []Rule {
	return append([]Rule{
		{
			Name: "credentials are created before they are deleted", Types: credentials, Fix: "remove deleteBeforeReplace",
			Check: single(func(r plan.Resource) bool { return r.DeleteFirst }, "the old one is deleted before the new one exists"),
		},
		{
			Name: "credentials are not protected", Types: credentials, Fix: "protect the secret that contains it instead",
			Check: single(func(r plan.Resource) bool { return r.Protect }, "the engine refuses to replace it, so every rotation fails"),
		},
		{
			Name: "values of secrets are secret", Types: append(slices.Clone(credentials), clusterConfig),
			Fix:   "wrap the value with pulumi.ToSecret",
			Check: maskedValues,
		},
		{
			Name: "an earlier secret version can be restored", Types: []string{googleVersion},
			Fix:   "set deletionPolicy to DISABLE, or to DELETE with versionDestroyTtl of its secret",
			Check: restorable,
		},
		{
			Name: "Secrets are immutable and auto-named", Types: []string{clusterSecret}, Fix: "set immutable and leave metadata.name out",
			Check: inputs(
				input{"immutable", is(true), "it can change in place, and no pod would restart"},
				input{"metadata.name", is(nil), "a change would delete it before the new one exists"}),
		},
		{
			Name: "images and secrets are pinned", Types: []string{runService, amazonTask, deployment},
			Fix:   "reference images by digest and secrets by version",
			Check: pins,
		},
		{
			Name: "rights name principals, actions and resources", Check: narrowRights,
			Fix: "name each, and the role by a service of its own; Reason in infra/rights/rights.go has the exceptions",
		},
		{
			Name: "Cloud Run has a service account of its own", Types: []string{runService}, Fix: "set template.serviceAccount",
			Check: inputs(input{"template.serviceAccount", func(v any) bool { return plan.Text(v, "") != "" },
				"it runs as the default account, which may edit the project"}),
		},
		{
			Name: "security groups open one port each", Types: []string{amazonIngress, amazonEgress, amazonGroup, amazonRule},
			Fix:   "open one TCP port, and 80 or 443 alone to the internet",
			Check: opensOnePort,
		},
		{
			Name: "DNS is open to name servers only", Types: []string{networkPolicy}, Fix: "name the peers of port 53 in spec.egress.to",
			Check: limitsDNS,
		},
		{
			Name: "production is protected", Types: []string{runService, amazonBalancer}, Fix: "set protect of the target's group to true",
			Check: single(func(r plan.Resource) bool {
				protected := r.Type == runService && r.Protect || r.Inputs["enableDeletionProtection"] == true
				return r.Environment() == "prod" && !protected
			}, "it can be deleted by mistake"),
		},
		{
			Name: "keys outlive mistakes", Types: []string{amazonKey}, Fix: "set deletionWindowInDays to 30",
			Check: inputs(input{"deletionWindowInDays", func(v any) bool { return v == plan.Unknown || plan.Number(v, "") >= 30 },
				"its deletion can be taken back for less than 30 days"}),
		},
		{
			Name: "one key encrypts all of a service", Types: slices.Sorted(maps.Keys(plan.KeyInputs())), Fix: "pass the same key to each",
			Check: sameKey,
		},
		{
			Name: "ECS waits for a roll-out and rolls back", Types: []string{amazonService}, Fix: "compare infra/platform/ecs/service.go",
			Check: inputs(
				input{"waitForSteadyState", is(true), "a failed roll-out would pass"},
				input{"deploymentCircuitBreaker.enable", is(true), "a failed roll-out would go on"},
				input{"deploymentCircuitBreaker.rollback", is(true), "a failed roll-out would stay"},
				input{"enableExecuteCommand", is(false), "a shell can be opened in its containers"}),
		},
		{
			Name: "the engine waits for readiness", Fix: "remove the annotation pulumi.com/skipAwait",
			Check: inputs(input{"metadata.annotations", func(v any) bool {
				annotations, _ := v.(map[string]any)
				return annotations["pulumi.com/skipAwait"] == nil
			}, "a failed rollout would pass"}),
		},
	}, orderRules()...)
}

// input is what an input must hold.
type input struct {
	path    string
	holds   func(value any) bool
	problem string
}

func inputs(rows ...input) func(plan.Resource, []plan.Resource) []string {
	return func(r plan.Resource, _ []plan.Resource) (wrong []string) {
		for _, row := range rows {
			wrong = append(wrong, when(!row.holds(plan.At(r.Inputs, row.path)), row.problem)...)
		}
		return wrong
	}
}

func is(want any) func(any) bool { return func(value any) bool { return value == want } }

func single(broken func(plan.Resource) bool, problem string) func(plan.Resource, []plan.Resource) []string {
	return func(r plan.Resource, _ []plan.Resource) []string { return when(broken(r), problem) }
}
