package cloudrun

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/secret"
)

// canary is made up for this test and opens nothing.
const canary = "canary-41d2c0ffee"

func scale() app.Scale {
	return app.Scale{MinInstances: 1, MaxInstances: 3, Concurrency: 80, CPU: "1", Memory: "512Mi"}
}

func settings() Settings {
	return Settings{Project: "example-project", Region: "europe-west1", Public: true}
}

// planned is what the target makes for an app with two secrets.
func planned(t *testing.T, environment, image string, s Settings) *plan.Plan {
	t.Helper()
	made, err := plan.Run(func(ctx *pulumi.Context) error {
		target, err := New("/checkout", environment, scale(), s)
		if err != nil {
			return err
		}
		reference, err := target.Image(ctx, image)
		if err != nil {
			return err
		}
		_, err = target.Deploy(ctx, app.App{
			Name: "killrvideo", Environment: environment, Probes: app.DefaultProbes(), Scale: scale(),
			Settings: map[string]string{"LOG_LEVEL": "INFO"},
			Secrets: []secret.Secret{
				secret.New("ASTRA_DB_APPLICATION_TOKEN", pulumi.String(canary)), secret.New("JWT_SECRET_KEY_PREVIOUS", pulumi.String("")),
			},
		}, reference)
		return err
	}, plan.Stack{Project: "killrvideo", Name: environment})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func find(t *testing.T, p *plan.Plan, kind string) []plan.Resource {
	t.Helper()
	var found []plan.Resource
	for _, r := range p.Resources {
		if r.Type == kind {
			found = append(found, r)
		}
	}
	if len(found) == 0 {
		t.Fatalf("the plan has no %s", kind)
	}
	return found
}

func TestEverythingIsBelowTheComponentAndNamedByTheEnvironment(t *testing.T) {
	t.Parallel()
	for _, r := range planned(t, "staging", "", settings()).Resources {
		if !strings.HasSuffix(r.Name, "-staging") {
			t.Errorf("%s does not bear the environment", r.Label())
		}
		if !r.Component && r.Parent != "killrvideo:target:CloudRun killrvideo-cloudrun-staging" && r.Type != "pulumi:providers:gcp" {
			t.Errorf("%s is below %q", r.Label(), r.Parent)
		}
		if r.DeleteFirst {
			t.Errorf("%s would be deleted before its replacement is there", r.Label())
		}
		if labels, ok := r.Inputs["labels"].(map[string]any); ok && labels["environment"] != "staging" {
			t.Errorf("%s has the labels %v", r.Label(), labels)
		}
	}
}

func TestTheServiceWaitsForItsSecretsAndTheRightToReadThem(t *testing.T) {
	t.Parallel()
	p := planned(t, "dev", "", settings())
	service := find(t, p, "gcp:cloudrunv2/service:Service")[0]
	for _, kind := range []string{"gcp:secretmanager/secretVersion:SecretVersion", "gcp:secretmanager/secretIamMember:SecretIamMember", "gcp:projects/service:Service"} {
		for _, needed := range find(t, p, kind) {
			if !slices.Contains(service.After, needed.Label()) {
				t.Errorf("the service does not wait for %s", needed.Label())
			}
		}
	}
}

// TestWhoMayDoWhat is every right that the plan grants: to whom, what, on what.
func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	p := planned(t, "dev", "", settings())
	for _, grant := range find(t, p, "gcp:secretmanager/secretIamMember:SecretIamMember") {
		if grant.Inputs["role"] != "roles/secretmanager.secretAccessor" || grant.Inputs["member"] != "serviceAccount:${killrvideo-account-dev.email}" ||
			grant.Inputs["secretId"] != grant.Name {
			t.Errorf("%s grants %v", grant.Name, grant.Inputs)
		}
	}
	public := find(t, p, "gcp:cloudrunv2/serviceIamMember:ServiceIamMember")[0]
	if public.Inputs["role"] != "roles/run.invoker" || public.Inputs["member"] != "allUsers" || public.Inputs["name"] != "killrvideo-dev" {
		t.Errorf("public access is %v", public.Inputs)
	}
	for _, r := range p.Resources {
		if strings.Contains(r.Type, "IamMember") || strings.Contains(r.Type, "IAM") {
			known := []string{"gcp:secretmanager/secretIamMember:SecretIamMember", "gcp:cloudrunv2/serviceIamMember:ServiceIamMember"}
			if !slices.Contains(known, r.Type) {
				t.Errorf("%s grants something that this table does not name", r.Label())
			}
		}
	}
}

func TestNobodyMayCallAServiceThatIsNotPublic(t *testing.T) {
	t.Parallel()
	private := settings()
	private.Public = false
	for _, r := range planned(t, "dev", "", private).Resources {
		if r.Inputs["member"] == "allUsers" || r.Inputs["member"] == "allAuthenticatedUsers" {
			t.Errorf("%s opens the service", r.Label())
		}
	}
}

func TestSecretsArePinnedAndKeptOutOfThePlan(t *testing.T) {
	t.Parallel()
	p := planned(t, "dev", "", settings())
	for _, version := range find(t, p, "gcp:secretmanager/secretVersion:SecretVersion") {
		if version.Inputs["secretData"] != plan.Secret || version.Inputs["deletionPolicy"] != "DISABLE" {
			t.Errorf("%s has %v", version.Name, version.Inputs)
		}
	}
	var text strings.Builder
	if err := p.Print(&text); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text.String(), canary) {
		t.Error("the plan shows a secret")
	}
	if strings.Contains(text.String(), "version: latest") || strings.Count(text.String(), ".version}") < 2 {
		t.Errorf("the service's secrets are not pinned:\n%s", text.String())
	}
}

func TestProductionIsProtectedAndAnImageCanBeGiven(t *testing.T) {
	t.Parallel()
	given := "europe-west1-docker.pkg.dev/p/r/killrvideo@sha256:" + strings.Repeat("0", 64)
	p := planned(t, "prod", given, settings())
	if service := find(t, p, "gcp:cloudrunv2/service:Service")[0]; !service.Protect {
		t.Error("the service of prod is not protected")
	}
	for _, r := range p.Resources {
		if r.Type == "docker-build:index:Image" || r.Type == "gcp:artifactregistry/repository:Repository" {
			t.Errorf("%s is made although the image is given", r.Label())
		}
	}
	if find(t, planned(t, "dev", given, settings()), "gcp:cloudrunv2/service:Service")[0].Protect {
		t.Error("the service of dev is protected")
	}
}

func TestTheNewestRevisionMustBeTheReadyOne(t *testing.T) {
	t.Parallel()
	if _, err := newest("killrvideo-dev-00002", "killrvideo-dev-00001"); err == nil || !strings.Contains(err.Error(), "00002") {
		t.Errorf("an old revision passes: %v", err)
	}
	if got, err := newest("killrvideo-dev-00002", "killrvideo-dev-00002"); err != nil || got != "killrvideo-dev-00002" {
		t.Errorf("got %s, %v", got, err)
	}
}
