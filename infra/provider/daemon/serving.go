package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func servingFile(dir string) string { return filepath.Join(dir, "serving") }

// Serve notes which start of a folder's program gets the requests, and at
// which address (host:port). What passes them on reads the note at each
// connection, so this is the switch.
func Serve(dir, address, instance string) error {
	if err := writeFile(servingFile(dir), []byte(address+" "+instance)); err != nil {
		return fmt.Errorf("pass requests on to %s: %w", address, err)
	}
	return linkLog(dir, instance)
}

// linkLog gives the log of the start that serves a name that does not change,
// for those who follow it.
func linkLog(dir, instance string) error {
	name := "log." + instance
	if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
		return nil //nolint:nilerr // an earlier version's, which has that name itself
	}
	scratch := filepath.Join(dir, ".log-"+instance)
	_ = os.Remove(scratch)
	err := os.Symlink(name, scratch)
	if err == nil {
		err = os.Rename(scratch, filepath.Join(dir, "log"))
	}
	if err != nil {
		return fmt.Errorf("name the log of instance %s: %w", instance, err)
	}
	return nil
}

// Serving reads that note; both are empty if nothing gets requests.
func Serving(dir string) (address, instance string) {
	text, err := os.ReadFile(servingFile(dir))
	if err != nil {
		return "", ""
	}
	address, instance, _ = strings.Cut(string(text), " ")
	return address, instance
}
