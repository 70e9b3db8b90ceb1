package stackfile_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/launch/stackfile"
)

// checkout is a folder with files, and its home.
func checkout(t *testing.T, files map[string]string) (root, home string) {
	t.Helper()
	root = t.TempDir()
	for _, target := range []string{"local", "cloudrun", "ecs", "kubernetes"} {
		put(t, filepath.Join(root, "stacks", target, "main.go"), "package main\n")
	}
	for name, text := range files {
		put(t, filepath.Join(root, name), text)
	}
	return root, filepath.Join(root, ".killrvideo")
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func text(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func find(t *testing.T, root, home, stack string) stackfile.File {
	t.Helper()
	file, err := stackfile.Find(root, home, stack)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func sync(t *testing.T, file stackfile.File) (stackfile.File, []string) {
	t.Helper()
	file, notes, err := file.Sync()
	if err != nil {
		t.Fatal(err)
	}
	return file, notes
}

func TestFindByTarget(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file, target string
		local        bool
	}{
		"local":              {"config:\n  killrvideo:target: local\n", "local", true},
		"with a comment":     {"config:\n  killrvideo:target: local # the laptop\n", "local", true},
		"quoted":             {"config:\n  \"killrvideo:target\": 'ecs'\n", "ecs", false},
		"flow style":         {"{config: {\"killrvideo:target\": kubernetes}}", "kubernetes", false},
		"an anchor":          {"x: &t cloudrun\nconfig:\n  killrvideo:target: *t\n", "cloudrun", false},
		"in a comment alone": {"# killrvideo:target: ecs\nconfig: {}\n", "local", true},
		"nothing at all":     {"", "local", true},
		"unknown":            {"config:\n  killrvideo:target: moon\n", "moon", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root, home := checkout(t, map[string]string{"Pulumi.dev.yaml": test.file})
			file := find(t, root, home, "dev")
			settings, _, err := file.Read()
			if err != nil || settings.Target() != test.target || file.IsLocal != test.local {
				t.Errorf("got target %q, local %v, %v", settings.Target(), file.IsLocal, err)
			}
			if _, err := os.Stat(home); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("reading made the home folder: %v", err)
			}
		})
	}
}

func TestNoStackAndABrokenFile(t *testing.T) {
	t.Parallel()
	root, home := checkout(t, map[string]string{"Pulumi.bad.yaml": "config: [\n", "Pulumi.list.yaml": "config: [a]\n"})
	if _, _, err := find(t, root, home, "qa").Read(); !errors.Is(err, stackfile.ErrNoStack) ||
		!strings.Contains(err.Error(), "Pulumi.qa.yaml") {
		t.Errorf("a stack without a file gave %v", err)
	}
	if file, _ := sync(t, find(t, root, home, "qa")); !file.IsLocal {
		t.Error("a new stack is not local")
	}
	if _, err := os.Stat(home); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a stack that does not exist left a file: %v", err)
	}
	for _, stack := range []string{"bad", "list"} {
		_, err := stackfile.Find(root, home, stack)
		var invalid *stackfile.InvalidError
		if !errors.As(err, &invalid) || !strings.Contains(err.Error(), "Pulumi."+stack+".yaml") {
			t.Errorf("%s gave %v", stack, err)
		}
	}
}

func TestALocalStackKeepsAWorkingCopy(t *testing.T) {
	t.Parallel()
	const committed = "# shared\nconfig:\n  killrvideo:target: local\n  killrvideo:local: {port: 8000}\n"
	root, home := checkout(t, map[string]string{"Pulumi.dev.yaml": committed})
	file, _ := sync(t, find(t, root, home, "dev"))
	put(t, file.Path(), "encryptionsalt: s\nconfig:\n  killrvideo:target: local\n  killrvideo:local: {port: 8000, astraPort: 9000}\n")
	put(t, file.Committed, "# shared\nconfig:\n  killrvideo:target: local\n  killrvideo:local: {port: 8001}\n")
	file, notes := sync(t, file)
	settings, _, err := file.Read()
	if err != nil || len(notes) > 0 {
		t.Fatal(err, notes)
	}
	want := map[string]any{"port": 8001, "astraPort": 9000}
	if got := settings.Config()["killrvideo:local"]; !reflect.DeepEqual(got, want) || settings["encryptionsalt"] != "s" {
		t.Errorf("got %v, want %v: %v", got, want, settings)
	}
	if !strings.HasPrefix(text(t, file.Committed), "# shared") || strings.Contains(text(t, file.Committed), "encryptionsalt") {
		t.Error("the committed file was written")
	}
}

// A working copy of a stack that is on a cloud, from an earlier version or
// because its target was changed, moves into the committed file.
func TestAWorkingCopyMovesWithTheTarget(t *testing.T) {
	t.Parallel()
	root, home := checkout(t, map[string]string{
		"Pulumi.prod.yaml": "# Production.\nconfig:\n  killrvideo:target: local # for now\n  killrvideo:cloudrun:\n    region: europe-west1 # " +
			"near\n  killrvideo:cpu: \"1\"\n",
	})
	file, _ := sync(t, find(t, root, home, "prod"))
	put(t, file.Working, "encryptionsalt: s\nconfig:\n  killrvideo:target: cloudrun\n  killrvideo:cloudrun:\n    region: europe-west1\n    "+
		"domain: api.example.org\n"+
		"  killrvideo:astraDeployToken:\n    secure: c2VjcmV0\n")
	file, notes := sync(t, file)
	if file.IsLocal || file.Path() != filepath.Join(root, "Pulumi.prod.yaml") || len(notes) != 1 ||
		!strings.Contains(notes[0], "Pulumi.prod.yaml") {
		t.Errorf("got %+v, %q", file, notes)
	}
	got := text(t, file.Committed)
	for _, want := range []string{"# Production.", "# for now", "# near", "target: cloudrun", "domain: api.example.org",
		"secure: c2VjcmV0", "encryptionsalt: s"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if strings.Contains(got, "killrvideo:cpu") {
		t.Errorf("a setting that was removed is back:\n%s", got)
	}
	for _, path := range []string{file.Working, file.Base} {
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is left: %v", path, err)
		}
	}
	before := text(t, file.Committed)
	if _, notes := sync(t, find(t, root, home, "prod")); len(notes) > 0 || text(t, file.Committed) != before {
		t.Errorf("a second sync changed the committed file: %q", notes)
	}
}

func TestAFolderThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	root, home := checkout(t, map[string]string{"Pulumi.dev.yaml": "config: {}\n", ".killrvideo": "a file"})
	_, _, err := find(t, root, home, "dev").Sync()
	if err == nil {
		t.Fatal("it was written")
	}
}
