package archtest

import (
	"strings"
	"testing"
)

// notYetNeutral are folders of infra that still name this service.
var notYetNeutral = []string{"infra/provider/", "infra/policy/", "infra/plan/"}

// TestInfraKnowsNoService: the toolkit names no service, in code, tests or
// documents; what KillrVideo is called is said in stacks.
func TestInfraKnowsNoService(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, name := range tracked(t) {
		if !strings.HasPrefix(name, "infra/") || strings.HasSuffix(name, "go.sum") || startsWithAny(name, notYetNeutral) {
			continue
		}
		seen++
		for i, line := range strings.Split(read(t, name), "\n") {
			if namesTheService(line) {
				t.Errorf("%s:%d names the service: %s", name, i+1, strings.TrimSpace(line))
			}
		}
	}
	if seen < 60 {
		t.Errorf("only %d files were read; the reading must be wrong", seen)
	}
}

// namesTheService is true for the name outside import paths.
func namesTheService(line string) bool {
	return strings.Contains(strings.ToLower(strings.ReplaceAll(line, "github.com/killrvideo/killrvideo-go", "")), "killrvideo")
}

func startsWithAny(name string, prefixes []string) bool {
	for _, prefix := range prefixes {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

func TestNamesOfTheService(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		`import "github.com/killrvideo/killrvideo-go/infra/app"`: false,
		`pulumi.String("killrvideo-" + environment)`:             true,
		`// KillrVideo API`: true,
		`KILLRVIDEO_HOME`:   true,
		`shop-dev`:          false,
	} {
		if got := namesTheService(line); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}
