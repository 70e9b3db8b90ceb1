package scanners

import (
	"os"
	"path/filepath"
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
	all := map[string]*plan.Plan{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := plan.Parse(string(text))
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(filepath.Dir(file))] = parsed
	}
	return all
}
