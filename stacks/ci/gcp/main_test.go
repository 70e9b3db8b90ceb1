package main

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/policy/policytest"
)

const key = "projects/octo-project/locations/europe-west1/keyRings/pulumi/cryptoKeys/staging"

func settings(change map[string]string) plan.Stack {
	config := map[string]string{
		"owner": "octo-org", "repository": "videos", "ownerId": "42", "repositoryId": "4242", "googleProject": "octo-project",
		"environments": `["preview-staging","preview-prod"]`, "stateBucket": "octo-state", "keys": `{"preview-staging":"` + key + `"}`,
	}
	for name, value := range change {
		config[name] = value
	}
	stack := plan.Stack{Project: "killrvideo-ci-gcp", Name: "project", Config: map[string]string{}}
	for name, value := range config {
		stack.Config["killrvideo-ci-gcp:"+name] = value
	}
	return stack
}

func planned(t *testing.T) (all []plan.Resource) {
	t.Helper()
	made, err := plan.Run(program, settings(nil))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range made.Resources {
		if r.Component || strings.HasPrefix(r.Type, "pulumi:") {
			continue
		}
		if r.Parent != "infra:ci:GCP killrvideo-ci-gcp" {
			t.Errorf("%s is below %q", r.Label(), r.Parent)
		}
		all = append(all, r)
	}
	return all
}

// TestPreviewIdentities: the pool knows the jobs of two environments of one
// repository, by whole names and by numbers that are never given twice.
func TestPreviewIdentities(t *testing.T) {
	t.Parallel()
	const want = "assertion.repository_id == '4242' && assertion.repository_owner_id == '42' && assertion.sub in [" +
		"'repo:octo-org@42/videos@4242:environment:preview-staging', 'repo:octo-org/videos:environment:preview-staging', " +
		"'repo:octo-org@42/videos@4242:environment:preview-prod', 'repo:octo-org/videos:environment:preview-prod']"
	seen := 0
	for _, r := range planned(t) {
		if r.Type != "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider" {
			continue
		}
		seen++
		if r.Inputs["attributeCondition"] != want {
			t.Errorf("the pool lets in %v", r.Inputs["attributeCondition"])
		}
		if !reflect.DeepEqual(r.Inputs["oidc"], map[string]any{"issuerUri": "https://token.actions.githubusercontent.com"}) {
			t.Errorf("the pool believes %v", r.Inputs["oidc"])
		}
		mapping := map[string]any{"google.subject": "assertion.sub", "attribute.environment": "assertion.environment"}
		if !reflect.DeepEqual(r.Inputs["attributeMapping"], mapping) {
			t.Errorf("the pool calls a job %v", r.Inputs["attributeMapping"])
		}
	}
	if seen != 1 {
		t.Errorf("%d providers, want 1", seen)
	}
}

// TestWhatAPreviewMayDo is every right that the project grants. Production's
// environment has no key in this example, and so decrypts nothing.
func TestWhatAPreviewMayDo(t *testing.T) {
	t.Parallel()
	who := "principalSet://iam.googleapis.com/${github.name}/attribute.environment/"
	const objects = `"projects/_/buckets/octo-state/objects/.pulumi/`
	state := func(stack string) string {
		return `resource.type == "storage.googleapis.com/Bucket" || resource.name == ` + objects + `meta.yaml" || resource.name.startsWith(` +
			objects + `stacks/killrvideo/` + stack + `.") || resource.name.startsWith(` + objects + `history/killrvideo/` + stack +
			`/") || resource.name.startsWith(` + objects + `locks/organization/killrvideo/` + stack + `/")`
	}
	want := []string{
		who + "preview-prod roles/storage.objectViewer octo-state if " + state("prod"),
		who + "preview-staging roles/cloudkms.cryptoKeyDecrypter " + key,
		who + "preview-staging roles/storage.objectViewer octo-state if " + state("staging"),
	}
	var got []string
	for _, r := range planned(t) {
		switch r.Type {
		case "gcp:storage/bucketIAMMember:BucketIAMMember":
			condition, _ := r.Inputs["condition"].(map[string]any)
			expression, _ := condition["expression"].(string)
			got = append(
				got,
				strings.Join(
					[]string{r.Inputs["member"].(string), r.Inputs["role"].(string), r.Inputs["bucket"].(string), "if", expression},
					" ",
				),
			)
		case "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember":
			got = append(
				got,
				strings.Join([]string{r.Inputs["member"].(string), r.Inputs["role"].(string), r.Inputs["cryptoKeyId"].(string)}, " "),
			)
		case "gcp:iam/workloadIdentityPool:WorkloadIdentityPool", "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider":
		default:
			t.Errorf("%s may grant something that this test does not know", r.Label())
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("it grants\n%s", strings.Join(got, "\n"))
	}
}

// TestReviewed holds the plan to the policy and to the files beside.
// Rewrite them with: go test ./stacks/ci/gcp -update
func TestReviewed(t *testing.T) {
	t.Parallel()
	made, err := plan.Run(program, settings(nil))
	if err != nil {
		t.Fatal(err)
	}
	policytest.Plan(t, "testdata", made, nil)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ key, value, word string }{
		"a pattern":                    {"owner", "octo-*", "owner:"},
		"no environment":               {"environments", "", "environments:"},
		"one that deploys":             {"environments", `["deploy-prod"]`, "environment:"},
		"no list":                      {"environments", "prod", "environments:"},
		"a name too long":              {"environments", `["preview-` + strings.Repeat("a", 100) + `"]`, "127 bytes"},
		"no project":                   {"googleProject", "", "gcloud projects list"},
		"a bucket's address":           {"stateBucket", "gs://octo-state", "without gs://"},
		"a ring for a key":             {"keys", `{"preview-prod":"projects/p/locations/l/keyRings/r"}`, "keys:"},
		"a key without an environment": {"keys", `{"preview-dev":"` + key + `"}`, "keys:"},
		"a quote in a number":          {"repositoryId", "x' || 'x", "repositoryId:"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := plan.Run(program, settings(map[string]string{test.key: test.value}))
			if err == nil || !strings.Contains(err.Error(), test.word) {
				t.Errorf("got %v", err)
			}
		})
	}
}
