package scanners

import (
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// dummy stands where a secret would; it opens nothing.
const dummy = "dummy-c0ffee"

// objects writes the objects of a plan as a cluster would get them, with dummy
// secrets, and with the names that Pulumi and the plan's references stand for.
func objects(t *testing.T, p *plan.Plan) string {
	t.Helper()
	var documents []string
	for _, r := range p.Resources {
		if !strings.HasPrefix(r.Type, "kubernetes:") {
			continue
		}
		object, _ := filled(r.Inputs).(map[string]any)
		meta, _ := object["metadata"].(map[string]any)
		if meta["name"] == nil {
			meta["name"] = r.Name
		}
		text, err := yaml.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		documents = append(documents, string(text))
	}
	return strings.Join(documents, "---\n")
}

// times are those that a signing key decides, in plain variables.
var times = regexp.MustCompile(`\$\{signing-key\.[A-Za-z]+\}`)

var named = regexp.MustCompile(`\$\{([a-z0-9-]+)\.metadata\.name\}`)

// filled is a copy without references and without masks.
func filled(value any) any {
	switch v := value.(type) {
	case string:
		v = times.ReplaceAllString(named.ReplaceAllString(v, "$1"), "2026-01-01T00:00:00Z")
		return strings.ReplaceAll(v, plan.Secret, dummy)
	case []any:
		items := make([]any, 0, len(v))
		for _, item := range v {
			items = append(items, filled(item))
		}
		return items
	case map[string]any:
		members := make(map[string]any, len(v))
		for name, item := range v {
			members[name] = filled(item)
			if name == "stringData" && item == plan.Secret {
				members[name] = map[string]any{"ASTRA_DB_APPLICATION_TOKEN": dummy, "JWT_SECRET_KEY": dummy}
			}
		}
		return members
	}
	return value
}

func TestObjectsAreWhole(t *testing.T) {
	t.Parallel()
	for name, p := range plans(t) {
		text := objects(t, p)
		if strings.Contains(text, "${") || strings.Contains(text, plan.Secret) {
			t.Errorf("%s still has a reference or a mask:\n%s", name, text)
		}
		if strings.Contains(name, "-kubernetes-") && (strings.Count(text, "apiVersion:") < 10 || !strings.Contains(text, dummy)) {
			t.Errorf("%s is not whole:\n%s", name, text)
		}
	}
}
