package checkout_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/launch/checkout"
)

// folder returns a folder with empty files.
func folder(t *testing.T, files ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestRoot(t *testing.T) {
	root := folder(t, "Pulumi.yaml", "stacks/launch/main.go", "service/api/main.go")
	t.Setenv(checkout.RootVariable, "")
	t.Chdir(filepath.Join(root, "service", "api"))
	if got, err := checkout.Root(); err != nil || !sameFile(t, got, root) {
		t.Errorf("below the checkout: %s, %v", got, err)
	}
	t.Chdir(t.TempDir())
	if _, err := checkout.Root(); !errors.Is(err, checkout.ErrNone) {
		t.Errorf("outside a checkout: %v", err)
	}
	t.Setenv(checkout.RootVariable, root)
	if got, err := checkout.Root(); err != nil || got != root {
		t.Errorf("named by the variable: %s, %v", got, err)
	}
}

func sameFile(t *testing.T, a, b string) bool {
	t.Helper()
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(infoA, infoB)
}

func TestHome(t *testing.T) {
	t.Setenv(checkout.HomeVariable, "")
	if home, err := checkout.Home("/checkout"); err != nil || home != "/checkout/.killrvideo" {
		t.Errorf("in the checkout: %s, %v", home, err)
	}
	t.Setenv(checkout.HomeVariable, "/elsewhere")
	if home, err := checkout.Home("/checkout"); err != nil || home != "/elsewhere" {
		t.Errorf("named by the variable: %s, %v", home, err)
	}
}

// TestTargetsAreFolders: a folder with a program is a target without being listed.
func TestTargetsAreFolders(t *testing.T) {
	t.Parallel()
	root := folder(t, "stacks/zebra/main.go", "stacks/local/main.go", "stacks/launch/main.go", "stacks/launch/go.mod",
		"stacks/cli/main_test.go")
	if got := checkout.Targets(root); !slices.Equal(got, []string{"local", "zebra"}) {
		t.Errorf("got %v", got)
	}
}

func TestTheTargetsOfThisCheckout(t *testing.T) {
	t.Setenv(checkout.RootVariable, "")
	root, err := checkout.Root()
	if err != nil {
		t.Fatal(err)
	}
	if got := checkout.Targets(root); !slices.Equal(got, []string{"local", "cloudrun", "ecs", "kubernetes"}) {
		t.Errorf("got %v", got)
	}
}
