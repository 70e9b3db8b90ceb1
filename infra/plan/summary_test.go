package plan

import (
	"strings"
	"testing"
)

func TestSummaryCountsByProviderAndKind(t *testing.T) {
	t.Parallel()
	p := &Plan{Resources: []Resource{
		{Type: "infra:ecs:Service", Name: "s", Component: true}, {Type: "aws:lb/listener:Listener", Name: "a", Protect: true},
		{Type: "aws:ecs/service:Service", Name: "b"}, {Type: "aws:lb/listener:Listener", Name: "c"},
		{Type: "kubernetes:core/v1:Secret", Name: "d"}, {Type: "astradb:index:Role", Name: "e"},
	}}
	var text strings.Builder
	if err := p.Summary().Print(&text); err != nil {
		t.Fatal(err)
	}
	want := "resources: 6, 1 of them components, 1 protected from deletion\n" +
		"  astradb     1  1 Role\n" +
		"  aws         3  2 lb.Listener, 1 ecs.Service\n" +
		"  kubernetes  1  1 core.Secret\n"
	if text.String() != want {
		t.Errorf("got\n%swant\n%s", &text, want)
	}
}
