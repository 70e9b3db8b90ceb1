package stacks

import (
	"regexp"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/credentials"
)

// ownSigningKey refuses a jwtSecretKey that another stack signs with, before
// anything is changed. A generated key is known only later; package credentials
// compares it then.
func ownSigningKey(source Source, peers []credentials.Peer) error {
	problems := &Problems{Stack: source.Stack()}
	given, _ := source.GetConfig(Namespace + ":jwtSecretKey")
	if given == "" {
		return nil
	}
	if other := credentials.HolderOf(given, peers); other != "" {
		problems.add("jwtSecretKey", problems.setSecret("jwtSecretKey"),
			"is the key of stack %s too, so each would accept the other's tokens; make one of its own with: openssl rand -base64 32", other)
	}
	return problems.orNil()
}

// ownEnvironment refuses an environment that another stack has. On a cloud the
// names of what is made hold it, so the two would change each other's.
func ownEnvironment(cfg *Config, peers []credentials.Peer) error {
	problems := &Problems{Stack: cfg.Stack}
	for _, peer := range peers {
		if peer.Environment == cfg.Environment {
			problems.add("environment", problems.set("environment", environmentOf(cfg.Stack, peers)),
				"%q is the environment of stack %s, whose resources this one would take for its own", cfg.Environment, peer.Stack)
			break
		}
	}
	return problems.orNil()
}

// environmentOf is a stack's name in the form of an environment, and none that
// another stack has.
func environmentOf(stack string, peers []credentials.Peer) string {
	name := regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(stack), "-")
	name = strings.Trim(name[:min(len(name), 18)], "-0123456789")
	if len(name) < 2 {
		name = "stack-" + name
	}
	name = strings.TrimRight(name, "-")
	for n := 2; ; n++ {
		taken := func(peer credentials.Peer) bool { return peer.Environment == name }
		if !slices.ContainsFunc(peers, taken) {
			return name
		}
		name = strings.TrimSuffix(name, "-"+itoa(n-1)) + "-" + itoa(n)
	}
}
