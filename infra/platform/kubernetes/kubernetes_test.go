package kubernetes

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/platform"
	"github.com/killrvideo/killrvideo-go/infra/platform/platformtest"
	"github.com/killrvideo/killrvideo-go/infra/secret"
)

const given = "ghcr.io/example/shop@sha256:0000000000000000000000000000000000000000000000000000000000000000"

func scale() app.Scale {
	return app.Scale{MinInstances: 2, MaxInstances: 5, CPU: "0.5", Memory: "512Mi"}
}

func settings() Settings {
	return Settings{Host: "api.example.org", Repository: "ghcr.io/example/shop", CallersNamespace: "ingress-nginx", Encrypted: true}
}

// at follows a path of keys through nested inputs.
func at(value any, path ...string) any {
	for _, key := range path {
		fields, _ := value.(map[string]any)
		value = fields[key]
	}
	return value
}

func planned(t *testing.T, environment, image string, s Settings) *plan.Plan {
	t.Helper()
	return platformtest.Planned(t, environment, image, scale(), func(a app.App) (platform.Platform, error) { return New(a, s, nil) })
}

// find gives the objects of a kind.
func find(t *testing.T, p *plan.Plan, kind string) []plan.Resource {
	t.Helper()
	return platformtest.Where(t, p, kind, func(r plan.Resource) bool { return r.Inputs["kind"] == kind })
}

func TestEverythingIsBelowTheComponentAndNamedByTheEnvironment(t *testing.T) {
	t.Parallel()
	p := planned(t, "staging", "", settings())
	platformtest.Promises(t, p, "staging", "infra:kubernetes:Service shop-kubernetes-staging")
	for _, r := range p.Resources {
		if r.Inputs["kind"] == nil {
			continue
		}
		if at(r.Inputs, "metadata", "labels", "environment") != "staging" {
			t.Errorf("%s has the labels %v", r.Label(), at(r.Inputs, "metadata", "labels"))
		}
		if name, _ := at(r.Inputs, "metadata", "name").(string); name != "" && name != "shop-staging" {
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
}

// TestNoPinIsMadeOfAValue: a short secret could be guessed from it.
func TestNoPinIsMadeOfAValue(t *testing.T) {
	t.Parallel()
	if pinOf(t, "open") != pinOf(t, "sesame") {
		t.Error("the version of a secret tells one value from another")
	}
}

// pinOf is the version of a secret before any cluster has named it.
func pinOf(t *testing.T, value string) string {
	t.Helper()
	found := make(chan string, 1)
	platformtest.Run(t, "dev", func(ctx *pulumi.Context) error {
		made, err := NewSecrets(ctx, "secrets", &SecretsArgs{
			App: "shop", Environment: "dev", Namespace: pulumi.String("shop-dev"),
			Secrets: []secret.Secret{secret.New("METRICS_TOKEN", pulumi.String(value))},
		})
		if err != nil {
			return err
		}
		made.Pins[0].Version.ApplyT(func(version string) string { found <- version; return version })
		return nil
	})
	return <-found
}

func TestTheDeploymentWaitsForPoliciesAndSecrets(t *testing.T) {
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

func TestNoRightInTheClusterIsGranted(t *testing.T) {
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

func TestTheRegistrysLoginIsNotInThePlan(t *testing.T) {
	t.Parallel()
	private := settings()
	private.DockerConfig = `{"auths":{"ghcr.io":{"auth":"` + platformtest.Canary + `"}}}`
	p := planned(t, "dev", given, private)
	if secrets := find(t, p, "Secret"); len(secrets) != 2 {
		t.Errorf("got %d secrets", len(secrets))
	}
	text := platformtest.Printed(t, p)
	if strings.Contains(text, platformtest.Canary) || at(find(t, p, "ServiceAccount")[0].Inputs, "imagePullSecrets") == nil {
		t.Error("the plan shows the registry's secret, or the account does not use it")
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
