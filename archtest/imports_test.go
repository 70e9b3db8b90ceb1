package archtest

import (
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestImports holds every Go file, tests too, to the rules. It reads source, so
// that build tags hide nothing and a package that does not compile still counts.
func TestImports(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, name := range goFiles(t) {
		from := path.Dir(name)
		for _, to := range imports(t, name) {
			seen++
			for _, why := range broken(from, to) {
				t.Errorf("%s imports %s: %s", name, to, why)
			}
		}
	}
	if seen < 200 {
		t.Errorf("only %d imports were seen; the reading must be wrong", seen)
	}
}

// TestProgramsNeverImportWhatIsForTests: no program that deploys
// includes a stand-in.
func TestProgramsNeverImportWhatIsForTests(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, name := range goFiles(t) {
		from := path.Dir(name)
		for _, to := range imports(t, name) {
			apart := []string{"infra/policy/policytest", "infra/operate/operatetest", "stacks/enginetest", "stacks/plantest"}
			if !within(to, apart...) || within(from, apart...) {
				continue
			}
			seen++
			if !strings.HasSuffix(name, "_test.go") {
				t.Errorf("%s imports %s, which is for tests alone", name, to)
			}
		}
	}
	if seen < 6 {
		t.Errorf("only %d imports were seen; the reading must be wrong", seen)
	}
}

func imports(t *testing.T, name string) (paths []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, name), nil, parser.ImportsOnly)
	if err != nil {
		t.Errorf("read the imports: %v", err)
		return nil
	}
	for _, spec := range file.Imports {
		to, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, relative(to))
	}
	return paths
}

// relative is an import path, of ours without the module's prefix.
func relative(to string) string { return strings.TrimPrefix(to, ours) }
