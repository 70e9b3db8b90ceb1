package cli

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func config(members map[string]any) map[string]any { return map[string]any{"config": members} }

func TestMergeStack(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ shared, base, working, want map[string]any }{
		"first use": {
			config(map[string]any{"a": 1}), map[string]any{}, map[string]any{},
			config(map[string]any{"a": 1}),
		},
		"set here, stays": {
			config(map[string]any{"a": 1}), config(map[string]any{"a": 1}), config(map[string]any{"a": 2, "b": "secret"}),
			config(map[string]any{"a": 2, "b": "secret"}),
		},
		"changed there, is taken over": {
			config(map[string]any{"a": 3}), config(map[string]any{"a": 1}), config(map[string]any{"a": 2, "b": "x"}),
			config(map[string]any{"a": 3, "b": "x"}),
		},
		"removed there, goes": {
			config(map[string]any{}), config(map[string]any{"a": 1}), config(map[string]any{"a": 1, "b": "x"}),
			config(map[string]any{"b": "x"}),
		},
		"salt stays": {
			config(map[string]any{}), config(map[string]any{}), map[string]any{"encryptionsalt": "s"},
			map[string]any{"encryptionsalt": "s", "config": map[string]any{}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mergeStack(test.shared, test.base, test.working)
			if !reflect.DeepEqual(test.working, test.want) {
				t.Errorf("got %v, want %v", test.working, test.want)
			}
		})
	}
}

// repository is a checkout with a project and a stack, and its home.
func repository(t *testing.T) *home {
	t.Helper()
	root := t.TempDir()
	files := map[string]string{
		"Pulumi.yaml":     "name: killrvideo\nmain: stacks/launch\nplugins:\n  providers:\n    - {name: killrvideo, path: infra/provider/plugin}\n",
		"Pulumi.dev.yaml": "config:\n  killrvideo:target: local\n",
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h, err := openHome(root)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestSyncLeavesTheCommittedFilesAlone(t *testing.T) {
	t.Parallel()
	h := repository(t)
	if err := h.sync("dev"); err != nil {
		t.Fatal(err)
	}
	project, err := readYAML(filepath.Join(h.work(), "Pulumi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if project["main"] != filepath.Join(h.root, "stacks/launch") {
		t.Errorf("main is %v", project["main"])
	}
	text, err := os.ReadFile(filepath.Join(h.root, "Pulumi.dev.yaml"))
	if err != nil || string(text) != "config:\n  killrvideo:target: local\n" {
		t.Errorf("the committed file is now %q, %v", text, err)
	}
	working, err := readYAML(filepath.Join(h.work(), "Pulumi.dev.yaml"))
	if err != nil || member(working)["killrvideo:target"] != "local" {
		t.Errorf("the working copy is %v, %v", working, err)
	}
}

func TestABrokenStackFileIsNamed(t *testing.T) {
	t.Parallel()
	h := repository(t)
	if err := os.WriteFile(filepath.Join(h.root, "Pulumi.dev.yaml"), []byte("config: [\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := h.sync("dev")
	if ExitCode(err) != CodeUsage || !strings.Contains(err.Error(), "Pulumi.dev.yaml") {
		t.Errorf("got %v", err)
	}
}
