package stacks

import (
	"strconv"

	"github.com/killrvideo/killrvideo-go/service/config/table"
)

// target is what the program knows of a target before it runs.
type target struct {
	// name is that of the target's folder and of its group of settings.
	name string
	// members is the group of settings in words.
	members string
	// assumed are settings that only the owner of an account can know, with a
	// value for plans.
	assumed map[string]any
	// memory is the least that the target offers with so many cores, at least
	// the 512Mi that the API needs; nil means 512Mi.
	memory func(cores float64) string
	// concurrency tells that the target limits the requests of an instance.
	concurrency bool
}

// targets are all of them in the order of the README.
func targets() []target {
	return []target{
		{name: "local", members: "port (8000), astraPort (8181), web, webPort (8080)"},
		{
			name: "cloudrun", members: "project and region, and more", concurrency: true,
			assumed: map[string]any{"project": "your-project", "region": "europe-west1"},
			memory: func(cores float64) string {
				switch {
				case cores >= 6:
					return "4Gi"
				case cores >= 4:
					return "2Gi"
				}
				return "512Mi"
			},
		},
		{
			name: "ecs", members: "region, and certificateArn or domain and hostedZoneId, and more",
			assumed: map[string]any{"region": "eu-west-1", "domain": "api.example.org", "hostedZoneId": "Z0123456789ABCDEFGHIJ"},
			// Fargate: two gibibytes a core, at every size.
			memory: func(cores float64) string { return strconv.Itoa(max(512, int(cores*2048+0.5))) + "Mi" },
		},
		{
			name: "kubernetes", members: "host and repository, and more",
			assumed: map[string]any{
				"host": "api.example.org", "repository": "registry.example.org/killrvideo", "callersNamespace": "ingress-nginx",
			},
		},
	}
}

// targetNamed is a target of the table; one that is not in it has its name alone.
func targetNamed(name string) target {
	for _, one := range targets() {
		if one.name == name {
			return one
		}
	}
	return target{name: name}
}

// group is the setting of the target's own settings.
func (t target) group() Key {
	page := "docs/targets/" + t.name + ".md"
	return Key{
		Name: t.name, Rule: table.Rule{Type: table.TypeObject}, Doc: "settings of target " + t.name + ": " + t.members,
		More: "see [" + page + "](" + page + ")",
	}
}

// leastMemory is the default of the setting memory, so that the defaults of
// every target go together.
func leastMemory(target, cpu string) string {
	cores, err := strconv.ParseFloat(cpu, 64)
	if err != nil {
		cores = 1
	}
	if least := targetNamed(target).memory; least != nil {
		return least(cores)
	}
	return "512Mi"
}
