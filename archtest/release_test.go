package archtest

import (
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"
)

// TestModulesRequireOneVersion: the modules are tagged together, each by its
// folder, and the examples require them as released. A module replaces its
// siblings by their folders, so that the checkout builds before there is a tag.
func TestModulesRequireOneVersion(t *testing.T) {
	t.Parallel()
	required := map[string][]string{} // files by version
	for _, name := range tracked(t) {
		if path.Base(name) != "go.mod" {
			continue
		}
		mod := moduleFile(t, name)
		folder := path.Dir(name)
		example := strings.HasPrefix(name, "examples/")
		if want := path.Join(ours, folder); !example && mod.Module.Mod.Path != want && !strings.HasPrefix(name, "tools/") {
			t.Errorf("%s is the module %s, and a tag of its folder would release %s", name, mod.Module.Mod.Path, want)
		}
		replaced := map[string]string{}
		for _, r := range mod.Replace {
			replaced[r.Old.Path] = path.Join(ours, folder, r.New.Path)
		}
		if example && len(replaced) > 0 {
			t.Errorf("%s replaces %v, which its users have not", name, replaced)
		}
		for _, r := range mod.Require {
			if !strings.HasPrefix(r.Mod.Path, ours) {
				continue
			}
			required[r.Mod.Version] = append(required[r.Mod.Version], name)
			if !example && replaced[r.Mod.Path] != r.Mod.Path {
				t.Errorf("%s does not replace %s by its folder", name, r.Mod.Path)
			}
		}
	}
	if len(required) != 1 {
		t.Fatalf("the modules require more than one version of each other: %v", required)
	}
	for version := range required {
		text, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
		if err != nil {
			t.Fatal(err)
		}
		if semver.Canonical(version) != version || !strings.Contains(string(text), "`git tag astra/"+version+"`") {
			t.Errorf("CONTRIBUTING.md does not tag %s, which the modules require", version)
		}
	}
}

func moduleFile(t *testing.T, name string) *modfile.File {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	mod, err := modfile.Parse(name, text, nil)
	if err != nil {
		t.Fatal(err)
	}
	return mod
}
