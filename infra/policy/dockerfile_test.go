package policy

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// dockerfileRules are what checkers of Dockerfiles ask, by ID: true is broken.
func dockerfileRules() map[string]func(text string) bool {
	has := func(pattern string) func(string) bool {
		return regexp.MustCompile("(?m)" + pattern).MatchString
	}
	lacks := func(pattern string) func(string) bool {
		found := has(pattern)
		return func(text string) bool { return !found(text) }
	}
	root := func(text string) bool {
		users := regexp.MustCompile(`(?m)^USER (\S+)`).FindAllStringSubmatch(text, -1)
		return len(users) == 0 || regexp.MustCompile(`^(0|root)\b`).MatchString(users[len(users)-1][1])
	}
	twice := func(text string) bool {
		var names []string
		for _, stage := range regexp.MustCompile(`(?m)^FROM .* AS (\S+)`).FindAllStringSubmatch(text, -1) {
			names = append(names, stage[1])
		}
		slices.Sort(names)
		return len(slices.Compact(slices.Clone(names))) != len(names)
	}
	own := func(text string) bool {
		for _, stage := range regexp.MustCompile(`(?m)^FROM `).Split(text, -1) {
			name := regexp.MustCompile(`^\S+ AS (\S+)|^--platform=\S+ \S+ AS (\S+)`).FindStringSubmatch(stage)
			if name != nil && strings.Contains(stage, "COPY --from="+name[1]+name[2]+" ") {
				return true
			}
		}
		return false
	}
	more := func(pattern string) func(string) bool {
		return func(text string) bool {
			return len(regexp.MustCompile("(?m)"+pattern).FindAllString(text, 2)) > 1
		}
	}
	return map[string]func(string) bool{
		"CKV_DOCKER_1": has(`^EXPOSE .*\b22\b`), "DS-0004": has(`^EXPOSE .*\b22\b`), "DS-0008": has(`^EXPOSE .*\b(6553[6-9]|655[4-9]\d|65[6-9]\d\d|6[6-9]\d{3}|[7-9]\d{4}|\d{6,})\b`),
		"CKV_DOCKER_2": lacks(`^HEALTHCHECK .*CMD`), "DS-0026": lacks(`^HEALTHCHECK .*CMD`), "DS-0023": more(`^HEALTHCHECK `),
		"CKV_DOCKER_4": has(`^ADD `), "DS-0005": has(`^ADD `), "DL3020": has(`^ADD `),
		"CKV_DOCKER_5": has(`^RUN (apt-get|apk|yum) update$`), "DS-0017": has(`^RUN (apt-get|apk|yum) update$`),
		"CKV_DOCKER_6": has(`^MAINTAINER `), "DS-0022": has(`^MAINTAINER `), "DL4000": has(`^MAINTAINER `),
		"DS-0001": has(`:latest\b`), "DL3007": has(`:latest\b`), "CKV_DOCKER_3": lacks(`^USER `), "CKV_DOCKER_8": root, "DS-0002": root, "DL3002": root,
		"CKV_DOCKER_9": has(`\bapt(-get)? install`), "DL3008": has(`\bapt(-get)? install`), "DL3018": has(`\bapk add`),
		"CKV_DOCKER_10": has(`^WORKDIR [^/]`), "DS-0009": has(`^WORKDIR [^/]`), "DL3000": has(`^WORKDIR [^/]`), "DS-0013": has(`^RUN cd `),
		"CKV_DOCKER_11": twice, "DS-0012": twice, "DL3024": twice, "DS-0006": own, "DS-0010": has(`\bsudo\b`), "DL3004": has(`\bsudo\b`),
		"DS-0016": more(`^CMD `), "DL4003": more(`^CMD `), "DL4004": more(`^ENTRYPOINT `), "DS-0031": has(`^(ENV|ARG) .*(TOKEN|SECRET|PASSWORD|API_KEY)`),
		"DL3059": has(`^RUN .*\nRUN `), "DL4006": has(`^RUN [^\[].*\|`),
	}
}

func TestDockerfile(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	for id, broken := range dockerfileRules() {
		if broken(string(text)) {
			t.Errorf("the Dockerfile breaks %s", id)
		}
	}
	bad := strings.Join([]string{"FROM a:latest AS x", "FROM b AS x", "ADD . .", "RUN apt-get update", "RUN apt-get install c", "WORKDIR src", "EXPOSE 22 65536",
		"MAINTAINER me", "RUN cd /x", "RUN sudo apk add d | cat", "COPY --from=x /a /b", "CMD a", "CMD b", "ENTRYPOINT a", "ENTRYPOINT b", "ENV MY_TOKEN=x",
		"HEALTHCHECK NONE", "HEALTHCHECK NONE"}, "\n")
	for id, broken := range dockerfileRules() {
		if !broken(bad) {
			t.Errorf("%s passes a Dockerfile that breaks it", id)
		}
	}
}
