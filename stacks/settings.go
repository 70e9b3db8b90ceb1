package stacks

import (
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/service/config/table"
)

// Namespace is the project's name, with which the full key of every setting begins.
const Namespace = "killrvideo"

// servicePrefix is that of the members of the group service.
const servicePrefix = "service."

// Key is a setting of a stack.
type Key = table.Setting

// Keys are all settings of a stack in the order of the README. Those that set a
// variable of the service have the rule, the default and the text of that
// variable; see package table. The members of a target's group are that target's.
func Keys() []Key {
	return slices.Concat(deploymentKeys(), serviceKeys(), astraKeys(), productionKeys(), gateAndTargetKeys())
}

func deploymentKeys() []Key {
	return []Key{
		{
			Name: "target", Default: "local", Rule: table.Text(), Example: "local",
			Doc: "where to deploy: the name of a folder with a program below stacks/, such as local or cloudrun",
		},
		{
			Name: "environment", Unset: "the stack's name", Example: "dev",
			Rule: table.Matching(`^[a-z][a-z0-9-]{0,18}[a-z0-9]$`, "2 to 20 lower-case letters, digits and dashes, beginning with a letter"),
			Doc:  "part of names and labels on a cloud; one that another stack of the backend has is refused",
		},
		{
			Name: "image", Unset: "built from the checkout", Example: "NAME@sha256:DIGEST",
			Rule: table.Matching(`^[a-z0-9.:/_-]+@sha256:[0-9a-f]{64}$`, "a reference by digest, such as registry/name@sha256:…; tags can move"),
			Doc:  "image to deploy, by digest",
		},
		{Name: "minInstances", Default: "1", Rule: table.Integer(0, 100), Doc: "instances that always run"},
		{Name: "maxInstances", Default: "3", Rule: table.Integer(1, 1000), Doc: "instances at most"},
		{
			Name: "concurrency", Default: "80", Rule: table.Integer(1, 1000),
			Doc: "requests that one instance answers at a time, on target cloudrun alone",
		},
		{
			Name: "cpu", Default: "1", Rule: table.Matching(`^(0\.[0-9]{1,3}|[1-9][0-9]?)$`, "cores, such as 0.25, 0.5, 1, 2, 4"),
			Doc: "cores of an instance, such as 0.5 or 2",
		},
		{
			Name: "memory", Unset: "the least that goes with cpu on the target, 512Mi or more", Example: "512Mi",
			Rule: table.Matching(`^[1-9][0-9]*(Mi|Gi)$`, "a size such as 512Mi or 2Gi"), Doc: "memory of an instance, such as 512Mi or 2Gi",
		},
		{
			Name: "redeploy", Default: "0", Rule: redeployRule(),
			Doc: "any change makes another revision of the same image, settings and secrets",
		},
	}
}

// redeployRule has space for a time in seconds.
func redeployRule() table.Rule {
	rule := table.Integer(0, 99_999_999_999)
	rule.Range = ""
	return rule
}

// serviceKeys are those that set variables of the service, and what goes with them.
func serviceKeys() []Key {
	return []Key{
		variable("logLevel"), variable("corsOrigins"), variable("jwtExpiryMinutes"), variable("moderatorEmails"),
		{
			Name: "moderatorCodesGeneration", Default: "1", Rule: table.Generation(),
			Doc: "any change makes new codes of moderators, who prove themselves again",
		},
		variable("defaultRoles"),
		{
			Name: "service", Rule: table.Rule{Type: table.TypeObject}, Unset: "the service's own defaults",
			Doc: "a group of further settings of the service: " + strings.Join(serviceMemberNames(), ", "),
		},
		variable("nvidiaApiKey"), variable("youtubeApiKey"),
		metricsToken(),
		{
			Name: "metricsPublic", Default: "false", Rule: table.Boolean(),
			Doc: "anyone can read /metrics, as always on target local",
		},
		variable("otlpHeaders"),
	}
}

func metricsToken() Key {
	key := variable("metricsToken")
	key.Doc, key.Unset = "bearer token that /metrics requires, at least 16 characters", "one is generated, except on target local"
	return key
}

// variable is the setting of a stack that sets a variable of the service.
func variable(key string) Key {
	for _, s := range table.Service() {
		if s.StackKey == key {
			s.Name, s.Former, s.More, s.Required = key, "", "", false
			return s
		}
	}
	panic("no variable of the service is set by " + key)
}

