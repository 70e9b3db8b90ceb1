package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Record is a start that a folder remembers, for a deployment that is killed
// before its state does.
type Record struct {
	Identity
	Instance string `json:"instance"`
	// URL is where it answers; empty in a record of an earlier version.
	URL string `json:"url"`

	path string
}

// earlierRecord is where an earlier version noted its one process.
const earlierRecord = "process.json"

func recordsDir(dir string) string { return filepath.Join(dir, "runs") }

// record notes a start.
func (s Spec) record(run Run) error {
	err := privateDir(recordsDir(s.Dir))
	var text []byte
	if err == nil {
		text, err = json.Marshal(Record{Identity: run.Identity, Instance: run.Instance, URL: run.URL})
	}
	if err == nil {
		err = writeFile(filepath.Join(recordsDir(s.Dir), run.Instance+".json"), text)
	}
	if err != nil {
		return fmt.Errorf("note process %d: %w", run.PID, err)
	}
	return nil
}

// Rewrite replaces an earlier version's record of a start by one that tells
// all of it.
func Rewrite(dir string, of Record) error {
	run := Run{Identity: of.Identity, Instance: of.Instance, URL: of.URL}
	if err := (Spec{Dir: dir}).record(run); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(dir, earlierRecord)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("forget the earlier record of process %d: %w", of.PID, err)
	}
	return nil
}

// Recorded are the starts that a folder remembers, whether they still run or
// not. A record that cannot be understood is an error: it may hide a process.
func Recorded(dir string) ([]Record, error) {
	paths := []string{filepath.Join(dir, earlierRecord)}
	entries, err := os.ReadDir(recordsDir(dir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list the recorded processes: %w", err)
	}
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), ".json") {
			paths = append(paths, filepath.Join(recordsDir(dir), entry.Name()))
		}
	}
	var all []Record
	for _, path := range paths {
		one := Record{path: path}
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = json.Unmarshal(text, &one)
		}
		if err != nil {
			return nil, fmt.Errorf("read the record %s of a process: %w", path, err)
		}
		all = append(all, one)
	}
	return all, nil
}

// StopRecorded stops every process that a folder records but some instances,
// and removes what it had: secrets and records. The logs stay.
func StopRecorded(ctx context.Context, dir string, grace time.Duration, keep ...string) error {
	all, err := Recorded(dir)
	if err != nil {
		return err
	}
	for _, one := range all {
		if slices.Contains(keep, one.Instance) {
			continue
		}
		if err := Stop(ctx, one.Identity, grace); err != nil {
			return err
		}
		if err := os.Remove(one.path); err != nil {
			return fmt.Errorf("forget process %d: %w", one.PID, err)
		}
	}
	if err := keepSecrets(dir, keep); err != nil {
		return err
	}
	return dropLogs(dir, all, keep)
}

// dropLogs removes the logs of starts of their own name, all but those of the
// kept ones and of the last one beside them.
func dropLogs(dir string, all []Record, keep []string) error {
	logs, err := filepath.Glob(filepath.Join(dir, "log.*"))
	if err != nil {
		return fmt.Errorf("list the logs: %w", err)
	}
	for _, path := range logs {
		name := strings.TrimPrefix(filepath.Base(path), "log.")
		recorded := slices.ContainsFunc(all, func(r Record) bool { return r.Instance == name })
		if name == "1" || recorded || slices.Contains(keep, name) {
			continue
		}
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("remove an old log: %w", err)
		}
	}
	return nil
}

// forget removes the record and the secrets of one start.
func forget(dir, instance string) error {
	path := filepath.Join(recordsDir(dir), instance+".json")
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("forget instance %s: %w", instance, err)
	}
	return removeSecrets(dir, instance)
}
