package archtest

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestEachCloudHasItsPage: the same headings, a picture, and every setting.
func TestEachCloudHasItsPage(t *testing.T) {
	t.Parallel()
	member := regexp.MustCompile("`json:\"([a-zA-Z]+)\"`")
	for _, target := range []string{"cloudrun", "ecs", "kubernetes"} {
		page := read(t, "docs/targets/"+target+".md")
		for _, part := range []string{"## What it creates\n", "```mermaid\n", "## From an empty ", "## Settings\n", "## Permissions\n",
			"## What it costs\n", "## What weakens security\n", "## Operate\n", "## Going back\n", "## Removing it\n", "make up STACK="} {
			if !strings.Contains(page, part) {
				t.Errorf("the page of %s has no %q", target, part)
			}
		}
		settings := read(t, "infra/platform/"+target+"/settings.go")
		settings = settings[strings.Index(settings, "type Settings struct"):]
		settings = settings[:strings.Index(settings, "\n}\n")]
		found := member.FindAllStringSubmatch(settings, -1)
		if len(found) < 5 {
			t.Fatalf("only %d settings of %s are found; the reading must be wrong", len(found), target)
		}
		for _, one := range found {
			if !strings.Contains(page, "`"+target+"."+one[1]+"`") {
				t.Errorf("the page of %s does not explain %s.%s", target, target, one[1])
			}
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)#\s]+)`)

// TestLinks: what a page points at in the repository is there.
func TestLinks(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, name := range tracked(t) {
		if path.Ext(name) != ".md" {
			continue
		}
		for _, to := range link.FindAllStringSubmatch(read(t, name), -1) {
			if strings.Contains(to[1], "://") || strings.HasPrefix(to[1], "mailto:") {
				continue
			}
			seen++
			if _, err := os.Stat(filepath.Join(root, path.Dir(name), to[1])); err != nil {
				t.Errorf("%s points at %s, which is not there", name, to[1])
			}
		}
	}
	if seen < 15 {
		t.Errorf("only %d links are found; the reading must be wrong", seen)
	}
}
