package examples

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/blang/semver"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/integration"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"gopkg.in/yaml.v3"

	"github.com/killrvideo/killrvideo-go/infra/provider"
)

// program is what a Pulumi program in YAML has.
type program struct {
	Config    map[string]yaml.Node
	Resources map[string]struct {
		Type       string
		Properties map[string]any
	}
	Outputs map[string]string
}

var reference = regexp.MustCompile(`\$\{([a-zA-Z]+)(?:\.([a-zA-Z]+))?\}`)

// TestTheYAMLExample holds the program to the provider's schema, and gives its
// inputs to the provider's own check.
func TestTheYAMLExample(t *testing.T) {
	t.Parallel()
	text := readFile(t, "yaml/Pulumi.yaml")
	for _, wrong := range problems(t, text) {
		t.Error(wrong)
	}
	for from, to := range map[string]string{
		"astradb:Keyspace": "astradb:Space", "databaseId: $": "database: $", "${keyspace.name}": "${keyspace.title}",
		"${token.token}": "${token.secret}", "cloudProvider: GCP": "cloudProvider: MOON", "${deployToken}": "${otherToken}",
		`"text", "added"`: `"text" "added"`,
	} {
		if len(problems(t, strings.Replace(text, from, to, 1))) == 0 {
			t.Errorf("%s instead of %s is not found", to, from)
		}
	}
}

// problems are what is wrong with a program.
func problems(t *testing.T, text string) (wrong []string) {
	t.Helper()
	var parsed program
	if err := yaml.Unmarshal([]byte(text), &parsed); err != nil {
		return []string{err.Error()}
	}
	built, err := provider.New()
	if err != nil {
		t.Fatal(err)
	}
	server, err := integration.NewServer(t.Context(), provider.Name, semver.MustParse(provider.Version), integration.WithProvider(built))
	if err != nil {
		t.Fatal(err)
	}
	spec, err := p.GetSchema(t.Context(), provider.Name, provider.Version, built)
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range reference.FindAllStringSubmatch(text, -1) {
		if !parsed.refers(spec, found[1], found[2]) {
			wrong = append(wrong, found[0]+" refers to nothing")
		}
	}
	for name, one := range parsed.Resources {
		described, known := described(spec, one.Type)
		if !known {
			wrong = append(wrong, name+" has the unknown type "+one.Type)
			continue
		}
		for _, needed := range described.RequiredInputs {
			if one.Properties[needed] == nil {
				wrong = append(wrong, name+" lacks "+needed)
			}
		}
		for key := range one.Properties {
			if _, known := described.InputProperties[key]; !known {
				wrong = append(wrong, name+" has the unknown property "+key)
			}
		}
		if !strings.HasPrefix(one.Type, "pulumi:providers:") {
			wrong = append(wrong, refused(t, server, name, token(one.Type), one.Properties)...)
		}
	}
	return wrong
}

// token is the whole name of a type.
func token(typ string) string { return strings.Replace(typ, "astradb:", "astradb:index:", 1) }

func described(spec schema.PackageSpec, typ string) (schema.ResourceSpec, bool) {
	if typ == "pulumi:providers:"+spec.Name {
		return *spec.Provider, true
	}
	found, known := spec.Resources[token(typ)]
	return found, known
}

// refers tells whether a reference is to a setting, to a resource or to a
// property of one.
func (one *program) refers(spec schema.PackageSpec, name, property string) bool {
	if name == "pulumi" {
		return slices.Contains([]string{"stack", "project", "organization", "cwd"}, property)
	}
	if _, setting := one.Config[name]; setting {
		return property == ""
	}
	to, known := one.Resources[name]
	if !known || property == "" || property == "id" {
		return known
	}
	described, _ := described(spec, to.Type)
	_, known = described.Properties[property]
	return known
}

// refused is what the provider finds wrong with inputs. What another resource
// tells is not known yet.
func refused(t *testing.T, server integration.Server, name, typ string, properties map[string]any) (wrong []string) {
	t.Helper()
	inputs := presource.FromResourcePropertyMap(presource.NewPropertyMapFromMap(properties)).AsMap()
	for key, value := range inputs {
		if value.IsString() && strings.HasPrefix(value.AsString(), "${") {
			inputs[key] = property.New(property.Computed)
		}
		if value.IsString() && strings.Contains(value.AsString(), "${pulumi.stack}") {
			inputs[key] = property.New(strings.ReplaceAll(value.AsString(), "${pulumi.stack}", "dev"))
		}
	}
	urn := presource.NewURN("dev", "astra-yaml", "", tokens.Type(typ), name)
	answer, err := server.Check(p.CheckRequest{Urn: urn, Inputs: property.NewMap(inputs)})
	if err != nil {
		return []string{name + ": " + err.Error()}
	}
	for _, failure := range answer.Failures {
		wrong = append(wrong, name+": "+failure.Property+": "+failure.Reason)
	}
	return wrong
}