// ServiceMembers are the members of the group service, such as service.docs.
func ServiceMembers() []Key {
	var members []Key
	for _, s := range table.Service() {
		if strings.HasPrefix(s.StackKey, servicePrefix) {
			members = append(members, variable(s.StackKey))
		}
	}
	return members
}

func serviceMemberNames() []string {
	var names []string
	for _, member := range ServiceMembers() {
		names = append(names, strings.TrimPrefix(member.Name, servicePrefix))
	}
	return names
}

func astraKeys() []Key {
	return []Key{
		{
			Name: "astraDatabaseId", Unset: "none; the embedded one on target local", Example: "DATABASE-UUID",
			Rule: table.Matching(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`, "a database id (a UUID), not a name or an endpoint"),
			Doc:  "id of the Astra database (a UUID)",
		},
		{
			Name: "astraRegion", Unset: "none; the embedded one on target local", Example: "us-east1",
			Rule: table.Matching(`^[a-z]+[a-z0-9-]*[0-9]?$`, "a region such as us-east1 or eu-west-1"), Doc: "region of the Astra database",
		},
		{
			Name: "astraDataApiEndpoint", Unset: "Astra's own", Example: "https://astra.example.org", Rule: table.AstraEndpoint(true, false),
			Doc: "where the Data API is, if not at Astra itself: staging, or a stand-in",
		},
		{
			Name: "astraDevopsEndpoint", Unset: "Astra's own", Example: "https://astra.example.org/v2", Rule: table.AstraEndpoint(true, false),
			Doc: "where the DevOps API is, with its version, if not at Astra itself",
		},
		{
			Name: "astraEndpointReason", Rule: table.Text(), Example: `"WHY"`,
			Doc: "why other endpoints than Astra's are used; required in environment prod",
		},
		{Name: "keyspace", Default: "killrvideo", Rule: table.Keyspace(), Doc: "keyspace of the tables"},
		{
			Name: "astraDeployToken", Secret: true, Unset: "required on every target but local", Rule: table.AstraToken(),
			Doc: "token that makes the schema and mints the service's tokens; it never reaches the service",
		},
		{
			Name: "astraToken", Secret: true, Unset: "a token is minted", Rule: table.AstraToken(),
			Doc: "your own token for the service's writes; refused if it can do too much",
		},
		{
			Name: "astraReadOnlyToken", Secret: true, Unset: "a token is minted", Rule: table.AstraToken(),
			Doc: "your own token for the service's reads; refused if it can write",
		},
		{
			Name: "allowBroadAstraToken", Default: "false", Rule: table.Boolean(),
			Doc: "accept own tokens that can do more than needed, in environment dev only",
		},
		{Name: "astraTokenGeneration", Default: "1", Rule: table.Generation(), Doc: "any change mints new tokens"},
		{
			Name: "jwtSecretKey", Secret: true, Unset: "a key is generated", Rule: table.SigningKey(),
			Doc: "your own signing key, at least 256 bits",
		},
		{
			Name: "jwtKeyGeneration", Default: "1", Rule: table.Generation(),
			Doc: "any change makes a new signing key; the previous one verifies while its tokens live",
		},
		{
			Name: "jwtKeyLeakGeneration", Default: "0", Rule: table.Generation(),
			Doc: "for a signing key that leaked: any change makes a new key, keeps no previous one and ends all sessions",
		},
	}
}

func gateAndTargetKeys() []Key {
	keys := []Key{
		{Name: "gate", Default: "http", Rule: table.OneOf("http", "off"), Doc: "whether each deployment is proved"},
		{Name: "gateReason", Rule: table.Text(), Example: `"WHY"`, Doc: "why the gate is off"},
		{Name: "gateTimeoutSeconds", Default: "120", Rule: table.Integer(5, 3600), Doc: "how long the proof may take"},
		{
			Name: "policyWaivers", Rule: table.Rule{Type: table.TypeObject}, Unset: "none",
			Doc: "rules of the policy that the stack may break, by their names, each with reason, expires (YYYY-MM-DD) and perhaps resource",
		},
	}
	for _, target := range targets() {
		keys = append(keys, target.group())
	}
	return keys
}

// find is the setting of a name.
func find(key string) Key {
	if strings.HasPrefix(key, servicePrefix) {
		return variable(key)
	}
	return table.Find(Keys(), key)
}
