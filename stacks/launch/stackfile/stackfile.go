// Package stackfile finds, reads and merges the settings file of a stack. The
// settings of a stack are in the committed Pulumi.<stack>.yaml. A stack on
// target local has a working copy below the home folder as well, because the
// passphrase of its secrets belongs to this machine and the work tree stays
// clean. Launcher, command line, plan and doctor ask this package alone. Pulumi
// may not enter.
package stackfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/killrvideo/killrvideo-go/stacks/launch/checkout"
	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

// TargetKey is the setting that decides where the settings file of a stack is.
const TargetKey = "killrvideo:target"

// ErrNoStack means that a stack has no settings file.
var ErrNoStack = exit.NoStack.With(errors.New("no such stack"))

// InvalidError is a settings file that cannot be parsed.
type InvalidError struct {
	Path  string
	Cause error
}

func (e *InvalidError) Error() string {
	return fmt.Sprintf("%s is not valid YAML: %v", e.Path, e.Cause)
}

// Unwrap returns the class of the error, and what the parser said.
func (e *InvalidError) Unwrap() []error { return []error{exit.Usage, e.Cause} }

// File is the settings file of one stack.
type File struct {
	Stack string
	// Committed is Pulumi.<stack>.yaml in the checkout.
	Committed string
	// Working is the working copy, and Base what the committed file said when
	// the two were last merged.
	Working, Base string
	// IsLocal tells that the working copy counts, since the stack is on target local.
	IsLocal bool
	targets []string
}

// Find locates the settings file of a stack of the checkout at root. It reads
// and changes nothing but the committed file's target. A stack without any
// file is local until its settings say otherwise.
func Find(root, home, stack string) (File, error) {
	name := "Pulumi." + stack + ".yaml"
	f := File{
		Stack:     stack,
		Committed: filepath.Join(root, name),
		Working:   filepath.Join(home, "work", name),
		Base:      filepath.Join(home, "work", "."+name+".base"),
		targets:   checkout.Targets(root),
	}
	committed, err := read(f.Committed)
	if err != nil {
		return f, err
	}
	f.IsLocal = !f.isCloud(committed.Target())
	return f, nil
}

// isCloud tells whether a target keeps its settings in the committed file. An
// unknown target moves nothing: it is refused later.
func (f File) isCloud(target string) bool {
	return target != checkout.Local && slices.Contains(f.targets, target)
}

// Path is where the settings of the stack are.
func (f File) Path() string {
	if f.IsLocal {
		return f.Working
	}
	return f.Committed
}

// Dir is the folder of Path, from which Pulumi is run.
func (f File) Dir() string { return filepath.Dir(f.Path()) }

// Settings is the parsed content of a settings file.
type Settings map[string]any

// Config is its member config: the settings by their full names.
func (s Settings) Config() map[string]any {
	config, _ := s["config"].(map[string]any)
	if config == nil {
		return map[string]any{}
	}
	return config
}

// Target is the stack's target, local if none is set. A value that is no text
// is returned as it would be written.
func (s Settings) Target() string {
	if value := s.Config()[TargetKey]; value != nil && value != "" {
		return fmt.Sprint(value)
	}
	return checkout.Local
}

// Read returns the settings that are in force, with the committed file's
// changes merged in, and changes no file. Notes say what a merge overruled.
// The error is ErrNoStack if the stack has no file at all.
func (f File) Read() (Settings, []string, error) {
	committed, err := read(f.Committed)
	if err != nil {
		return nil, nil, err
	}
	working, err := read(f.Working)
	if err != nil {
		return nil, nil, err
	}
	if committed == nil && working == nil {
		return nil, nil, fmt.Errorf("%w: %q has no file %s; copy Pulumi.dev.yaml to begin one", ErrNoStack, f.Stack, f.Committed)
	}
	if working == nil && !f.IsLocal {
		return committed, nil, nil
	}
	base, err := read(f.Base)
	if err != nil {
		return nil, nil, err
	}
	if working == nil {
		working = Settings{}
	}
	notes := merge(committed, base, working)
	return working, notes, nil
}

// read parses a file; nil is a file that does not exist.
func read(path string) (Settings, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the settings of a stack: %w", err)
	}
	settings := map[string]any{}
	if err := yaml.Unmarshal(text, &settings); err != nil {
		return nil, &InvalidError{path, err}
	}
	if config, set := settings["config"]; set && config != nil {
		if _, is := config.(map[string]any); !is {
			return nil, &InvalidError{path, errors.New("its member config is not a group of settings")}
		}
	}
	return settings, nil
}
