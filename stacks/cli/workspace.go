package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"

	"gopkg.in/yaml.v3"
)

// Pulumi writes a salt and secrets into a stack's file. So that the committed
// files stay as they are, the commands work in a folder of their own: it holds
// a copy of the project with absolute paths and, per stack, a working copy of
// the stack's file. The rule between the two: when a value of the committed
// file changes, it is taken over; whatever else was set here stays.

// sync brings the working copy of a stack up to date.
func (h *home) sync(stack string) error {
	if err := h.syncProject(); err != nil {
		return err
	}
	name := "Pulumi." + stack + ".yaml"
	shared, err := readYAML(filepath.Join(h.root, name))
	if err != nil {
		return err
	}
	base, err := readYAML(filepath.Join(h.work(), "."+name+".base"))
	if err != nil {
		return err
	}
	working, err := readYAML(filepath.Join(h.work(), name))
	if err != nil {
		return err
	}
	mergeStack(shared, base, working)
	if err := writeYAML(filepath.Join(h.work(), name), working); err != nil {
		return err
	}
	return writeYAML(filepath.Join(h.work(), "."+name+".base"), shared)
}

// syncProject copies Pulumi.yaml with its paths made absolute.
func (h *home) syncProject() error {
	project, err := readYAML(filepath.Join(h.root, "Pulumi.yaml"))
	if err != nil {
		return err
	}
	if main, ok := project["main"].(string); ok {
		project["main"] = filepath.Join(h.root, main)
	}
	if plugins, ok := project["plugins"].(map[string]any); ok {
		providers, _ := plugins["providers"].([]any)
		for _, provider := range providers {
			if p, ok := provider.(map[string]any); ok {
				p["path"] = filepath.Join(h.root, fmt.Sprint(p["path"]))
			}
		}
	}
	return writeYAML(filepath.Join(h.work(), "Pulumi.yaml"), project)
}

// mergeStack takes into working what changed in shared since base: whole
// top-level members, and the members of config one by one.
func mergeStack(shared, base, working map[string]any) {
	mergeMembers(shared, base, working, "config")
	sharedConfig, baseConfig, workingConfig := member(shared), member(base), member(working)
	mergeMembers(sharedConfig, baseConfig, workingConfig, "")
	working["config"] = workingConfig
}

func mergeMembers(shared, base, working map[string]any, except string) {
	for key, value := range shared {
		if key != except && !reflect.DeepEqual(value, base[key]) {
			working[key] = value
		}
	}
	for key := range base {
		if _, still := shared[key]; !still && key != except {
			delete(working, key)
		}
	}
}

// keys are the full names of the stack's settings in the working copy; none when
// Pulumi's language host started this program, which says them itself.
func (c *command) keys() []string {
	if c.home == nil {
		return nil
	}
	working, err := readYAML(filepath.Join(c.home.work(), "Pulumi."+c.stack+".yaml"))
	if err != nil {
		return nil // the engine reads it next, and says what is wrong
	}
	return slices.Sorted(maps.Keys(member(working)))
}

func member(stack map[string]any) map[string]any {
	config, ok := stack["config"].(map[string]any)
	if !ok {
		return map[string]any{}
	}
	return config
}

// readYAML reads a file into a map, an empty one if there is no file.
func readYAML(path string) (map[string]any, error) {
	content := map[string]any{}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return content, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read a stack's settings: %w", err)
	}
	if err := yaml.Unmarshal(text, &content); err != nil {
		return nil, &Failure{CodeUsage, fmt.Errorf("%s is not valid YAML: %w", path, err)}
	}
	return content, nil
}

func writeYAML(path string, content map[string]any) error {
	text, err := yaml.Marshal(content)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if old, err := os.ReadFile(path); err == nil && string(old) == string(text) {
		return nil
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return unusable(filepath.Dir(path), err)
	}
	return nil
}
