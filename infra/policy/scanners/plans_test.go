package scanners

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/plan"
)

// root is the checkout.
const root = "../../.."

// plans are the reviewed ones, which tests elsewhere hold to the programs.
func plans(t *testing.T) map[string]*plan.Plan {
	t.Helper()
	files, err := filepath.Glob(root + "/stacks/testdata/*/plan.txt")
	if err != nil || len(files) < 6 {
		t.Fatalf("%d plans are found, want at least 6 (%v)", len(files), err)
	}
	jobs, err := filepath.Glob(root + "/stacks/ci/*/testdata/plan.txt")
	if err != nil || len(jobs) < 2 {
		t.Fatalf("%d plans of identities for jobs are found, want at least 2 (%v)", len(jobs), err)
	}
	all := map[string]*plan.Plan{}
	for _, file := range append(files, jobs...) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := plan.Parse(string(text))
		if err != nil {
			t.Fatal(err)
		}
		all[strings.ReplaceAll(strings.TrimPrefix(filepath.Dir(file), root+"/"), "/", "-")] = parsed
	}
	return all
}
