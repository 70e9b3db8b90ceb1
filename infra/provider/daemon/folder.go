package daemon

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
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

func removeSecrets(dir, instance string) error {
	if err := os.RemoveAll(filepath.Join(secretsDir(dir), instance)); err != nil {
		return fmt.Errorf("remove the secrets of instance %s: %w", instance, err)
	}
	// Fails while other instances have theirs, which is as it should be.
	_ = os.Remove(secretsDir(dir))
	return nil
}

// keepSecrets removes the secret files of every start but some.
func keepSecrets(dir string, keep []string) error {
	entries, err := os.ReadDir(secretsDir(dir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("list the secrets: %w", err)
	}
	for _, entry := range entries {
		if slices.Contains(keep, entry.Name()) {
			continue
		}
		if err := removeSecrets(dir, entry.Name()); err != nil {
			return err
		}
	}
	return nil
}

// writeFile replaces a file in one step, so that a reader sees the old content
// or the new one.
func writeFile(path string, text []byte) error {
	scratch, err := os.CreateTemp(filepath.Dir(path), ".new-")
	if err != nil {
		return err
	}
	_, err = scratch.Write(text) // mode 0600, as CreateTemp makes it
	err = errors.Join(err, scratch.Close())
	if err == nil {
		err = os.Rename(scratch.Name(), path)
	}
	if err != nil {
		_ = os.Remove(scratch.Name())
	}
	return err
}
