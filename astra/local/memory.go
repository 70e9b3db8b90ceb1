package local

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// memoryFolder makes a folder for a server that keeps nothing. It is in memory
// where the system has a file system for that.
func memoryFolder() (string, error) {
	parent := "/dev/shm"
	if info, err := os.Stat(parent); err != nil || !info.IsDir() {
		parent = os.TempDir()
	}
	removeLeftovers(parent)
	dir, err := os.MkdirTemp(parent, memoryPrefix)
	if err != nil {
		dir, err = os.MkdirTemp("", memoryPrefix)
	}
	if err != nil {
		return "", fmt.Errorf("make a folder for -memory: %w", err)
	}
	return dir, nil
}

const memoryPrefix = "astra-local-memory-"

// removeLeftovers removes the folders of servers that were killed: those whose
// lock is free.
func removeLeftovers(parent string) {
	dirs, err := filepath.Glob(filepath.Join(parent, memoryPrefix+"*"))
	if err != nil {
		return
	}
	for _, dir := range dirs {
		if _, err := os.Stat(filepath.Join(dir, "lock")); err != nil {
			continue // it is being made
		}
		lock, err := lockFolder(dir)
		if err != nil {
			continue
		}
		_ = os.RemoveAll(dir)
		_ = lock.Close()
	}
}

// Snapshot writes the whole data folder's content into a new file, which
// [Config.Restore] takes.
func (s *Server) Snapshot(file string) error {
	if err := s.store.Snapshot(file); err != nil {
		return fmt.Errorf("write the snapshot %s (choose a file that does not exist): %w", file, err)
	}
	return private(file)
}

// restore puts a snapshot into a data folder that has no data.
func restore(dir, file string) error {
	target := filepath.Join(dir, "astra.sqlite")
	if info, err := os.Stat(target); err == nil && info.Size() > 0 {
		return fmt.Errorf("the data folder %s holds data; restore %s into an empty folder", dir, file)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read the snapshot (-restore): %w", err)
	}
	if len(data) < 16 || string(data[:15]) != "SQLite format 3" {
		return errors.New("the file of -restore is not a snapshot of astra-local: " + file)
	}
	return os.WriteFile(target, data, 0o600)
}
