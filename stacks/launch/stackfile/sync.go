package stackfile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"

	"gopkg.in/yaml.v3"

	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

// Sync brings the settings file up to date before Pulumi reads it, and returns
// the file in force. A working copy takes over what changed in the committed
// file. A working copy of a stack that is not on target local moves into the
// committed file.
func (f File) Sync() (File, []string, error) {
	committed, err := read(f.Committed)
	if err != nil {
		return f, nil, err
	}
	settings, notes, err := f.Read()
	if errors.Is(err, ErrNoStack) {
		return f, nil, nil // its first setting begins its file, and Pulumi writes that
	}
	if err != nil {
		return f, nil, err
	}
	if f.isCloud(settings.Target()) {
		return f.move(committed, settings, notes)
	}
	if committed == nil {
		committed = Settings{}
	}
	return f, notes, errors.Join(write(f.Working, settings), write(f.Base, committed))
}

// move writes the settings into the committed file and removes the working
// copy, if there is one.
func (f File) move(committed, settings Settings, notes []string) (File, []string, error) {
	f.IsLocal = false
	if _, err := os.Stat(f.Working); errors.Is(err, fs.ErrNotExist) {
		return f, notes, nil
	}
	changed, err := edit(f.Committed, committed, settings)
	if err != nil {
		return f, notes, err
	}
	if changed {
		notes = append(notes, fmt.Sprintf("target %s: the settings made on this machine are now in %s, to be committed",
			settings.Target(), filepath.Base(f.Committed)))
	}
	for _, path := range []string{f.Working, f.Base} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return f, notes, fmt.Errorf("remove the working copy of stack %s: %w", f.Stack, err)
		}
	}
	return f, notes, nil
}

// Set gives members of config a value, or removes those whose value is nil, in
// the file in force. All others stay, and so do comments.
func (f File) Set(values map[string]any) error {
	if len(values) == 0 {
		return nil
	}
	now, err := read(f.Path())
	if err != nil {
		return err
	}
	wanted := maps.Clone(now)
	if wanted == nil {
		wanted = Settings{}
	}
	config := maps.Clone(wanted.Config())
	for key, value := range values {
		if config[key] = value; value == nil {
			delete(config, key)
		}
	}
	wanted["config"] = config
	if f.IsLocal {
		return write(f.Path(), wanted)
	}
	_, err = edit(f.Path(), now, wanted)
	return err
}

// edit makes a file say settings and keeps its comments.
func edit(path string, now, settings Settings) (changed bool, err error) {
	if reflect.DeepEqual(now, settings) {
		return false, nil
	}
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("read the settings of a stack: %w", err)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return false, &InvalidError{path, err}
	}
	if len(document.Content) == 0 || document.Content[0].Kind != yaml.MappingNode {
		document = yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{{Kind: yaml.MappingNode}}}
	}
	if err := set(document.Content[0], now, settings); err != nil {
		return false, err
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := errors.Join(encoder.Encode(&document), encoder.Close()); err != nil {
		return false, fmt.Errorf("write %s: %w", path, err)
	}
	return true, replace(path, out.Bytes(), 0o644)
}

// set makes a mapping node say want, where it says now.
func set(node *yaml.Node, now, want map[string]any) error {
	remaining := node.Content[:0:0]
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		wanted, stays := want[key.Value]
		if !stays {
			continue
		}
		if !reflect.DeepEqual(now[key.Value], wanted) {
			if err := change(value, now[key.Value], wanted); err != nil {
				return err
			}
		}
		remaining = append(remaining, key, value)
	}
	for _, key := range sorted(want) {
		if _, there := now[key]; there {
			continue
		}
		var name, value yaml.Node
		name.SetString(key)
		if err := value.Encode(want[key]); err != nil {
			return fmt.Errorf("write the setting %s: %w", key, err)
		}
		remaining = append(remaining, &name, &value)
	}
	node.Content = remaining
	return nil
}

// change makes a value node say wanted; a group is changed member by member.
func change(node *yaml.Node, now, wanted any) error {
	group, isGroup := asGroup(wanted)
	nowGroup, wasGroup := asGroup(now)
	if isGroup && wasGroup && node.Kind == yaml.MappingNode {
		return set(node, nowGroup, group)
	}
	comment := node.LineComment
	*node = yaml.Node{}
	if err := node.Encode(wanted); err != nil {
		return fmt.Errorf("write a setting: %w", err)
	}
	node.LineComment = comment
	return nil
}

func write(path string, settings Settings) error {
	text, err := yaml.Marshal(map[string]any(settings))
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, text) {
		return nil
	}
	return replace(path, text, 0o600)
}

// replace writes a file as a whole, or leaves it as it was.
func replace(path string, text []byte, mode fs.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return &WriteError{path, err}
	}
	part, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return &WriteError{path, err}
	}
	_, err = part.Write(text)
	err = errors.Join(err, part.Chmod(mode), part.Close())
	if err == nil {
		err = os.Rename(part.Name(), path)
	}
	if err != nil {
		_ = os.Remove(part.Name())
		return &WriteError{path, err}
	}
	return nil
}

// WriteError is a settings file that cannot be written.
type WriteError struct {
	Path  string
	Cause error
}

func (e *WriteError) Error() string { return fmt.Sprintf("write %s: %v", e.Path, e.Cause) }

// Unwrap returns the class of the error, and what the system said.
func (e *WriteError) Unwrap() []error { return []error{exit.StateFolder, e.Cause} }
