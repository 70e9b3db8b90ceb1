package fault_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/local/fault"
)

// TestEveryCodeIsInTheCatalogue reads the sources: a code that stands in a call
// of this package must be one of the Data API's own, and a test must ask for it.
func TestEveryCodeIsInTheCatalogue(t *testing.T) {
	t.Parallel()
	found, known := map[string]string{}, map[string]bool{}
	for _, e := range fault.Entries() {
		known[e.Code] = true
	}
	var tests strings.Builder
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		if strings.HasSuffix(path, "_test.go") {
			text, err := os.ReadFile(path)
			tests.Write(text)
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			if text, _ := strconv.Unquote(literal.Value); isCode(text) {
				found[text] = path
			}
			return true
		})
		return nil
	})
	if err != nil || len(found) < 80 {
		t.Fatalf("%d codes found: %v", len(found), err)
	}
	for code, path := range found {
		if !known[code] {
			t.Errorf("%s: the catalogue does not list %s", path, code)
		}
		if !strings.Contains(tests.String(), code) {
			t.Errorf("%s: no test asks for %s", path, code)
		}
	}
}

// isCode tells texts that look like an error code, such as UNKNOWN_KEYSPACE.
func isCode(text string) bool {
	if strings.Count(text, "_") < 2 && !strings.HasPrefix(text, "UNKNOWN_") && !strings.HasPrefix(text, "MISSING_") {
		return false
	}
	if text == "END_OF_LIFE" {
		return false // a status of models
	}
	return strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == "" && !strings.HasSuffix(text, "_") && !strings.HasPrefix(text, "_")
}

func TestCatalogueIsComplete(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, e := range fault.Entries() {
		key := e.Scope + "/" + e.Code
		if seen[key] || e.Title == "" || e.Code == "" || e.Family != fault.Request && e.Family != fault.Server {
			t.Errorf("%+v is there twice or lacks something", e)
		}
		if want := map[string]int{"UNSUPPORTED_CONTENT_TYPE": 415, "MISSING_AUTHENTICATION_TOKEN": 401,
			"UNAUTHORIZED_ACCESS": 401, "UNAUTHENTICATED_REQUEST": 401}[e.Code]; want != 0 && e.Status != want || want == 0 && e.Status != 200 {
			t.Errorf("%s has status %d", e.Code, e.Status)
		}
		seen[key] = true
	}
	if len(seen) != 249 {
		t.Errorf("%d entries", len(seen))
	}
}

func TestCodeWithSeveralScopes(t *testing.T) {
	t.Parallel()
	first := fault.New("UNKNOWN_TABLE_COLUMNS", "x")
	filter := fault.In("FILTER", "UNKNOWN_TABLE_COLUMNS", "x")
	if first.Scope != "DOCUMENT" || filter.Scope != "FILTER" || first.Title == filter.Title {
		t.Errorf("%+v and %+v", first, filter)
	}
}
