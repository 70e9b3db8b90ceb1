package policy

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/rights"
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
	found := plan.At(r.Inputs, where.path)
	if found == plan.Unknown {
		return nil
	}
	if r.Type == amazonTask {
		var parsed any
		_ = json.Unmarshal([]byte(plan.Text(found, "")), &parsed) // nothing is found in what cannot be read
		found = parsed
	}
	all := plan.List(found, "")
	wrong = when(len(all) == 0, "it names no container")
	for _, container := range all {
		image := plan.Text(container, "image")
		moves := image != plan.Unknown && !pinnedImage.MatchString(image)
		wrong = append(wrong, when(moves, fmt.Sprintf("the image %q can change", image))...)
		for _, variable := range plan.List(container, where.variables) {
			name := plan.Text(variable, "name")
			wrong = append(wrong, when(plaintext(name, plan.At(variable, "value")), name+" is stored in plaintext")...)
		}
		for _, secret := range plan.List(container, where.secrets) {
			version := plan.At(secret, where.version)
			moves := version != nil && version != plan.Unknown && !pinnedSecret.MatchString(plan.Text(version, ""))
			wrong = append(wrong, when(moves, plan.Text(secret, "name")+" is not pinned to a version")...)
		}
	}
	return wrong
}

// narrowRights refuses rights that are wider than they must be. A pattern in an
// ARN is left to the review of all rights.
func narrowRights(r plan.Resource, _ []plan.Resource) (wrong []string) {
	for _, right := range rights.Granted(r, nil) {
		judged := right
		if strings.HasPrefix(right.Resource, "arn:") || strings.HasPrefix(right.Resource, "${") {
			judged.Resource = ""
		}
		wrong = append(wrong, when(judged.Wide() && right.Reason() == "", right.String())...)
	}
	return wrong
}

// restorable wants a replaced version to stay for a while.
func restorable(r plan.Resource, known []plan.Resource) []string {
	kept := r.Text("deletionPolicy") == "DISABLE" || slices.ContainsFunc(known, func(other plan.Resource) bool {
		return other.Type == googleSecret && other.Name == r.Name && other.Text("versionDestroyTtl") != ""
	})
	return when(!kept, "a rotation destroys the version that a rollback needs")
}

// opensOnePort judges what AWS validates only when it is asked, and what the
// internet reaches.
func opensOnePort(r plan.Resource, _ []plan.Resource) (wrong []string) {
	if r.Type != amazonGroup {
		return opens(r.Inputs, r.Type == amazonIngress || r.Text("type") == "ingress")
	}
	for _, rule := range plan.List(r.Inputs, "ingress") {
		wrong = append(wrong, opens(rule, true)...)
	}
	for _, rule := range plan.List(r.Inputs, "egress") {
		wrong = append(wrong, opens(rule, false)...)
	}
	return wrong
}

// opens judges one rule of a security group, in the form of any of the types.
func opens(rule any, ingress bool) []string {
	if slices.Contains([]any{plan.At(rule, "fromPort"), plan.At(rule, "toPort")}, any(plan.Unknown)) {
		return nil
	}
	from, to := plan.Number(rule, "fromPort"), plan.Number(rule, "toPort")
	protocol := cmp.Or(plan.Text(rule, "ipProtocol"), plan.Text(rule, "protocol"))
	if protocol != "tcp" || from != to || from < 1 || from > 65535 {
		return []string{fmt.Sprintf("it opens ports %v to %v of protocol %s", plan.At(rule, "fromPort"), plan.At(rule, "toPort"), protocol)}
	}
	sources := slices.Concat(plan.List(rule, "cidrBlocks"), plan.List(rule, "ipv6CidrBlocks"),
		[]any{plan.At(rule, "cidrIpv4"), plan.At(rule, "cidrIpv6")})
	internet := slices.Contains(sources, any("0.0.0.0/0")) || slices.Contains(sources, any("::/0"))
	return when(ingress && internet && from != 80 && from != 443, fmt.Sprintf("the internet reaches port %.0f", from))
}

// limitsDNS lets no egress rule open the ports of DNS to any address: names
// can carry data out.
func limitsDNS(r plan.Resource, _ []plan.Resource) (wrong []string) {
	for _, rule := range plan.List(r.Inputs, "spec.egress") {
		all := plan.List(rule, "ports")
		if len(all) == 0 {
			all = []any{nil} // every port
		}
		for _, ports := range all {
			port := plan.At(ports, "port")
			first := plan.Number(ports, "port")
			last := max(first, plan.Number(ports, "endPort"))
			dns := port == nil || first <= 53 && 53 <= last || first <= 5353 && 5353 <= last
			wrong = append(wrong, when(dns && len(plan.List(rule, "to")) == 0, fmt.Sprintf("port %v is open to any address", port))...)
		}
	}
	return wrong
}

// sameKey compares a resource with those before it: the last of two that differ is
// found.
func sameKey(r plan.Resource, known []plan.Resource) []string {
	paths := plan.KeyInputs()
	own := plan.At(r.Inputs, paths[r.Type])
	for _, other := range known {
		path, encrypted := paths[other.Type]
		if !encrypted || other.Label() == r.Label() || applicationOf(other) != applicationOf(r) {
			continue
		}
		if key := plan.At(other.Inputs, path); key != own && key != plan.Unknown && own != plan.Unknown {
			return []string{fmt.Sprintf("%s is encrypted with %s, and this with %s", other.Label(), keyed(key), keyed(own))}
		}
	}
	return nil
}

func keyed(key any) string { return cmp.Or(plan.Text(key, ""), "the cloud's own key") }

// applicationOf is whose a resource is: two services in a program may have two keys.
func applicationOf(r plan.Resource) string {
	if app := r.Text("labels.app", "tags.app"); app != "" {
		return app
	}
	name, _, _ := strings.Cut(r.Name, "-")
	return name
}

// when returns the problem if there is one.
func when(wrong bool, problem string) []string {
	if wrong {
		return []string{problem}
	}
	return nil
}
