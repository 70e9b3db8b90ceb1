// Package failure carries the class of a resource's failure from the provider
// to the program that drives the engine. The engine passes on the text of an
// error and nothing else, so the class has a channel of its own: a file that
// the program names in the environment. Classes are decided from error types,
// on the provider's side; no text is ever searched. What knows of a single
// resource may not enter.
package failure

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Variable names the file; without it nothing is recorded.
const Variable = "ASTRADB_FAILURES"

// Class is a kind of failure that calls for a reaction of its own.
type Class string

// The classes.
const (
	PortInUse Class = "port-in-use"
	DiskFull  Class = "disk-full"
)

// Record is one failure of one resource.
type Record struct {
	Class Class  `json:"class"`
	URN   string `json:"urn"`
}

// Note appends a record to the file that the environment names. Concurrent
// calls, also of several processes, are safe: each is one write of a line.
func Note(record Record) error {
	path := os.Getenv(Variable)
	if path == "" {
		return nil
	}
	line, err := json.Marshal(record)
	if err != nil {
		return fmt.Errorf("record a failure of %s: %w", record.URN, err)
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("record a failure of %s: %w", record.URN, err)
	}
	_, err = file.Write(append(line, '\n'))
	return errors.Join(err, file.Close())
}

// Read returns what was recorded in a file, nothing if there is none. A line
// that is no record is skipped: the operation's own error matters more.
func Read(path string) ([]Record, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the recorded failures: %w", err)
	}
	defer func() { _ = file.Close() }()
	var records []Record
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var record Record
		if json.Unmarshal(lines.Bytes(), &record) == nil && record.Class != "" {
			records = append(records, record)
		}
	}
	if err := lines.Err(); err != nil {
		return records, fmt.Errorf("read the recorded failures: %w", err)
	}
	return records, nil
}
