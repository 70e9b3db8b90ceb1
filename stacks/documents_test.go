package stacks

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/killrvideo/killrvideo-go/infra/cost"
	"github.com/killrvideo/killrvideo-go/service/config/table"
	"github.com/killrvideo/killrvideo-go/stacks/launch/checkout"
	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

var update = flag.Bool("update", false, "write the generated documents")

// TestDocumentsAreGenerated compares Pulumi.yaml and the documents with the table of
// settings, the list of exit codes and what an estimate rests on.
func TestDocumentsAreGenerated(t *testing.T) {
	t.Parallel()
	for _, of := range []struct{ file, block, content string }{
		{"../Pulumi.yaml", "settings", pulumiConfig()},
		{"../README.md", "settings", table.Markdown("setting", Keys())},
		{"../README.md", "exit codes", exit.Markdown()},
		{"../docs/targets/README.md", "prices", prices()},
	} {
		document, err := os.ReadFile(of.file)
		if err != nil {
			t.Fatal(err)
		}
		want, err := table.ReplaceBlock(string(document), of.block, of.content)
		switch {
		case err != nil:
			t.Errorf("%s: %v", of.file, err)
		case *update:
			if err := os.WriteFile(of.file, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		case string(document) != want:
			t.Errorf("%s differs from the tables in the code; run: make generate", of.file)
		}
	}
}

// prices says what an estimate rests on.
func prices() string {
	return "What `make plan` says of costs is " + cost.Basis + ". `infra/cost/prices.go` names the page that shows each price; none was " +
		"found for idle instances of Cloud Run and for the machines of a cluster.\n"
}

// pulumiConfig is the block config of Pulumi.yaml. A secret has no type, because
// an optional secret cannot have one.
func pulumiConfig() string {
	var b strings.Builder
	b.WriteString("config:\n")
	for _, key := range Keys() {
		kind, value := "type: "+key.Rule.Type, fmt.Sprintf("%q", key.Default)
		switch {
		case key.Secret:
			kind = "secret: true"
		case key.Rule.Type == table.TypeObject:
			value = "{}"
		case key.Rule.Type != table.TypeString:
			value = key.Default
		}
		text := key.Description()
		if key.Unset != "" {
			text += "; default: " + key.Unset
		}
		fmt.Fprintf(&b, "  %s:\n    {%s, default: %s, description: %q}\n", key.Name, kind, value, text)
	}
	return b.String()
}

// TestPulumiReadsTheGeneratedConfig: it is YAML, with the default of every setting.
func TestPulumiReadsTheGeneratedConfig(t *testing.T) {
	t.Parallel()
	var project struct {
		Config map[string]struct {
			Type, Description string
			Secret            bool
			Default           any
		}
	}
	if err := yaml.Unmarshal([]byte(pulumiConfig()), &project); err != nil {
		t.Fatal(err)
	}
	for _, key := range Keys() {
		of := project.Config[key.Name]
		if of.Secret != key.Secret || of.Description == "" || key.Default != "" && fmt.Sprint(of.Default) != key.Default {
			t.Errorf("%s is declared as %+v", key.Name, of)
		}
	}
}

// TestEveryKeyIsComplete: a text, a rule, a fix that its own rule accepts, and
// each name once. Every target has a group.
func TestEveryKeyIsComplete(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, key := range append(Keys(), ServiceMembers()...) {
		if seen[key.Name] {
			t.Errorf("%s is there twice", key.Name)
		}
		seen[key.Name] = true
		if key.Doc == "" || key.Rule.Type == "" {
			t.Errorf("%s has no documentation or no rule", key.Name)
		}
		if key.Secret || key.Rule.Type == table.TypeObject {
			continue
		}
		if fix := key.Example + key.Default; fix == "" {
			t.Errorf("%s has neither a default nor an example to fix it with", key.Name)
		}
		placeholder := strings.Contains(key.Example, "DIGEST") || strings.Contains(key.Example, "UUID")
		for _, value := range []string{key.Default, key.Example} {
			if value != "" && !placeholder && key.Rule.Check(value) != nil {
				t.Errorf("%s refuses %q: %v", key.Name, value, key.Rule.Check(value))
			}
		}
	}
	root, err := checkout.Root()
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range checkout.Targets(root) {
		if !seen[target] {
			t.Errorf("target %s has no group of settings", target)
		}
	}
}
