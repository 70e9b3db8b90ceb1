package provider_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"gopkg.in/yaml.v3"
)

func TestThePackageIsPublishable(t *testing.T) {
	t.Parallel()
	spec := packageSchema(t)
	for what, text := range map[string]string{
		"name": spec.Name, "version": spec.Version, "display name": spec.DisplayName, "description": spec.Description,
		"publisher": spec.Publisher, "licence": spec.License, "homepage": spec.Homepage, "repository": spec.Repository,
		"plugin download address": spec.PluginDownloadURL,
	} {
		if text == "" {
			t.Errorf("the package has no %s", what)
		}
	}
	if spec.Name != "astradb" || !strings.HasPrefix(spec.PluginDownloadURL, "github://api.github.com/") {
		t.Errorf("the package is %s from %s", spec.Name, spec.PluginDownloadURL)
	}
	for _, token := range slices.Concat(slices.Collect(maps.Keys(spec.Resources)), slices.Collect(maps.Keys(spec.Functions)),
		slices.Collect(maps.Keys(spec.Types))) {
		if !strings.HasPrefix(token, "astradb:index:") {
			t.Errorf("%s is in another module", token)
		}
	}
}

func TestEverythingIsDescribed(t *testing.T) {
	t.Parallel()
	spec := packageSchema(t)
	described := func(what string, properties map[string]schema.PropertySpec) {
		for name, property := range properties {
			if property.Description == "" {
				t.Errorf("%s: %s is not described", what, name)
			}
		}
	}
	described("the configuration", spec.Config.Variables)
	for token, typ := range spec.Types {
		described(token, typ.Properties)
	}
	for token, resource := range spec.Resources {
		described(token, resource.Properties)
		described(token, resource.InputProperties)
		exampled(t, token, resource.Description)
	}
	for token, function := range spec.Functions {
		described(token, function.Inputs.Properties)
		described(token, function.ReturnType.ObjectTypeSpec.Properties)
		exampled(t, token, function.Description)
	}
}

// exampled asks for a description that says more than the name, and a program.
func exampled(t *testing.T, token, description string) {
	t.Helper()
	text, program, found := strings.Cut(description, "```yaml\n")
	if !found || !strings.Contains(text, ".") || !strings.Contains(program, "```") {
		t.Errorf("%s has no example", token)
	}
}

// A value of another type is refused, whatever the resource checks itself.
func TestEveryInputHasItsType(t *testing.T) {
	t.Parallel()
	server := newServer(t, nil)
	for token, described := range packageSchema(t).Resources {
		for name, input := range described.InputProperties {
			wrong := str("a text")
			if input.Type == "string" {
				wrong = property.New([]property.Value{str("a list")})
			}
			_, failures := newStack(t, server, token).check(map[string]property.Value{name: wrong})
			if !slices.ContainsFunc(failures, func(f p.CheckFailure) bool { return strings.HasPrefix(f.Property, name) }) {
				t.Errorf("%s: %s = %v ends with %v", token, name, wrong, failures)
			}
		}
	}
}

// Each example is a program: it names types and inputs that exist, and Check
// takes what it says.
func TestEveryExampleIsChecked(t *testing.T) {
	t.Parallel()
	server := newServer(t, nil)
	for token, described := range packageSchema(t).Resources {
		_, program, _ := strings.Cut(described.Description, "```yaml\n")
		program, _, _ = strings.Cut(program, "```")
		var parsed struct {
			Resources map[string]struct {
				Type       string
				Properties map[string]any
			}
		}
		must(t, yaml.Unmarshal([]byte(program), &parsed))
		shown := false
		for name, one := range parsed.Resources {
			typ := strings.Replace(one.Type, ":", ":index:", 1)
			shown = shown || typ == token
			inputs := presource.FromResourcePropertyMap(presource.NewPropertyMapFromMap(one.Properties)).AsMap()
			for key, value := range inputs { // what another resource tells is not known yet
				if value.IsString() && strings.HasPrefix(value.AsString(), "${") {
					inputs[key] = property.New(property.Computed)
				}
			}
			if _, failures := newStack(t, server, typ).check(inputs); len(failures) > 0 {
				t.Errorf("%s: example %s: %v", token, name, failures)
			}
		}
		if !shown {
			t.Errorf("%s: its example shows another type:\n%s", token, program)
		}
	}
}
