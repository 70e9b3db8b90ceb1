package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// credentials are the types whose old one has to outlive the new one's proof.
func credentialTypes() []string {
	return []string{
		"killrvideo:accounts:OneTimeCodes", "killrvideo:astra:Token", "killrvideo:jwt:SigningKey", "killrvideo:rollout:Gate", "killrvideo:secret:Random", "kubernetes:core/v1:Secret",
		"gcp:secretmanager/secretVersion:SecretVersion", "aws:secretsmanager/secretVersion:SecretVersion",
	}
}

// general are the demands on every target.
func general() []Rule {
	return []Rule{
		{Name: "a credential is replaced new first", Types: credentialTypes(),
			Cure: "never set deleteBeforeReplace on it",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				return when(r.DeleteFirst, "the old one is deleted before the new one is there")
			}},
		{Name: "what rotates is not protected", Types: credentialTypes(), Cure: "protect the container of the secret instead",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				return when(r.Protect, "the engine refuses to replace it, and so every rotation fails")
			}},
		{Name: "secrets stay secret", Cure: "make the value with secret.New, or mark it pulumi.ToSecret", Types: credentialTypes(), Check: masked},
		{Name: "children have a parent", Check: parented,
			Cure: "give it pulumi.Parent"},
		{Name: "no platform's probe asks the database", Types: []string{runService, deployment, amazonTargets}, Cure: "probe app.Probes.Serving or Live",
			Check: func(r plan.Resource, _ *plan.Plan) (wrong []string) {
				for _, path := range probed(r) {
					wrong = append(wrong, when(text(path) == databasePath, "an outage of the database takes every instance away at once")...)
				}
				return wrong
			}},
		{Name: "the service waits for its secrets", Cure: "pass the versions and grants in pulumi.DependsOn",
			Types: []string{"gcp:cloudrunv2/service:Service", "aws:ecs/service:Service"}, Check: waits},
	}
}

// databasePath of the service answers 503 while the database is away.
const databasePath = "/health/ready"

// probed are the paths that a platform asks.
func probed(r plan.Resource) []any {
	if r.Type == amazonTargets {
		return []any{at(r.Inputs, "healthCheck.path")}
	}
	in := "template.containers."
	if r.Type == deployment {
		in = "spec.template.spec.containers."
	}
	return slices.Concat(each(r.Inputs, in+"startupProbe.httpGet.path"), each(r.Inputs, in+"readinessProbe.httpGet.path"),
		each(r.Inputs, in+"livenessProbe.httpGet.path"))
}

// masked holds the inputs that carry a value to be secret.
func masked(r plan.Resource, _ *plan.Plan) (wrong []string) {
	for _, name := range []string{"secretData", "secretString", "given"} {
		if value, set := r.Inputs[name]; set && value != plan.Secret {
			wrong = append(wrong, name+" is not marked as a secret")
		}
	}
	if data, set := r.Inputs["stringData"]; set && data != plan.Secret {
		object, _ := data.(map[string]any)
		for name, value := range object {
			wrong = append(wrong, when(value != plan.Secret, "stringData."+name+" is not marked as a secret")...)
		}
	}
	slices.Sort(wrong)
	return wrong
}

// parented finds what a cloud gets that no component is responsible for.
// Providers belong to the stack, and the proof to nobody; the target local is
// two processes and has no component.
func parented(r plan.Resource, _ *plan.Plan) []string {
	if strings.HasPrefix(r.Type, "pulumi:") || r.Type == "killrvideo:rollout:Gate" || r.Type == "killrvideo:local:Process" ||
		r.Type == "killrvideo:local:Front" || r.Type == "killrvideo:rollout:Wait" || r.Type == "killrvideo:secret:Random" || r.Type == "killrvideo:index:Owner" {
		return nil
	}
	return when(r.Parent == "", "it has no component as its parent")
}

// waits demands that a service comes after all that it reads at its start:
// neither Google nor Amazon orders that by itself.
func waits(r plan.Resource, in *plan.Plan) (wrong []string) {
	for _, other := range in.Resources {
		switch other.Type {
		case "gcp:secretmanager/secretVersion:SecretVersion", "gcp:secretmanager/secretIamMember:SecretIamMember",
			"aws:secretsmanager/secretVersion:SecretVersion", "aws:iam/rolePolicy:RolePolicy":
			if !slices.Contains(r.After, other.Label()) {
				wrong = append(wrong, fmt.Sprintf("it does not wait for %s", other.Label()))
			}
		}
	}
	return wrong
}
