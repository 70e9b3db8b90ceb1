// Package archtest holds the house to its import rules. The rules are a
// function over pairs of packages; the test asks the go command for the real
// pairs. Nothing imports this package.
package archtest

import (
	"fmt"
	"strings"
)

// Module is the path that every package of ours begins with.
const Module = "github.com/killrvideo/killrvideo-go"

// clouds are the SDKs that only their own target may import.
var clouds = map[string]string{
	"github.com/pulumi/pulumi-gcp/":        "infra/target/cloudrun",
	"github.com/pulumi/pulumi-aws/":        "infra/target/ecs",
	"github.com/pulumi/pulumi-kubernetes/": "infra/target/kubernetes",
}

// Check tells why the package at the first path may not import the second, nil
// if it may. Test code is held to the same rules, except that tests of the
// Astra clients may start the embedded Astra.
func Check(from, to string) error {
	room := roomOf(from)
	for sdk, home := range clouds {
		if strings.HasPrefix(to, sdk) && room != home && !strings.HasPrefix(room, home+"/") && room != "infra/ci" {
			return refusal(from, to, "only "+home+" may import its cloud's SDK")
		}
	}
	if strings.HasPrefix(to, "github.com/pulumi/") && (within(room, "astra") || within(room, "service")) {
		return refusal(from, to, "service and astra never load Pulumi")
	}
	other := roomOf(to)
	if other == "" {
		return nil
	}
	return between(from, to, room, other)
}

// between holds two packages of ours to the direction of imports.
func between(from, to, room, other string) error {
	switch {
	case within(room, "astra") && !within(other, "astra"):
		return refusal(from, to, "astra imports nothing of ours")
	case within(room, "service") && within(other, "astra/local"):
		return refusal(from, to, "service never imports the embedded Astra")
	case within(room, "service") && !within(other, "service") && !within(other, "astra"):
		return refusal(from, to, "service imports only astra")
	case within(room, "service/killrvideo") && !within(other, "service/killrvideo"):
		return refusal(from, to, "the domain imports nothing of ours")
	case within(room, "infra") && (within(other, "service") || within(other, "stacks")):
		return refusal(from, to, "infra imports neither service nor stacks")
	case within(room, "stacks") && within(other, "service") && other != "service/store/schema":
		return refusal(from, to, "stacks reads only service/store/schema")
	case room == "infra/provider/resource" && within(other, "infra/provider") && other != room:
		return refusal(from, to, "the bindings do not load the provider")
	}
	return nil
}

// roomOf is the package's path inside the repository, "" if it is not ours.
func roomOf(path string) string {
	room, ours := strings.CutPrefix(path, Module+"/")
	if !ours {
		return ""
	}
	return room
}

func within(room, folder string) bool { return room == folder || strings.HasPrefix(room, folder+"/") }

func refusal(from, to, rule string) error {
	return fmt.Errorf("%s imports %s: %s", from, to, rule)
}
