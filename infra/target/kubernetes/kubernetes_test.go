package kubernetes

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
const canary = "canary-7c0ffee41d2"

const given = "ghcr.io/example/killrvideo@sha256:0000000000000000000000000000000000000000000000000000000000000000"

func scale() app.Scale {
	return app.Scale{MinInstances: 2, MaxInstances: 5, Concurrency: 80, CPU: "0.5", Memory: "512Mi"}
}

func settings() Settings {
	return Settings{Host: "api.example.org", Repository: "ghcr.io/example/killrvideo"}
}

func build() Build { return Build{Checkout: "/checkout", Secret: true} }

// planned is what the target makes for an app with two secrets.
func planned(t *testing.T, environment, image string, s Settings) *plan.Plan {
	t.Helper()
	made, err := plan.Run(func(ctx *pulumi.Context) error {
		target, err := New(build(), environment, scale(), s)
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
		if r.Inputs["kind"] == kind {
			found = append(found, r)
		}
	}
	if len(found) == 0 {
		t.Fatalf("the plan has no %s", kind)
	}
	return found
}

// at follows a path of keys through nested inputs.
func at(value any, path ...string) any {
	for _, key := range path {
		fields, _ := value.(map[string]any)
		value = fields[key]
	}
	return value
}

func TestEverythingIsBelowTheComponentAndNamedByTheEnvironment(t *testing.T) {
	t.Parallel()
	for _, r := range planned(t, "staging", "", settings()).Resources {
		if !strings.HasSuffix(r.Name, "-staging") {
			t.Errorf("%s does not bear the environment", r.Label())
		}
		if !r.Component && r.Parent != "killrvideo:target:Kubernetes killrvideo-kubernetes-staging" && r.Type != "pulumi:providers:kubernetes" {
			t.Errorf("%s is below %q", r.Label(), r.Parent)
		}
		if r.DeleteFirst {
			t.Errorf("%s would be deleted before its replacement is there", r.Label())
		}
		if r.Inputs["kind"] == nil {
			continue
		}
		if at(r.Inputs, "metadata", "labels", "environment") != "staging" {
			t.Errorf("%s has the labels %v", r.Label(), at(r.Inputs, "metadata", "labels"))
		}
		if name, _ := at(r.Inputs, "metadata", "name").(string); name != "" && name != "killrvideo-staging" {
			t.Errorf("%s is called %s", r.Label(), name)
		}
	}
}

func TestSecretsAndSettingsAreImmutableAndPulumiNamesThem(t *testing.T) {
	t.Parallel()
	p := planned(t, "dev", given, settings())
	for _, r := range slices.Concat(find(t, p, "Secret"), find(t, p, "ConfigMap")) {
		if r.Inputs["immutable"] != true || at(r.Inputs, "metadata", "name") != nil {
			t.Errorf("%s: immutable %v, name %v", r.Label(), r.Inputs["immutable"], at(r.Inputs, "metadata", "name"))
		}
	}
	var text strings.Builder
	if err := p.Print(&text); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text.String(), canary) {
		t.Error("the plan shows a secret")
	}
}

func TestTheDeploymentWaitsForItsWallsAndItsSecrets(t *testing.T) {
	t.Parallel()
	p := planned(t, "dev", given, settings())
	deployment := find(t, p, "Deployment")[0]
	for _, kind := range []string{"NetworkPolicy", "Secret", "ConfigMap", "ServiceAccount"} {
		for _, needed := range find(t, p, kind) {
			if !slices.Contains(deployment.After, needed.Label()) {
				t.Errorf("the Deployment does not wait for %s, but for %v", needed.Label(), deployment.After)
			}
		}
	}
	if service := find(t, p, "Service")[0]; !slices.Contains(service.After, deployment.Label()) {
		t.Errorf("the Service does not wait for the Deployment, but for %v", service.After)
	}
}

func TestNobodyGetsARightInTheCluster(t *testing.T) {
	t.Parallel()
	p := planned(t, "dev", given, settings())
	for _, r := range p.Resources {
		if strings.Contains(r.Type, "rbac") {
			t.Errorf("%s grants something", r.Label())
		}
	}
	if find(t, p, "ServiceAccount")[0].Inputs["automountServiceAccountToken"] != false {
		t.Error("the account's token is mounted")
	}
}

func TestThePrivateRegistrysSecretIsKeptOutOfThePlan(t *testing.T) {
	t.Parallel()
	private := settings()
	private.DockerConfig = `{"auths":{"ghcr.io":{"auth":"` + canary + `"}}}`
	p := planned(t, "dev", given, private)
	if secrets := find(t, p, "Secret"); len(secrets) != 2 {
		t.Errorf("got %d secrets", len(secrets))
	}
	var text strings.Builder
	if err := p.Print(&text); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text.String(), canary) || at(find(t, p, "ServiceAccount")[0].Inputs, "imagePullSecrets") == nil {
		t.Error("the plan shows the registry's secret, or the account does not use it")
	}
}

func TestProductionIsProtected(t *testing.T) {
	t.Parallel()
	for environment, want := range map[string]bool{"prod": true, "dev": false} {
		if got := find(t, planned(t, environment, given, settings()), "Namespace")[0].Protect; got != want {
			t.Errorf("%s: protected %v", environment, got)
		}
	}
}

func TestAnAddressOfALoadBalancer(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"lb.example.org": true, "": false} {
		got, err := addressOf(loadBalancer(name))
		if (err == nil) != want || want && got != "http://"+name {
			t.Errorf("%q gives %q, %v", name, got, err)
		}
	}
}
