package stacks_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/exposure"
	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// TestExposureOfReviewedPlans reads the plans that the targets' programs make.
func TestExposureOfReviewedPlans(t *testing.T) {
	t.Parallel()
	for folder, want := range map[string][]string{
		"cloudrun-prod": {
			"https://killrvideo-prod-….run.app: the internet, public", "https://api.example.org: the internet, public",
		},
		"ecs-prod": {
			"http://api.example.org: the internet, redirected to https, public", "https://api.example.org: the internet, public",
		},
		"kubernetes-prod": {
			"killrvideo-prod.killrvideo-prod:80: pods of namespace ingress-nginx",
			"https://api.example.org: what reaches the ingress controller (class nginx), assumed to be the internet, public",
		},
		"local-dev": {"http://127.0.0.1:8181: this machine alone", "http://127.0.0.1:8000: this machine alone"},
	} {
		text, err := os.ReadFile(filepath.Join("testdata", folder, "plan.txt"))
		if err != nil {
			t.Fatal(err)
		}
		p, err := plan.Parse(string(text))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, one := range exposure.Of(p) {
			line := one.Address + ": " + one.Callers
			if one.Public {
				line += ", public"
			}
			got = append(got, line)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got\n%s\nwant\n%s", folder, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}
