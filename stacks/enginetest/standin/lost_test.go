package standin

import (
	"slices"
	"strings"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// TestWhatWasDeletedByHandIs404: for an update of it, and for something new in it.
func TestWhatWasDeletedByHandIs404(t *testing.T) {
	t.Parallel()
	c, first := account(t)
	if err := c.put("create", first); err != nil {
		t.Fatal(err)
	}
	const version = "gcp:secretmanager/secretVersion:SecretVersion"
	if lost := c.Lose(t, googleSecret); !slices.Contains(lost, version) {
		t.Errorf("lost was %v, want the version too", lost)
	}
	another := p.CreateRequest{Urn: object(version, "key"), Properties: property.NewMap(map[string]property.Value{
		"secret": str("projects/example-project/secrets/key"), "secretData": str("generated").WithSecret(true),
	})}
	if _, err := c.create(t.Context(), another); err == nil || !strings.Contains(err.Error(), "Error 404") {
		t.Errorf("a version of a secret that is gone: %v", err)
	}
	// Made again under its name, the secret counts from one.
	made(t, c, googleSecret, "key", map[string]any{"secretId": "key"})
	if answer, err := c.create(t.Context(), another); err != nil || answer.Properties.Get("version").AsString() != "1" {
		t.Errorf("its first version is %v: %v", answer.Properties.Get("version"), err)
	}
	c.Lose(t, first.Type)
	if answered(t, c) != "" {
		t.Error("a service that is gone answers")
	}
	change := p.UpdateRequest{
		ID: first.ID, Urn: object(first.Type, "api"), Inputs: property.NewMap(map[string]property.Value{"name": str("api")}),
	}
	if _, err := c.update(t.Context(), change); err == nil || !strings.Contains(err.Error(), "Error 404") {
		t.Errorf("a change of what is gone: %v", err)
	}
}

// TestComplaintsAreWorded as by the providers: Terraform's twice and in a list.
func TestComplaintsAreWorded(t *testing.T) {
	t.Parallel()
	for cloud, kind := range map[string]Kind{"1 error occurred:\n\t* updating urn:": Google(), "by the Kubernetes API server: ": Cluster()} {
		c, _ := Start(t, kind)
		c.Deny("update", kind.Service, "quota exceeded")
		c.things = append(c.things, Thing{Type: kind.Service, ID: "it"})
		_, err := c.update(t.Context(), p.UpdateRequest{ID: "it", Urn: object(kind.Service, "it")})
		if err == nil || !strings.Contains(err.Error(), cloud) || !strings.Contains(err.Error(), "quota exceeded") {
			t.Errorf("%s: %v", kind.Package, err)
		}
	}
}
