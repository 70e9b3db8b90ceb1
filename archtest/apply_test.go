package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestNoResourceIsMadeInsideAnApply: such a resource is in no preview, and in
// no plan that people review.
func TestNoResourceIsMadeInsideAnApply(t *testing.T) {
	t.Parallel()
	applies := 0
	for _, name := range goFiles(t) {
		if !strings.HasPrefix(name, "infra/") && !strings.HasPrefix(name, "stacks/") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, name), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		found, seen := madeInApply(file)
		applies += seen
		for _, made := range found {
			t.Errorf("%s makes %s inside an Apply; make it beside and hand it the output", name, made)
		}
	}
	if applies < 5 {
		t.Errorf("only %d calls of Apply were seen; the reading must be wrong", applies)
	}
}

func TestMadeInApply(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body string
		want int
	}{
		"beside": {`x.ApplyT(func(v string) string { return v + "New" }); s3.NewBucket(ctx, "a", nil)`, 0},
		"inside": {`x.ApplyT(func(v string) string { s3.NewBucket(ctx, v, nil); return v })`, 1},
		"deeper": {`pulumi.All(a, b).ApplyTWithContext(c, func(_ context.Context, v []any) int {
			if v != nil { s3.NewBucket(ctx, "a", nil) }
			return 1
		})`, 1},
		"a group": {`x.ApplyT(func(v string) error { return ctx.RegisterComponentResource("a", v, nil) })`, 1},
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\nfunc f() { "+c.body+" }", 0)
		if err != nil {
			t.Fatal(err)
		}
		if found, seen := madeInApply(file); len(found) != c.want || seen != 1 {
			t.Errorf("%s: %v, %d calls of Apply", name, found, seen)
		}
	}
}

// madeInApply names what is registered inside the functions that are handed to
// Apply and its like, and counts these calls.
func madeInApply(file ast.Node) (found []string, seen int) {
	ast.Inspect(file, func(n ast.Node) bool {
		call, is := n.(*ast.CallExpr)
		if !is || !strings.HasPrefix(called(call), "Apply") {
			return true
		}
		seen++
		for _, argument := range call.Args {
			ast.Inspect(argument, func(n ast.Node) bool {
				if inner, is := n.(*ast.CallExpr); is && registers(inner) {
					found = append(found, called(inner))
				}
				return true
			})
		}
		return true
	})
	return found, seen
}

func called(call *ast.CallExpr) string {
	if selector, is := call.Fun.(*ast.SelectorExpr); is {
		return selector.Sel.Name
	}
	return ""
}

// registers tells whether a call makes a resource: a constructor that gets the
// program's context, or the context's own.
func registers(call *ast.CallExpr) bool {
	name := called(call)
	if strings.HasPrefix(name, "Register") && strings.Contains(name, "Resource") {
		return true
	}
	if !strings.HasPrefix(name, "New") || len(call.Args) == 0 {
		return false
	}
	first, is := call.Args[0].(*ast.Ident)
	return is && first.Name == "ctx"
}
