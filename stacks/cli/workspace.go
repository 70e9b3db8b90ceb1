package cli

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/killrvideo/killrvideo-go/stacks/launch/stackfile"
)

// Pulumi writes the stack's file and, for a new passphrase, a salt into it. For
// a stack on target local it works on the working copy, in a folder with a copy
// of the project file; for every other stack it works in the checkout.

// find locates the settings file of the stack and changes nothing.
func (c *command) find() (stackfile.File, error) {
	return stackfile.Find(c.home.root, c.home.dir, c.stack)
}

// sync brings the settings file of the stack up to date and makes the folder
// that Pulumi works in.
func (c *command) sync() error {
	file, err := c.find()
	if err != nil {
		return err
	}
	file, notes, err := file.Sync()
	for _, note := range notes {
		_, _ = fmt.Fprintf(c.err, "settings of stack %s: %s\n", c.stack, note)
	}
	if err != nil {
		return err
	}
	c.file = file
	if !file.IsLocal {
		return nil
	}
	return c.home.syncProject(file.Dir())
}

// syncProject copies Pulumi.yaml into dir with its paths made absolute.
func (h *home) syncProject(dir string) error {
	path := h.projectFile()
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read the project: %w", err)
	}
	project := map[string]any{}
	if err := yaml.Unmarshal(text, &project); err != nil {
		return &stackfile.InvalidError{Path: path, Cause: err}
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
	if text, err = yaml.Marshal(project); err != nil {
		return fmt.Errorf("copy the project: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return unusable(h.dir, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "Pulumi.yaml"), text, 0o600); err != nil {
		return unusable(h.dir, err)
	}
	return nil
}

// keys are the full names of the stack's settings; none when Pulumi's language
// host started this program, which says them itself.
func (c *command) keys() []string {
	if c.home == nil {
		return nil
	}
	settings, _, err := c.file.Read()
	if err != nil {
		return nil // the engine reads it next, and says what is wrong
	}
	return slices.Sorted(maps.Keys(settings.Config()))
}
