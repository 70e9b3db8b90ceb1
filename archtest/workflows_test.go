package archtest

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// workflow is what these tests read of one.
type workflow struct {
	On          yaml.Node         `yaml:"on"`
	Permissions map[string]string `yaml:"permissions"`
	Jobs        map[string]job    `yaml:"jobs"`
}

type job struct {
	If          string            `yaml:"if"`
	Environment yaml.Node         `yaml:"environment"`
	Permissions map[string]string `yaml:"permissions"`
	Steps       []struct {
		Uses string            `yaml:"uses"`
		Run  string            `yaml:"run"`
		With map[string]string `yaml:"with"`
	} `yaml:"steps"`
}

func workflows(t *testing.T) (texts map[string]string, read map[string]workflow) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, ".github", "workflows", "*.yml"))
	if err != nil || len(files) < 3 {
		t.Fatalf("workflows: %v, %v", files, err)
	}
	texts, read = map[string]string{}, map[string]workflow{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var w workflow
		if err := yaml.Unmarshal(text, &w); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		texts[filepath.Base(file)], read[filepath.Base(file)] = string(text), w
	}
	return texts, read
}

var (
	uses   = regexp.MustCompile(`(?m)^\s*(?:- )?uses:\s*(.+)$`)
	pinned = regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
)

// TestActionsArePinned: by commit, with the version for people.
func TestActionsArePinned(t *testing.T) {
	t.Parallel()
	texts, _ := workflows(t)
	for name, text := range texts {
		for _, use := range uses.FindAllStringSubmatch(text, -1) {
			if !pinned.MatchString(use[1]) {
				t.Errorf("%s uses %s", name, use[1])
			}
		}
	}
	for _, bad := range []string{"actions/checkout@v6", "actions/checkout@main # v6.0.2", "actions/checkout@" + strings.Repeat("0", 40)} {
		if pinned.MatchString(bad) {
			t.Errorf("%s passes for pinned", bad)
		}
	}
}

// TestExamplesUseTheSameActions: Dependabot proposes new versions for the
// repository's own workflows alone, and the examples follow.
func TestExamplesUseTheSameActions(t *testing.T) {
	t.Parallel()
	texts, _ := workflows(t)
	known := strings.Join(slices.Collect(maps.Values(texts)), "")
	files, err := filepath.Glob(filepath.Join(root, "examples", "*", ".github", "workflows", "*.yml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("workflows of examples: %v, %v", files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, use := range uses.FindAllStringSubmatch(string(text), -1) {
			if !strings.Contains(known, "uses: "+use[1]+"\n") {
				t.Errorf("%s uses %s, no workflow of the repository does", file, use[1])
			}
		}
	}
}

// TestWorkflowsGrantNoRightsInAdvance: each job declares what it needs, and nothing
// of a pull request runs with the base branch's secrets.
func TestWorkflowsGrantNoRightsInAdvance(t *testing.T) {
	t.Parallel()
	texts, read := workflows(t)
	for name, w := range read {
		if len(w.Permissions) != 0 || !strings.Contains(texts[name], "\npermissions: {}\n") {
			t.Errorf("%s grants all its jobs %v", name, w.Permissions)
		}
		if strings.Contains(texts[name], "pull_request_target") {
			t.Errorf("%s runs with the base branch's rights", name)
		}
		for id, job := range w.Jobs {
			if job.Permissions == nil {
				t.Errorf("%s: the job %s does not say what it needs", name, id)
			}
		}
	}
}

// TestPreviewsAreForTheRepositoryItself: a job of a fork or
// of Dependabot never starts, and what starts waits for its environment.
func TestPreviewsAreForTheRepositoryItself(t *testing.T) {
	t.Parallel()
	_, read := workflows(t)
	preview := read["preview.yml"].Jobs["preview"]
	const sameRepository = "github.event.pull_request.head.repo.full_name == github.repository"
	const noBot = "github.event.pull_request.user.login != 'dependabot[bot]'"
	if preview.If != "${{ "+sameRepository+" && "+noBot+" }}" {
		t.Errorf("it runs if %q", preview.If)
	}
	var environment struct{ Name string }
	if err := preview.Environment.Decode(&environment); err != nil || environment.Name != "preview-${{ matrix.stack }}" {
		t.Errorf("its environment is %q, %v", environment.Name, err)
	}
	want := map[string]string{"contents": "read", "id-token": "write", "pull-requests": "write"}
	if !maps.Equal(preview.Permissions, want) {
		t.Errorf("it may %v", preview.Permissions)
	}
	for name, w := range read {
		for id, job := range w.Jobs {
			if job.Permissions["id-token"] != "" && job.Environment.IsZero() {
				t.Errorf("%s: the job %s asks clouds by its name outside any environment", name, id)
			}
		}
	}
}

// TestOnePulumi: jobs use the CLI that make builds.
func TestOnePulumi(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(root, "tools", "pulumi", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	built := regexp.MustCompile(`github\.com/pulumi/pulumi/pkg/v3 v(\S+)`).FindStringSubmatch(string(text))
	if built == nil {
		t.Fatal("tools/pulumi does not say which CLI it builds")
	}
	_, read := workflows(t)
	seen := 0
	for name, w := range read {
		for _, job := range w.Jobs {
			for _, step := range job.Steps {
				if !strings.HasPrefix(step.Uses, "pulumi/actions@") {
					continue
				}
				seen++
				if step.With["pulumi-version"] != built[1] {
					t.Errorf("%s uses Pulumi %q, make builds %s", name, step.With["pulumi-version"], built[1])
				}
			}
		}
	}
	if seen == 0 {
		t.Error("no job uses Pulumi; the reading must be wrong")
	}
}

// TestEveryPinnedProgramIsKeptUpToDate by Dependabot.
func TestEveryPinnedProgramIsKeptUpToDate(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(root, ".github", "dependabot.yml"))
	if err != nil {
		t.Fatal(err)
	}
	lists, err := filepath.Glob(filepath.Join(root, "tools", "*", "requirements.txt"))
	if err != nil || len(lists) == 0 {
		t.Fatalf("tools of Python: %v, %v", lists, err)
	}
	for _, list := range lists {
		if folder := "/tools/" + filepath.Base(filepath.Dir(list)); !strings.Contains(string(text), folder) {
			t.Errorf("dependabot.yml proposes no new versions for %s", folder)
		}
	}
}
