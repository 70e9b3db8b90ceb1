package archtest

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// maxFileLines is where a file has to be split; the rest of the sizes are
// reported, to be judged by people.
const maxFileLines = 400

// TestSizes reports how long files and functions are, tests apart, and refuses
// files that are too long to read.
func TestSizes(t *testing.T) {
	t.Parallel()
	var files, functions []int
	code, tests := 0, 0
	for _, name := range goFiles(t) {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if generated(text) {
			continue
		}
		lines := bytes.Count(text, []byte("\n"))
		if lines > maxFileLines {
			t.Errorf("%s has %d lines, the most is %d: split it", name, lines, maxFileLines)
		}
		if strings.HasSuffix(name, "_test.go") {
			tests += lines
			continue
		}
		code += lines
		files, functions = append(files, lines), append(functions, functionLines(t, name, text)...)
	}
	t.Logf("files: %d, median %d lines, nine in ten below %d", len(files), quantile(files, 0.5), quantile(files, 0.9))
	t.Logf("functions: %d, median %d lines, nine in ten below %d, longest %d",
		len(functions), quantile(functions, 0.5), quantile(functions, 0.9), quantile(functions, 1))
	t.Logf("%d lines of code, %d of tests: %.2f", code, tests, float64(tests)/float64(code))
}

func generated(text []byte) bool {
	return bytes.Contains(text[:min(len(text), 2000)], []byte("DO NOT EDIT"))
}

func functionLines(t *testing.T, name string, text []byte) (lines []int) {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, text, parser.SkipObjectResolution)
	if err != nil {
		t.Errorf("read the functions: %v", err)
		return nil
	}
	for _, declaration := range file.Decls {
		if f, ok := declaration.(*ast.FuncDecl); ok && f.Body != nil {
			lines = append(lines, set.Position(f.End()).Line-set.Position(f.Pos()).Line+1)
		}
	}
	return lines
}

// quantile is the smallest value that the share q of all does not exceed.
func quantile(values []int, q float64) int {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

func TestQuantile(t *testing.T) {
	t.Parallel()
	values := []int{5, 1, 4, 2, 3}
	for q, want := range map[float64]int{0: 1, 0.5: 3, 1: 5} {
		if got := quantile(values, q); got != want {
			t.Errorf("quantile %v of %v is %d, want %d", q, values, got, want)
		}
	}
	if quantile(nil, 0.5) != 0 {
		t.Error("of nothing it is 0")
	}
}
