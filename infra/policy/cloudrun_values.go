package policy

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/plan"
	"github.com/killrvideo/killrvideo-go/infra/target/sizes"
)

const googleRepository = "gcp:artifactregistry/repository:Repository"

// cloudRunValues are the demands on values that nobody checks before Google is
// asked: the provider takes any of them, at preview too.
func cloudRunValues() []Rule {
	service := []string{runService}
	return []Rule{
		{Name: "Cloud Run offers the size", Types: service, Cure: "set cpu and memory to a pair that Cloud Run offers", Check: runSize},
		{Name: "Cloud Run has the port", Types: service, Cure: "set one port from 1 to 65535, named http1 or h2c or not at all", Check: runPort},
		{Name: "a probe ends within its period", Types: service, Cure: "set timeoutSeconds to periodSeconds or less", Check: runProbes},
		{Name: "Cloud Run can count the instances", Types: service, Cure: "set minInstances to maxInstances or less", Check: func(r plan.Resource, _ *plan.Plan) []string {
			low, high := number(at(r.Inputs, "template.scaling.minInstanceCount")), number(at(r.Inputs, "template.scaling.maxInstanceCount"))
			return when(low < 0 || high < 1 || low > high, fmt.Sprintf("%v to %v instances is no range", low, high))
		}},
		{Name: "a request ends within the hour", Types: service, Cure: "set cloudrun.requestTimeoutSeconds to 1 to 3600", Check: func(r plan.Resource, _ *plan.Plan) []string {
			given := text(at(r.Inputs, "template.timeout"))
			seconds, err := strconv.Atoi(strings.TrimSuffix(given, "s"))
			return when(err != nil || !strings.HasSuffix(given, "s") || seconds < 1 || seconds > 3600, fmt.Sprintf("%q is no time that Cloud Run gives a request", given))
		}},
		{Name: "Cloud Run's variables have names", Types: service, Cure: "use letters, digits and underscores, and none of Google's own", Check: runVariables},
		{Name: "Google takes the names", Types: slices.Sorted(maps.Keys(googleNames())), Cure: "shorten the environment's name, or keep to small letters, digits and dashes", Check: googleNamed},
		{Name: "Google has the region", Types: []string{runService, googleRepository, "gcp:cloudrun/domainMapping:DomainMapping"}, Cure: "set cloudrun.region to a region such as europe-west1",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				place := text(r.Inputs["location"])
				return when(!googleRegion.MatchString(place), fmt.Sprintf("%q is no region", place))
			}},
		{Name: "the repository is for images", Types: []string{googleRepository}, Cure: "set format to DOCKER", Check: func(r plan.Resource, _ *plan.Plan) []string {
			format := text(r.Inputs["format"])
			return when(format != "DOCKER", fmt.Sprintf("%q holds no images", format))
		}},
		{Name: "Google takes the labels", Cure: "mend cloudrun.labels: small letters, digits, dashes and underscores", Check: googleLabels},
		{Name: "who gets a role is named in full", Types: grants(), Cure: "write user:, group:, serviceAccount:, domain: or principal before the name",
			Check: func(r plan.Resource, _ *plan.Plan) []string {
				member := text(r.Inputs["member"])
				return when(!googleMember.MatchString(member), fmt.Sprintf("%q is nobody", member))
			}},
	}
}

var (
	googleRegion = regexp.MustCompile(`^[a-z]+-[a-z]+[0-9]{1,2}$`)
	googleMember = regexp.MustCompile(`^(allUsers|allAuthenticatedUsers|(user|group|serviceAccount|domain):.+|principal(Set)?://.+)$`)
	labelKey     = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,62}$`)
	labelValue   = regexp.MustCompile(`^[a-z0-9_-]{0,63}$`)
	variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// identifier is the input that holds a resource's id, and what Google takes for it.
type identifier struct {
	input string
	form  *regexp.Regexp
}

// googleNames are by type.
func googleNames() map[string]identifier {
	return map[string]identifier{
		runService:                           {"name", regexp.MustCompile(`^[a-z]([a-z0-9-]{0,47}[a-z0-9])?$`)},
		googleRepository:                     {"repositoryId", regexp.MustCompile(`^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)},
		"gcp:secretmanager/secret:Secret":    {"secretId", regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)},
		"gcp:serviceaccount/account:Account": {"accountId", regexp.MustCompile(`^[a-z][a-z0-9-]{4,28}[a-z0-9]$`)},
	}
}

func googleNamed(r plan.Resource, _ *plan.Plan) []string {
	rule := googleNames()[r.Type]
	name := text(r.Inputs[rule.input])
	return when(!rule.form.MatchString(name), fmt.Sprintf("the %s %q is not of the form %s", rule.input, name, rule.form))
}

func runSize(r plan.Resource, _ *plan.Plan) (wrong []string) {
	for _, container := range list(at(r.Inputs, "template.containers")) {
		cpu, memory := text(at(container, "resources.limits.cpu")), text(at(container, "resources.limits.memory"))
		cores, err := strconv.ParseFloat(cpu, 64)
		offered, sold := sizes.CloudRun(cores)
		if err != nil || !sold {
			wrong = append(wrong, fmt.Sprintf("%q processors cannot be had", cpu))
			continue
		}
		mebibytes, err := sizes.Mebibytes(memory)
		wrong = append(wrong, when(err != nil || !offered.Holds(mebibytes), fmt.Sprintf("%q of memory does not go with %s processors", memory, cpu))...)
	}
	return wrong
}

func runPort(r plan.Resource, _ *plan.Plan) (wrong []string) {
	ports := list(at(r.Inputs, "template.containers.ports"))
	wrong = when(len(ports) != 1, fmt.Sprintf("it has %d ports", len(ports)))
	for _, port := range ports {
		given, name := number(at(port, "containerPort")), text(at(port, "name"))
		wrong = append(wrong, when(given < 1 || given > 65535, fmt.Sprintf("%v is no port", given))...)
		wrong = append(wrong, when(name != "" && name != "http1" && name != "h2c", fmt.Sprintf("a port cannot be named %q", name))...)
	}
	return wrong
}

func runProbes(r plan.Resource, _ *plan.Plan) (wrong []string) {
	for _, name := range []string{"startupProbe", "livenessProbe"} {
		for _, probe := range each(r.Inputs, "template.containers."+name) {
			timeout, period := number(at(probe, "timeoutSeconds")), number(at(probe, "periodSeconds"))
			wrong = append(wrong, when(timeout > period, fmt.Sprintf("the %s may take %v s of every %v", name, timeout, period))...)
		}
	}
	return wrong
}

func runVariables(r plan.Resource, _ *plan.Plan) (wrong []string) {
	own := []string{"PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION"}
	for _, env := range list(at(r.Inputs, "template.containers.envs")) {
		name := text(at(env, "name"))
		wrong = append(wrong, when(!variableName.MatchString(name) || slices.Contains(own, name), fmt.Sprintf("no variable can be called %q", name))...)
	}
	return wrong
}

func googleLabels(r plan.Resource, _ *plan.Plan) (wrong []string) {
	if !strings.HasPrefix(r.Type, "gcp:") {
		return nil
	}
	for _, path := range []string{"labels", "template.labels", "metadata.labels"} {
		labels, _ := at(r.Inputs, path).(map[string]any)
		for key, value := range labels {
			wrong = append(wrong, when(!labelKey.MatchString(key) || !labelValue.MatchString(text(value)), fmt.Sprintf("the label %q=%q is none", key, value))...)
		}
	}
	slices.Sort(wrong)
	return wrong
}
