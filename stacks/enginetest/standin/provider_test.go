package standin

import (
	"strings"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

func object(kind, name string) resource.URN {
	return resource.URN("urn:pulumi:dev::killrvideo::" + kind + "::" + name)
}

func str(text string) property.Value { return property.New(text) }

func data(value string) property.Map {
	return property.NewMap(map[string]property.Value{"data": property.New(map[string]property.Value{"key": str(value)})})
}

// TestNamesOfObjects: one that the provider named keeps its name, unless it is
// replaced; a replacement of one with a given name is deleted first.
func TestNamesOfObjects(t *testing.T) {
	t.Parallel()
	c, _ := Start(t, Cluster())
	urn := object("kubernetes:core/v1:ConfigMap", "settings")
	check := func(old, inputs property.Map) property.Map {
		answer, err := c.check(t.Context(), p.CheckRequest{Urn: urn, State: old, Inputs: inputs})
		if err != nil {
			t.Fatal(err)
		}
		return answer.Inputs
	}
	name := func(m property.Map) string { return m.Get("metadata").AsMap().Get("name").AsString() }
	first := check(property.Map{}, data("1"))
	if kept, fresh := check(first, data("2")), check(property.Map{}, data("2")); name(kept) != name(first) || name(fresh) == name(first) {
		t.Errorf("first %s, kept %s, fresh %s", name(first), name(kept), name(fresh))
	}
	diff := func(old, inputs property.Map) p.DiffResponse {
		answer, err := c.diff(t.Context(), p.DiffRequest{Urn: urn, OldInputs: old, Inputs: inputs})
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	if d := diff(first, check(first, data("2"))); d.DeleteBeforeReplace || d.DetailedDiff["data"].Kind != p.UpdateReplace {
		t.Errorf("one with a made-up name: %+v", d)
	}
	given := func(value string) property.Map {
		return data(value).Set("metadata", property.New(map[string]property.Value{"name": str("settings")}))
	}
	if d := diff(given("1"), check(given("1"), given("2"))); !d.DeleteBeforeReplace {
		t.Errorf("one with a given name: %+v", d)
	}
	if d := diff(first, check(first, data("1"))); d.HasChanges {
		t.Errorf("the same again: %+v", d)
	}
}

// TestSecretsStayOutside: what is marked is kept as a hash, what is not marked
// is noted.
func TestSecretsStayOutside(t *testing.T) {
	t.Parallel()
	marked := property.NewMap(map[string]property.Value{"stringData": property.New(map[string]property.Value{
		"TOKEN": str(Canary).WithSecret(true),
	})})
	if kept := text(plainMap(marked), "stringData", "TOKEN"); !strings.HasPrefix(kept, "secret ") || strings.Contains(kept, Canary) {
		t.Errorf("kept as %q", kept)
	}
	c, _ := Start(t, Cluster())
	ask := func(inputs property.Map) []string {
		urn := object("kubernetes:core/v1:Secret", "secrets")
		if _, err := c.check(t.Context(), p.CheckRequest{Urn: urn, Inputs: inputs}); err != nil {
			t.Fatal(err)
		}
		return c.Broken()
	}
	if broken := ask(marked); len(broken) != 0 {
		t.Errorf("a marked one: %v", broken)
	}
	clear := property.NewMap(map[string]property.Value{"args": property.New([]property.Value{str("--token=" + Canary)})})
	if broken := ask(clear); len(broken) != 1 || strings.Contains(broken[0], Canary) {
		t.Errorf("one in plaintext: %v", broken)
	}
}

// TestInputsAreHeldToFacts: what lacks an input is refused, and what a provider
// keeps secret is marked whatever the program says.
func TestInputsAreHeldToFacts(t *testing.T) {
	t.Parallel()
	c, _ := Start(t, Google())
	urn := object("gcp:secretmanager/secretVersion:SecretVersion", "key")
	ask := func(inputs property.Map) p.CheckResponse {
		answer, err := c.check(t.Context(), p.CheckRequest{Urn: urn, Inputs: inputs})
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	bare := ask(property.NewMap(map[string]property.Value{"secret": str("key"), "secretData": property.New(property.Null)}))
	if len(bare.Failures) != 1 || bare.Failures[0].Property != "secretData" {
		t.Errorf("one without data: %+v", bare.Failures)
	}
	whole := ask(property.NewMap(map[string]property.Value{"secret": str("key"), "secretData": str("plain")}))
	if len(whole.Failures) != 0 || !whole.Inputs.Get("secretData").Secret() || whole.Inputs.Get("secret").Secret() {
		t.Errorf("one with data: %+v", whole)
	}
}

// TestANestedInputReplaces: a Deployment whose selector changes is another one.
func TestANestedInputReplaces(t *testing.T) {
	t.Parallel()
	c, _ := Start(t, Cluster())
	deployment := func(app, image string) property.Map {
		return property.NewMap(map[string]property.Value{"spec": property.New(map[string]property.Value{
			"selector": property.New(map[string]property.Value{"app": str(app)}), "image": str(image),
		})})
	}
	for _, test := range []struct {
		now  property.Map
		path string
		want p.DiffKind
	}{
		{deployment("a", "2"), "spec", p.Update}, {deployment("b", "1"), "spec.selector", p.UpdateReplace},
	} {
		answer, err := c.diff(t.Context(), p.DiffRequest{
			Urn: object("kubernetes:apps/v1:Deployment", "api"), OldInputs: deployment("a", "1"), Inputs: test.now,
		})
		if err != nil || answer.DetailedDiff[test.path].Kind != test.want {
			t.Errorf("%s: %+v, %v", test.path, answer.DetailedDiff, err)
		}
	}
}

func TestASecretWithoutAValueIsRefused(t *testing.T) {
	t.Parallel()
	c, _ := Start(t, Amazon())
	for value, refused := range map[string]bool{"": true, " ": false} {
		_, err := c.create(t.Context(), p.CreateRequest{
			Urn:        object("aws:secretsmanager/secretVersion:SecretVersion", "previous"),
			Properties: property.NewMap(map[string]property.Value{"secretId": str("arn:s"), "secretString": str(value).WithSecret(true)}),
		})
		if (err != nil) != refused {
			t.Errorf("%q: %v", value, err)
		}
	}
}
