package plan

import (
	"slices"
	"testing"
)

func TestReplacing(t *testing.T) {
	t.Parallel()
	deployment := func(app, image string) map[string]any {
		return map[string]any{
			"metadata": map[string]any{"name": "api", "labels": map[string]any{"app": app}},
			"spec": map[string]any{"selector": map[string]any{"matchLabels": map[string]any{"app": app}},
				"template": map[string]any{"spec": map[string]any{"containers": []any{map[string]any{"image": image}}}}},
		}
	}
	for name, c := range map[string]struct {
		kind     string
		was, now map[string]any
		want     []string
	}{
		"a nested input": {"kubernetes:apps/v1:Deployment", deployment("a", "1"), deployment("b", "1"), []string{"spec.selector"}},
		"one beside it":  {"kubernetes:apps/v1:Deployment", deployment("a", "1"), deployment("a", "2"), nil},
		"a namespace": {
			"kubernetes:policy/v1:PodDisruptionBudget",
			map[string]any{},
			map[string]any{"metadata": map[string]any{"namespace": "b"}},
			[]string{"metadata.namespace"},
		},
		"one that came": {
			"gcp:secretmanager/secret:Secret",
			map[string]any{}, map[string]any{"project": "p"},
			[]string{"project"},
		},
		"within an input": {
			"gcp:secretmanager/secret:Secret",
			map[string]any{"replication": map[string]any{"auto": true}},
			map[string]any{"replication": map[string]any{"auto": false}},
			[]string{"replication"},
		},
		"in place":        {"gcp:secretmanager/secret:Secret", map[string]any{"labels": "a"}, map[string]any{"labels": "b"}, nil},
		"an unknown type": {"gcp:any/thing:Thing", map[string]any{"name": "a"}, map[string]any{"name": "b"}, nil},
		"a task definition": {
			"aws:ecs/taskDefinition:TaskDefinition",
			map[string]any{"cpu": "256", "memory": "512"},
			map[string]any{"cpu": "512", "memory": "1024"},
			[]string{"cpu", "memory"},
		},
		"our own, by a number": {"astradb:index:Token", map[string]any{"generation": 5}, map[string]any{"generation": 5.0}, nil},
	} {
		if got := Replacing(c.kind, c.was, c.now); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

func TestAlongLists(t *testing.T) {
	t.Parallel()
	of := func(images ...any) any {
		var list []any
		for _, image := range images {
			list = append(list, map[string]any{"image": image})
		}
		return map[string]any{"containers": list}
	}
	if written(along(of("a", "b"), "containers.image")) == written(along(of("a", "c"), "containers.image")) {
		t.Error("a change in the second of a list is not seen")
	}
}
