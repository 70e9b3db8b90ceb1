package scanners

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// terraform writes the resources of a plan that have a type of Terraform in its
// language, so that a checker that reads no Pulumi reads them. What the clouds
// call a thing is the same for both, up to the case and the number of a name.
func terraform(p *plan.Plan, kinds map[string]string) string {
	var b strings.Builder
	for _, r := range p.Resources {
		if kind := kinds[r.Type]; kind != "" {
			fmt.Fprintf(&b, "resource %q %q {\n", kind, r.Name)
			linked, _ := links(p, r, kinds, r.Inputs).(map[string]any)
			body(&b, "  ", linked)
			// Pulumi's own order, of which Terraform has to be told.
			fmt.Fprintf(&b, "  lifecycle {\n    create_before_destroy = %t\n", !r.DeleteFirst)
			if r.Protect {
				b.WriteString("    prevent_destroy = true\n")
			}
			b.WriteString("  }\n}\n\n")
		}
	}
	return b.String()
}

var reference = regexp.MustCompile(`\$\{([a-z0-9-]+)\.([A-Za-z.]+)\}`)

// links turns ${NAME.PROPERTY} into ${TYPE.NAME.PROPERTY}, as Terraform has it.
func links(p *plan.Plan, from plan.Resource, kinds map[string]string, value any) any {
	switch v := value.(type) {
	case string:
		return reference.ReplaceAllStringFunc(v, func(text string) string {
			part := reference.FindStringSubmatch(text)
			for _, r := range p.Resources {
				told := strings.HasPrefix(part[2], "version") == strings.HasSuffix(r.Type, "Version")
				if r.Name == part[1] && told && kinds[r.Type] != "" && slices.Contains(from.After, r.Label()) {
					return "${" + kinds[r.Type] + "." + part[1] + "." + snake(part[2]) + "}"
				}
			}
			return "made-up-" + part[1] + "-" + part[2]
		})
	case []any:
		items := make([]any, 0, len(v))
		for _, item := range v {
			items = append(items, links(p, from, kinds, item))
		}
		return items
	case map[string]any:
		members := map[string]any{}
		for name, item := range v {
			members[name] = links(p, from, kinds, item)
		}
		return members
	}
	return value
}

// body writes the members of a block: objects are blocks within it, except
// those that have names of one's own.
func body(b *strings.Builder, indent string, members map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(members)) {
		switch value := members[name].(type) {
		case map[string]any:
			if slices.Contains([]string{"attributeMapping", "labels", "limits", "tags"}, name) {
				fmt.Fprintf(b, "%s%s = %s\n", indent, snake(name), literal(value))
				continue
			}
			block(b, indent, snake(name), value)
		case []any:
			if len(value) > 0 {
				if _, objects := value[0].(map[string]any); objects {
					for _, item := range value {
						block(b, indent, singular(snake(name)), item)
					}
					continue
				}
			}
			fmt.Fprintf(b, "%s%s = %s\n", indent, snake(name), literal(value))
		default:
			fmt.Fprintf(b, "%s%s = %s\n", indent, snake(name), literal(value))
		}
	}
}

func block(b *strings.Builder, indent, name string, value any) {
	members, _ := value.(map[string]any)
	fmt.Fprintf(b, "%s%s {\n", indent, name)
	body(b, indent+"  ", members)
	fmt.Fprintf(b, "%s}\n", indent)
}

// literal is JSON, which is an expression of Terraform's language too.
func literal(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // a plan's values are those of JSON
	}
	return string(text)
}

var capital = regexp.MustCompile(`[A-Z]`)

func snake(name string) string {
	return capital.ReplaceAllStringFunc(name, func(letter string) string { return "_" + strings.ToLower(letter) })
}

func singular(name string) string {
	if strings.HasSuffix(name, "aliases") {
		return strings.TrimSuffix(name, "es")
	}
	return strings.TrimSuffix(name, "s")
}

func TestTerraform(t *testing.T) {
	t.Parallel()
	p := &plan.Plan{Resources: []plan.Resource{
		{
			Type:        "aws:x:Net",
			Name:        "net",
			DeleteFirst: true,
			Inputs:      map[string]any{"tags": map[string]any{"app.kind": "a"}, "sizes": []any{1}},
		},
		{Type: "aws:x:Gateway", Name: "gateway", After: []string{"aws:x:Net net"}, Inputs: map[string]any{
			"netId": "${net.id}", "dnsName": "${elsewhere.name}",
			"defaultActions": []any{map[string]any{"fixedResponse": map[string]any{"statusCode": "404"}}}}},
		{Type: "pulumi:providers:aws", Name: "aws"},
	}}
	want := `resource "x_net" "net" {
  sizes = [1]
  tags = {"app.kind":"a"}
  lifecycle {
    create_before_destroy = false
  }
}

resource "x_gateway" "gateway" {
  default_action {
    fixed_response {
      status_code = "404"
    }
  }
  dns_name = "made-up-elsewhere-name"
  net_id = "${x_net.net.id}"
  lifecycle {
    create_before_destroy = true
  }
}

`
	if got := terraform(p, map[string]string{"aws:x:Net": "x_net", "aws:x:Gateway": "x_gateway"}); got != want {
		t.Errorf("got\n%s", got)
	}
}
