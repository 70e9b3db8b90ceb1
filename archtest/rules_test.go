package archtest

import (
	"path"
	"strings"
)

// ours is the prefix of every package of the repository.
const ours = "github.com/killrvideo/killrvideo-go/"

// rule says which imports are wrong. Paths of our own packages are relative to
// the repository; others are whole.
type rule struct {
	name    string
	forbids func(from, to string) bool
}

// rules are the ones of ARCHITECTURE.md.
func rules() []rule {
	return []rule{
		{"infra never imports service or stacks", func(from, to string) bool {
			return within(from, "infra") && within(to, "service", "stacks")
		}},
		{"of ours, service imports the clients of Astra only", func(from, to string) bool {
			return within(from, "service") && own(to) && !within(to, "service", "astra") || within(from, "service") && within(to, "astra/local")
		}},
		{"astra imports nothing of ours", func(from, to string) bool {
			return within(from, "astra") && own(to) && !within(to, "astra")
		}},
		{"the clients of Astra never import the embedded one", func(from, to string) bool {
			return within(from, "astra/dataapi", "astra/devops") && within(to, "astra/local")
		}},
		{"the provider's bindings never load the provider", func(from, to string) bool {
			return within(from, "infra/provider/resource") && within(to, "infra/provider") && !within(to, "infra/provider/resource")
		}},
		{"only stacks imports stacks", func(from, to string) bool {
			return !within(from, "stacks") && within(to, "stacks")
		}},
		{"of service, stacks reads the tables only", func(from, to string) bool {
			return within(from, "stacks") && within(to, "service") && to != "service/store/schema" && to != "service/config/table"
		}},
		{"the table of settings imports the standard library and the rule for keys only", func(from, to string) bool {
			return from == "service/config/table" && (own(to) || strings.Contains(strings.Split(to, "/")[0], ".")) &&
				!within(to, "astra/signingkey", "service/config/table", "service/killrvideo")
		}},
		{"only service, stacks and what prepares a laptop read the tables", func(from, to string) bool {
			return !within(from, "service", "stacks", "container/prepare") && within(to, "service/store/schema")
		}},
		{"the domain imports nothing of ours", func(from, to string) bool {
			return within(from, "service/killrvideo") && own(to) && !within(to, "service/killrvideo")
		}},
		{"auth and store never import the API", func(from, to string) bool {
			return within(from, "service/auth", "service/store", "service/config") && within(to, "service/api")
		}},
		{"astra and service never import Pulumi", func(from, to string) bool {
			return within(from, "astra", "service") && strings.HasPrefix(to, "github.com/pulumi/")
		}},
		{"the launcher uses the standard library and a YAML parser only", func(from, to string) bool {
			return within(from, "stacks/launch") && (own(to) || strings.Contains(strings.Split(to, "/")[0], ".")) &&
				!within(to, "stacks/launch") && to != "gopkg.in/yaml.v3"
		}},
		{"a cloud's SDK stays in that cloud's target", func(from, to string) bool {
			folder, cloud := sdkFolder(to)
			return cloud && !within(from, folder, ciFolder(folder), "infra/operate/"+path.Base(folder))
		}},
	}
}

// sdkFolder is the folder that may import a cloud's SDK.
func sdkFolder(imported string) (string, bool) {
	for prefix, folder := range map[string]string{
		"github.com/pulumi/pulumi-aws/":                       "infra/platform/ecs",
		"github.com/aws/aws-sdk-go-v2/service/ecs":            "infra/platform/ecs",
		"github.com/aws/aws-sdk-go-v2/service/secretsmanager": "infra/platform/ecs",
		"github.com/pulumi/pulumi-gcp/":                       "infra/platform/cloudrun",
		"github.com/pulumi/pulumi-kubernetes/":                "infra/platform/kubernetes",
		"k8s.io/client-go/":                                   "infra/platform/kubernetes",
	} {
		if strings.HasPrefix(imported, prefix) {
			return folder, true
		}
	}
	return "", false
}

// ciFolder is the folder of the cloud's identities for GitHub's jobs, which may
// import its SDK too.
func ciFolder(target string) string {
	switch target {
	case "infra/platform/ecs":
		return "infra/ci/aws"
	case "infra/platform/cloudrun":
		return "infra/ci/gcp"
	}
	return target
}

// within tells whether a package is one of the folders or below it.
func within(path string, folders ...string) bool {
	for _, folder := range folders {
		if path == folder || strings.HasPrefix(path, folder+"/") {
			return true
		}
	}
	return false
}

// own tells whether a relative path is a package of ours: those of others
// begin with a host, those of the standard library with neither.
func own(path string) bool {
	if within(path, "container/heap", "container/list", "container/ring") {
		return false // of the standard library
	}
	return within(path, "astra", "service", "infra", "stacks", "container", "archtest", "tools")
}

// broken names the rules that an import breaks.
func broken(from, to string) (names []string) {
	for _, r := range rules() {
		if r.forbids(from, to) {
			names = append(names, r.name)
		}
	}
	return names
}
