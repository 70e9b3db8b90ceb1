package policy

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

func maskedValues(r plan.Resource, _ []plan.Resource) (wrong []string) {
	for _, name := range []string{"secretData", "secretString", "given"} {
		value, set := r.Inputs[name]
		wrong = append(wrong, when(set && value != plan.Secret, name+" is not marked as a secret")...)
	}
	values, _ := r.Inputs["stringData"].(map[string]any)
	for name, value := range values {
		wrong = append(wrong, when(value != plan.Secret, "stringData."+name+" is not marked as a secret")...)
	}
	if r.Type == clusterConfig {
		values, _ = r.Inputs["data"].(map[string]any)
		for name, value := range values {
			wrong = append(wrong, when(plaintext(name, value), name+" is stored in plaintext")...)
		}
	}
	slices.Sort(wrong)
	return wrong
}

// sensitive matches names of variables whose values are secrets.
var sensitive = regexp.MustCompile(`TOKEN|SECRET|PASSWORD|API_KEY|PRIVATE`)

// plaintext reports whether a variable of this name has a value that is not
// secret. The time until which a secret is valid is no secret.
func plaintext(name string, value any) bool {
	return sensitive.MatchString(name) && !strings.HasSuffix(name, "_UNTIL") && value != nil && value != "" && value != plan.Secret
}

// containers is where a type names its containers, and a container its variables
// and its secrets with their versions.
var containers = map[string]struct{ path, variables, secrets, version string }{
	runService: {"template.containers", "envs", "envs", "valueSource.secretKeyRef.version"},
	amazonTask: {"containerDefinitions", "environment", "secrets", "valueFrom"},
	deployment: {"spec.template.spec.containers", "env", "", ""},
}

// An image cannot move by digest, or by the digest that its build tells; a
// secret by the number of a version, by the one that the version tells, or by
// the version id in the reference of a task.
var (
	pinnedImage  = regexp.MustCompile(`@(sha256:[0-9a-f]{64}|\$\{[a-z0-9-]+\.digest\})$`)
	pinnedSecret = regexp.MustCompile(`^([0-9]+|\$\{[a-z0-9-]+\.version\})$|:::.`)
)

func pins(r plan.Resource, _ []plan.Resource) (wrong []string) {
	where := containers[r.Type]
	found := at(r.Inputs, where.path)
	if found == unknown {
		return nil
	}
	if r.Type == amazonTask {
		var parsed any
		_ = json.Unmarshal([]byte(text(found)), &parsed) // nothing is found in what cannot be read
		found = parsed
	}
	wrong = when(len(list(found)) == 0, "it names no container")
	for _, container := range list(found) {
		image := at(container, "image")
		moves := image != unknown && !pinnedImage.MatchString(text(image))
		wrong = append(wrong, when(moves, fmt.Sprintf("the image %q can change", text(image)))...)
		for _, variable := range list(at(container, where.variables)) {
			name := text(at(variable, "name"))
			wrong = append(wrong, when(plaintext(name, at(variable, "value")), name+" is stored in plaintext")...)
		}
		for _, secret := range list(at(container, where.secrets)) {
			version := at(secret, where.version)
			moves := version != nil && version != unknown && !pinnedSecret.MatchString(text(version))
			wrong = append(wrong, when(moves, text(at(secret, "name"))+" is not pinned to a version")...)
		}
	}
	return wrong
}

// restorable wants a replaced version to stay for a while.
func restorable(r plan.Resource, known []plan.Resource) []string {
	kept := text(r.Inputs["deletionPolicy"]) == "DISABLE" || slices.ContainsFunc(known, func(other plan.Resource) bool {
		return other.Type == googleSecret && other.Name == r.Name && text(other.Inputs["versionDestroyTtl"]) != ""
	})
	return when(!kept, "a rotation destroys the version that a rollback needs")
}

// opensOnePort judges what AWS validates only when it is asked, and what the
// internet reaches.
func opensOnePort(r plan.Resource, _ []plan.Resource) []string {
	from, to := number(r.Inputs["fromPort"]), number(r.Inputs["toPort"])
	if text(r.Inputs["ipProtocol"]) != "tcp" || from != to || from < 1 || from > 65535 {
		return []string{fmt.Sprintf("it opens ports %v to %v of protocol %v", r.Inputs["fromPort"], r.Inputs["toPort"], r.Inputs["ipProtocol"])}
	}
	exposed := r.Type == amazonIngress && sourceOf(r) == internet && from != 80 && from != 443
	return when(exposed, fmt.Sprintf("the internet reaches port %.0f", from))
}

// limitsDNS lets no egress rule open the ports of DNS to any address: names
// can carry data out.
func limitsDNS(r plan.Resource, _ []plan.Resource) (wrong []string) {
	for _, rule := range list(at(r.Inputs, "spec.egress")) {
		for _, port := range each(rule, "ports.port") {
			dns := port == float64(53) || port == float64(5353) || port == nil
			wrong = append(wrong, when(dns && len(list(at(rule, "to"))) == 0, fmt.Sprintf("port %v is open to any address", port))...)
		}
	}
	return wrong
}

// encrypts is where a type says which key encrypts it.
var encrypts = map[string]string{
	"aws:secretsmanager/secret:Secret": "kmsKeyId", "aws:cloudwatch/logGroup:LogGroup": "kmsKeyId",
	"aws:ecr/repository:Repository": "encryptionConfigurations.kmsKey",
	googleSecret:                    "replication.userManaged.replicas.customerManagedEncryption.kmsKeyName",
	googleImages:                    "kmsKeyName",
	"gcp:logging/projectBucketConfig:ProjectBucketConfig": "cmekSettings.kmsKeyName",
	runService: "template.encryptionKey",
}

func encrypted() []string { return slices.Sorted(maps.Keys(encrypts)) }

// sameKey compares a resource with those before it: the last of two that differ is
// found.
func sameKey(r plan.Resource, known []plan.Resource) []string {
	own := at(r.Inputs, encrypts[r.Type])
	for _, other := range known {
		path, is := encrypts[other.Type]
		if !is || other.Label() == r.Label() || applicationOf(other) != applicationOf(r) {
			continue
		}
		if key := at(other.Inputs, path); key != own && key != unknown && own != unknown {
			return []string{fmt.Sprintf("%s is encrypted with %s, and this with %s", other.Label(), keyed(key), keyed(own))}
		}
	}
	return nil
}

func keyed(key any) string { return cmp.Or(text(key), "the cloud's own key") }
