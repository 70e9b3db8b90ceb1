package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

// repository is a folder that looks like the repository to the launcher.
func repository(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	files["stacks/local/main.go"] = "package main"
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestChooseTarget(t *testing.T) {
	for name, test := range map[string]struct {
		stack, file string
		want, err   string
	}{
		"local":             {"dev", "config:\n  killrvideo:target: local\n", "local", ""},
		"quoted":            {"dev", "config:\n  killrvideo:target: \"local\"\n", "local", ""},
		"not named":         {"dev", "config: {}\n", "local", ""},
		"without a program": {"prod", "config:\n  killrvideo:target: cloudrun\n", "", `"cloudrun" in`},
		"commented":         {"dev", "config:\n  killrvideo:target: local # the laptop\n", "local", ""},
		"unknown": {"dev", "config:\n  killrvideo:target: mars\n", "",
			`must be one of local: make pulumi ARGS="config set target local --stack dev"`},
		"not a path": {"dev", "config:\n  killrvideo:target: ../launch\n", "", "is unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := repository(t, map[string]string{"Pulumi." + test.stack + ".yaml": test.file})
			got, err := chooseTarget(root, []string{"up", "--stack", test.stack})
			expect(t, got, err, test.want, test.err)
		})
	}
}

func expect(t *testing.T, got string, err error, want, wantErr string) {
	t.Helper()
	if wantErr == "" {
		if err != nil || got != want {
			t.Fatalf("got %q, %v", got, err)
		}
		return
	}
	if err == nil || !strings.Contains(err.Error(), wantErr) {
		t.Fatalf("got %v, want %q", err, wantErr)
	}
}

func TestWhatWasSetOnThisMachineWins(t *testing.T) {
	t.Parallel()
	const committed = "config:\n  killrvideo:target: local\n"
	root := repository(t, map[string]string{
		"Pulumi.dev.yaml":                        committed,
		".killrvideo/work/Pulumi.dev.yaml":       "config:\n  killrvideo:target: ecs\n",
		".killrvideo/work/.Pulumi.dev.yaml.base": committed,
	})
	_, err := chooseTarget(root, []string{"up", "--stack", "dev"})
	expect(t, "", err, "", `"ecs"`)
}

// The launcher, the command line and the plan look in one home.
func TestTheHomeFolderIsTheCallers(t *testing.T) {
	const committed = "config:\n  killrvideo:target: local\n"
	root := repository(t, map[string]string{
		"Pulumi.dev.yaml":                      committed,
		"elsewhere/work/Pulumi.dev.yaml":       "config:\n  killrvideo:target: ecs\n",
		"elsewhere/work/.Pulumi.dev.yaml.base": committed,
	})
	t.Setenv("KILLRVIDEO_HOME", filepath.Join(root, "elsewhere"))
	_, err := chooseTarget(root, []string{"up", "--stack", "dev"})
	expect(t, "", err, "", `"ecs"`)
}

func TestAStackWithoutAFile(t *testing.T) {
	t.Parallel()
	_, err := chooseTarget(repository(t, map[string]string{}), []string{"up", "--stack", "qa"})
	expect(t, "", err, "", `no such stack: "qa"`)
	if code := exit.Code(err); code != 10 {
		t.Errorf("it ends with %d", code)
	}
}

func TestFromTheLanguageHost(t *testing.T) {
	root := repository(t, map[string]string{})
	t.Setenv("PULUMI_MONITOR", "127.0.0.1:1")
	t.Setenv("PULUMI_CONFIG", `{"killrvideo:target":"local"}`)
	got, err := chooseTarget(root, nil)
	expect(t, got, err, "local", "")
	t.Setenv("PULUMI_CONFIG", `{"killrvideo:target":"kubernetes"}`)
	_, err = chooseTarget(root, nil)
	expect(t, "", err, "", `"kubernetes" in the stack's settings is unknown`)
}
