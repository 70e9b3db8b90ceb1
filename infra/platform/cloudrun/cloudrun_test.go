package cloudrun

import (
	"slices"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/platform/platformtest"
)

func scale() app.Scale {
	return app.Scale{MinInstances: 1, MaxInstances: 3, Concurrency: 80, CPU: "1", Memory: "512Mi"}
}

func settings() Settings {
	return Settings{Project: "example-project", Region: "europe-west1", Public: true}
}

func planned(t *testing.T, environment, image string, s Settings) *plan.Plan {
	t.Helper()
	return platformtest.Planned(t, environment, image, scale(), func(a app.App) (platform.Platform, error) { return New(a, s) })
}

func TestEverythingIsBelowTheComponentAndNamedByTheEnvironment(t *testing.T) {
	t.Parallel()
	p := planned(t, "staging", "", settings())
	platformtest.Promises(t, p, "staging", "infra:cloudrun:Service shop-cloudrun-staging")
	for _, r := range p.Resources {
		if labels, ok := r.Inputs["labels"].(map[string]any); ok && labels["environment"] != "staging" {
			t.Errorf("%s has the labels %v", r.Label(), labels)
		}
	}
}

func TestTheServiceWaitsForItsSecretsAndTheRightToReadThem(t *testing.T) {
	t.Parallel()
	p := planned(t, "dev", "", settings())
	service := platformtest.Find(t, p, "gcp:cloudrunv2/service:Service")[0]
	for _, kind := range []string{
		"gcp:secretmanager/secretVersion:SecretVersion", "gcp:secretmanager/secretIamMember:SecretIamMember", "gcp:projects/service:Service",
	} {
		for _, needed := range platformtest.Find(t, p, kind) {
			if !slices.Contains(service.After, needed.Label()) {
				t.Errorf("the service does not wait for %s", needed.Label())
			}
		}
	}
}

// TestPermissions is every right that the plan grants: to whom, what, on what.
func TestPermissions(t *testing.T) {
	t.Parallel()
	p := planned(t, "dev", "", settings())
	for _, grant := range platformtest.Find(t, p, "gcp:secretmanager/secretIamMember:SecretIamMember") {
		if grant.Inputs["role"] != "roles/secretmanager.secretAccessor" ||
			grant.Inputs["member"] != "serviceAccount:${shop-account-dev.email}" ||
			grant.Inputs["secretId"] != grant.Name {
			t.Errorf("%s grants %v", grant.Name, grant.Inputs)
		}
	}
	public := platformtest.Find(t, p, "gcp:cloudrunv2/serviceIamMember:ServiceIamMember")[0]
	if public.Inputs["role"] != "roles/run.invoker" || public.Inputs["member"] != "allUsers" || public.Inputs["name"] != "shop-dev" {
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

func TestAServiceThatIsNotPublicHasNoCallers(t *testing.T) {
	t.Parallel()
	private := settings()
	private.Public = false
	for _, r := range planned(t, "dev", "", private).Resources {
		if r.Inputs["member"] == "allUsers" || r.Inputs["member"] == "allAuthenticatedUsers" {
			t.Errorf("%s makes the service public", r.Label())
		}
	}
}

func TestSecretsArePinned(t *testing.T) {
	t.Parallel()
	p := planned(t, "dev", "", settings())
	for _, version := range platformtest.Find(t, p, "gcp:secretmanager/secretVersion:SecretVersion") {
		if version.Inputs["secretData"] != plan.Secret || version.Inputs["deletionPolicy"] != "DISABLE" {
			t.Errorf("%s has %v", version.Name, version.Inputs)
		}
	}
	text := platformtest.Printed(t, p)
	if strings.Contains(text, "version: latest") || strings.Count(text, ".version}") < 2 {
		t.Errorf("the service's secrets are not pinned:\n%s", text)
	}
}

func TestAnImageCanBeGiven(t *testing.T) {
	t.Parallel()
	given := "europe-west1-docker.pkg.dev/p/r/shop@sha256:" + strings.Repeat("0", 64)
	p := planned(t, "prod", given, settings())
	for _, r := range p.Resources {
		if r.Type == "docker-build:index:Image" || r.Type == "gcp:artifactregistry/repository:Repository" {
			t.Errorf("%s is made although the image is given", r.Label())
		}
	}
}

func TestTheNewestRevisionMustBeTheReadyOne(t *testing.T) {
	t.Parallel()
	const service = "projects/example-project/locations/europe-west1/services/shop-dev/revisions/"
	_, err := newest(
		platformtest.App("dev", "", scale()), service+"shop-dev-00002", service+"shop-dev-00001", "example-project",
		"europe-west1",
	)
	if err == nil {
		t.Fatal("an old revision passes")
	}
	for _, word := range []string{
		"made revision shop-dev-00002 in europe-west1 of project example-project", "ready is shop-dev-00001",
		"gcloud run revisions describe shop-dev-00002 --region europe-west1 --project example-project", "config set redeploy",
	} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("it does not say %q: %v", word, err)
		}
	}
	if got, err := newest(app.App{}, service+"1", service+"1", "", ""); err != nil || got != service+"1" {
		t.Errorf("got %s, %v", got, err)
	}
}

// TestBackgroundWorkHasAProcessor where an instance runs all the time.
func TestBackgroundWorkHasAProcessor(t *testing.T) {
	t.Parallel()
	on, off := true, false
	for name, test := range map[string]struct {
		fewest    int
		setting   *bool
		throttled bool
		requested bool // has to be, by a schedule
	}{
		"kept warm": {1, nil, false, false}, "scaled to zero": {0, nil, true, true}, "as the stack says": {2, &off, true, true},
		"a processor, scaled to zero": {0, &on, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, size := settings(), scale()
			s.AlwaysCPU, size.MinInstances = test.setting, test.fewest
			p := platformtest.Planned(t, "dev", "", size, func(a app.App) (platform.Platform, error) { return New(a, s) })
			template, _ := platformtest.Find(t, p, "gcp:cloudrunv2/service:Service")[0].Inputs["template"].(map[string]any)
			container, _ := template["containers"].([]any)[0].(map[string]any)
			resources, _ := container["resources"].(map[string]any)
			made, err := New(platformtest.App("dev", "", size), s)
			if err != nil || made.Intermittent() != test.requested {
				t.Errorf("background work has to be requested: %v, %v", !test.requested, err)
			}
			if resources["cpuIdle"] != test.throttled {
				t.Errorf("cpuIdle is %v", resources["cpuIdle"])
			}
		})
	}
}
