package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

// repository is a checkout with a project and a stack, and a command in it
// whose home is open.
func repository(t *testing.T) *command {
	t.Helper()
	root := t.TempDir()
	files := map[string]string{
		"Pulumi.yaml":      "name: killrvideo\nmain: stacks/launch\nplugins:\n  providers:\n    - {name: astradb, path: infra/provider/plugin}\n",
		"Pulumi.dev.yaml":  "config:\n  killrvideo:target: local\n",
		"Pulumi.prod.yaml": "config:\n  killrvideo:target: ecs\n",

		"stacks/ecs/main.go": "package main\n", // what makes ecs a target
	}
	if err := os.MkdirAll(filepath.Join(root, "stacks", "ecs"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := &command{home: &home{root: root, dir: filepath.Join(root, ".killrvideo")}, stack: "dev", target: "local", out: &bytes.Buffer{},
		err: &bytes.Buffer{}}
	if err := c.home.open(); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestALocalStackWorksOnACopy(t *testing.T) {
	t.Parallel()
	c := repository(t)
	if err := c.sync(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(c.file.Dir(), "Pulumi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var project struct{ Main string }
	if err := yaml.Unmarshal(text, &project); err != nil || project.Main != filepath.Join(c.home.root, "stacks/launch") {
		t.Errorf("main is %q, %v", project.Main, err)
	}
	text, err = os.ReadFile(filepath.Join(c.home.root, "Pulumi.dev.yaml"))
	if err != nil || string(text) != "config:\n  killrvideo:target: local\n" {
		t.Errorf("the committed file is now %q, %v", text, err)
	}
	if keys := c.keys(); len(keys) != 1 || keys[0] != "killrvideo:target" {
		t.Errorf("the keys are %v", keys)
	}
}

func TestACloudStackWorksOnTheCommittedFile(t *testing.T) {
	t.Parallel()
	c := repository(t)
	c.stack = "prod"
	if err := c.sync(); err != nil {
		t.Fatal(err)
	}
	if c.file.Dir() != c.home.root || c.file.Path() != filepath.Join(c.home.root, "Pulumi.prod.yaml") {
		t.Errorf("the file is %s", c.file.Path())
	}
	if _, err := os.Stat(c.file.Working); err == nil {
		t.Error("it has a working copy")
	}
}

func TestABrokenStackFileIsNamed(t *testing.T) {
	t.Parallel()
	c := repository(t)
	if err := os.WriteFile(filepath.Join(c.home.root, "Pulumi.dev.yaml"), []byte("config: [\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := c.sync()
	if exit.ClassOf(err) != exit.Usage || !strings.Contains(err.Error(), "Pulumi.dev.yaml") {
		t.Errorf("got %v", err)
	}
}

func TestTheStackOfTheArgumentsCounts(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"config set cpu 1":               "dev",
		"config set cpu 1 --stack prod":  "prod",
		"config set cpu 1 --stack=prod":  "prod",
		"-s prod config":                 "prod",
		"config set cpu -- --stack prod": "dev",
		"config --stack":                 "dev",
	} {
		if got := stackIn(strings.Fields(args), "dev"); got != want {
			t.Errorf("%s: %s, want %s", args, got, want)
		}
	}
}
