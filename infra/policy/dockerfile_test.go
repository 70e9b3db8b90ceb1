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
	return map[string]func(string) bool{
		"CKV_DOCKER_1": has(`^EXPOSE .*\b22\b`), "CKV_DOCKER_2": lacks(`^HEALTHCHECK .*CMD`), "DS-0026": lacks(`^HEALTHCHECK .*CMD`),
		"CKV_DOCKER_3": lacks(`^USER `), "CKV_DOCKER_4": has(`^ADD `), "CKV_DOCKER_5": has(`^RUN (apt-get|apk|yum) update$`),
		"CKV_DOCKER_7": has(`:latest\b`), "DS-0001": has(`:latest\b`), "DL3007": has(`:latest\b`),
		"CKV_DOCKER_8": root, "DS-0002": root, "DL3002": root, "CKV_DOCKER_9": has(`\bapt(-get)? install`),
		"CKV_DOCKER_10": has(`^WORKDIR [^/]`), "CKV_DOCKER_11": twice,
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
	bad := strings.Join([]string{"FROM a:latest AS x", "FROM b AS x", "ADD . .", "RUN apt-get update", "RUN apt-get install c", "WORKDIR src", "EXPOSE 22"}, "\n")
	for id, broken := range dockerfileRules() {
		if !broken(bad) {
			t.Errorf("%s passes a Dockerfile that breaks it", id)
		}
	}
}
