package daemon

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Everything in a state folder belongs to the current user alone.
const (
	dirMode  fs.FileMode = 0o700
	fileMode fs.FileMode = 0o600
)

func privateDir(path string) error {
	if err := os.MkdirAll(path, dirMode); err != nil {
		return fmt.Errorf("make the folder: %w", err)
	}
	if err := os.Chmod(path, dirMode); err != nil {
		return fmt.Errorf("make the folder private: %w", err)
	}
	return nil
}

func secretsDir(dir string) string { return filepath.Join(dir, "secrets") }

// writeSecrets puts every secret in a file of its own, in a folder of this
// start, and returns the variables that name them.
func (s Spec) writeSecrets(instance string) ([]string, error) {
	folder := filepath.Join(secretsDir(s.Dir), instance)
	for _, path := range []string{secretsDir(s.Dir), folder} {
		if err := privateDir(path); err != nil {
			return nil, err
		}
	}
	env := []string{}
	for name, value := range s.Secrets {
		if value == "" { // an optional secret that is not there
			continue
		}
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(value), fileMode); err != nil {
			return nil, fmt.Errorf("write the secret %s: %w", name, err)
		}
		env = append(env, name+"_FILE="+path)
	}
	return env, nil
}

// RemoveSecrets removes the secret files of one start.
func RemoveSecrets(dir, instance string) error {
	if instance == "" {
		return nil
	}
	if err := os.RemoveAll(filepath.Join(secretsDir(dir), instance)); err != nil {
		return fmt.Errorf("remove the secrets of instance %s: %w", instance, err)
	}
	// Fails while other instances have theirs, which is as it should be.
	_ = os.Remove(secretsDir(dir))
	return nil
}

// KeepSecrets removes the secret files of every start but one.
func KeepSecrets(dir, instance string) error {
	entries, err := os.ReadDir(secretsDir(dir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("list the secrets: %w", err)
	}
	for _, entry := range entries {
		if entry.Name() == instance {
			continue
		}
		if err := RemoveSecrets(dir, entry.Name()); err != nil {
			return err
		}
	}
	return nil
}

func recordPath(dir string) string { return filepath.Join(dir, "process.json") }

// record notes who was started, for a run that is interrupted before anybody
// else remembers it.
func (s Spec) record(id Identity) error {
	text, err := json.Marshal(id)
	if err == nil {
		err = os.WriteFile(recordPath(s.Dir), text, fileMode)
	}
	if err != nil {
		return fmt.Errorf("note process %d: %w", id.PID, err)
	}
	return nil
}

// recorded returns the process noted in a folder, if there is one.
func recorded(dir string) (Identity, bool) {
	var id Identity
	text, err := os.ReadFile(recordPath(dir))
	return id, err == nil && json.Unmarshal(text, &id) == nil
}

// Forget removes the note about a process, unless it is about another one.
func Forget(dir string, id Identity) error {
	if noted, ok := recorded(dir); !ok || noted != id {
		return nil
	}
	if err := os.Remove(recordPath(dir)); err != nil {
		return fmt.Errorf("forget process %d: %w", id.PID, err)
	}
	return nil
}
