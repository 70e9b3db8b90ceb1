package policy

import "strings"

// cloudRunValueExamples are values that the provider takes and Google refuses,
// or takes otherwise than meant.
func cloudRunValueExamples() []example {
	const container = "template.containers."
	const grant, store, account = "gcp:secretmanager/secretIamMember:SecretIamMember", "gcp:secretmanager/secret:Secret", "gcp:serviceaccount/account:Account"
	return []example{
		{"Cloud Run offers the size", runService, container + "resources.limits.cpu", "3"},
		{"Cloud Run offers the size", runService, container + "resources.limits.cpu", "0.5"},
		{"Cloud Run offers the size", runService, container + "resources.limits.cpu", "many"},
		{"Cloud Run offers the size", runService, container + "resources.limits.memory", "64Mi"},
		{"Cloud Run offers the size", runService, container + "resources.limits.memory", "banana"},
		{"Cloud Run offers the size", runService, container + "resources.limits.memory", "8Gi"},
		{"Cloud Run has the port", runService, container + "ports.containerPort", float64(99999)},
		{"Cloud Run has the port", runService, container + "ports.name", "web"},
		{"Cloud Run has the port", runService, container + "ports", nil},
		{"a probe ends within its period", runService, container + "startupProbe.timeoutSeconds", float64(4)},
		{"a probe ends within its period", runService, container + "livenessProbe.periodSeconds", float64(1)},
		{"Cloud Run can count the instances", runService, "template.scaling.minInstanceCount", float64(4)},
		{"Cloud Run can count the instances", runService, "template.scaling.minInstanceCount", float64(-1)},
		{"traffic goes to the newest revision", runService, "traffics.percent", float64(101)},
		{"a request ends within the hour", runService, "template.timeout", "3601s"},
		{"a request ends within the hour", runService, "template.timeout", "1m"},
		{"Google takes the names", runService, "name", "Killrvideo"},
		{"Google takes the names", runService, "name", strings.Repeat("a", 50)},
		{"Google takes the names", googleRepository, "repositoryId", "kill_r"},
		{"Google takes the names", store, "secretId", "a b"},
		{"Google takes the names", account, "accountId", "api"},
		{"Google has the region", runService, "location", "europe-west1-b"},
		{"Google has the region", googleRepository, "location", "banana"},
		{"the repository is for images", googleRepository, "format", "docker"},
		{"Google takes the labels", store, "labels", map[string]any{"Team": "video"}},
		{"Google takes the labels", runService, "template.labels", map[string]any{"team": "Video Two"}},
		{"who gets a role is named in full", grant, "member", "sa:api@example.iam.gserviceaccount.com"},
		{"who gets a role is named in full", grant, "member", "serviceAccount:"},
		{"no basic role", grant, "role", "secretmanager.secretAccessor"},
		{"Cloud Run's variables have names", runService, container + "envs.name", "9-LIVES"},
		{"Cloud Run's variables have names", runService, container + "envs.name", "PORT"},
		{"Cloud Run runs a digest", runService, container + "image", ""},
		{"an old secret version is kept", "gcp:secretmanager/secretVersion:SecretVersion", "deletionPolicy", "KEEP"},
	}
}
