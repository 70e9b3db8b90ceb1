package cloudrun

import (
	"slices"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/target"
	"github.com/killrvideo/killrvideo-go/infra/target/targettest"
)

func scale() app.Scale {
	return app.Scale{MinInstances: 1, MaxInstances: 3, Concurrency: 80, CPU: "1", Memory: "512Mi"}
}

func settings() Settings {
	return Settings{Project: "example-project", Region: "europe-west1", Public: true}
}

func planned(t *testing.T, environment, image string, s Settings) *plan.Plan {
	t.Helper()
	return targettest.Planned(t, environment, image, scale(), func() (target.Target, error) { return New("/checkout", environment, scale(), s) })
}

func TestEverythingIsBelowTheComponentAndNamedByTheEnvironment(t *testing.T) {
	t.Parallel()
	p := planned(t, "staging", "", settings())
	targettest.Kept(t, p, "staging", "killrvideo:target:CloudRun killrvideo-cloudrun-staging")
	for _, r := range p.Resources {
		if labels, ok := r.Inputs["labels"].(map[string]any); ok && labels["environment"] != "staging" {
			t.Errorf("%s has the labels %v", r.Label(), labels)
		}
	}
}

func TestTheServiceWaitsForItsSecretsAndTheRightToReadThem(t *testing.T) {
	t.Parallel()
	p := planned(t, "dev", "", settings())
	service := targettest.Find(t, p, "gcp:cloudrunv2/service:Service")[0]
	for _, kind := range []string{"gcp:secretmanager/secretVersion:SecretVersion", "gcp:secretmanager/secretIamMember:SecretIamMember", "gcp:projects/service:Service"} {
		for _, needed := range targettest.Find(t, p, kind) {
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
	for _, grant := range targettest.Find(t, p, "gcp:secretmanager/secretIamMember:SecretIamMember") {
		if grant.Inputs["role"] != "roles/secretmanager.secretAccessor" || grant.Inputs["member"] != "serviceAccount:${killrvideo-account-dev.email}" ||
			grant.Inputs["secretId"] != grant.Name {
			t.Errorf("%s grants %v", grant.Name, grant.Inputs)
		}
	}
	public := targettest.Find(t, p, "gcp:cloudrunv2/serviceIamMember:ServiceIamMember")[0]
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

func TestSecretsArePinned(t *testing.T) {
	t.Parallel()
	p := planned(t, "dev", "", settings())
	for _, version := range targettest.Find(t, p, "gcp:secretmanager/secretVersion:SecretVersion") {
		if version.Inputs["secretData"] != plan.Secret || version.Inputs["deletionPolicy"] != "DISABLE" {
			t.Errorf("%s has %v", version.Name, version.Inputs)
		}
	}
	text := targettest.Printed(t, p)
	if strings.Contains(text, "version: latest") || strings.Count(text, ".version}") < 2 {
		t.Errorf("the service's secrets are not pinned:\n%s", text)
	}
}

func TestProductionIsProtectedAndAnImageCanBeGiven(t *testing.T) {
	t.Parallel()
	given := "europe-west1-docker.pkg.dev/p/r/killrvideo@sha256:" + strings.Repeat("0", 64)
	p := planned(t, "prod", given, settings())
	if service := targettest.Find(t, p, "gcp:cloudrunv2/service:Service")[0]; !service.Protect {
		t.Error("the service of prod is not protected")
	}
	for _, r := range p.Resources {
		if r.Type == "docker-build:index:Image" || r.Type == "gcp:artifactregistry/repository:Repository" {
			t.Errorf("%s is made although the image is given", r.Label())
		}
	}
	if targettest.Find(t, planned(t, "dev", given, settings()), "gcp:cloudrunv2/service:Service")[0].Protect {
		t.Error("the service of dev is protected")
	}
}

func TestTheNewestRevisionMustBeTheReadyOne(t *testing.T) {
	t.Parallel()
	made := &Target{settings: settings()}
	const service = "projects/example-project/locations/europe-west1/services/killrvideo-dev/revisions/"
	_, err := made.newest("dev", service+"killrvideo-dev-00002", service+"killrvideo-dev-00001")
	if err == nil {
		t.Fatal("an old revision passes")
	}
	for _, word := range []string{
		"made revision killrvideo-dev-00002 in europe-west1 of project example-project", "ready is killrvideo-dev-00001",
		"gcloud run revisions describe killrvideo-dev-00002 --region europe-west1 --project example-project", "config set redeploy",
	} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("it does not say %q: %v", word, err)
		}
	}
	if got, err := made.newest("dev", service+"1", service+"1"); err != nil || got != service+"1" {
		t.Errorf("got %s, %v", got, err)
	}
}

// TestBackgroundWorkHasAProcessor where an instance is there all the time.
func TestBackgroundWorkHasAProcessor(t *testing.T) {
	t.Parallel()
	off := false
	for name, test := range map[string]struct {
		fewest    int
		setting   *bool
		throttled bool
	}{"kept warm": {1, nil, false}, "scaled to zero": {0, nil, true}, "as the stack says": {2, &off, true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, size := settings(), scale()
			s.AlwaysCPU, size.MinInstances = test.setting, test.fewest
			p := targettest.Planned(t, "dev", "", size, func() (target.Target, error) { return New("/checkout", "dev", size, s) })
			template, _ := targettest.Find(t, p, "gcp:cloudrunv2/service:Service")[0].Inputs["template"].(map[string]any)
			container, _ := template["containers"].([]any)[0].(map[string]any)
			resources, _ := container["resources"].(map[string]any)
			if resources["cpuIdle"] != test.throttled {
				t.Errorf("cpuIdle is %v", resources["cpuIdle"])
			}
		})
	}
}
