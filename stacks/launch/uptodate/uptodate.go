// Package uptodate tells whether a program was built from the sources as they are
// now. Asking the compiler takes half a second a program.
package uptodate

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// sources are what of the checkout a stack's program and the native provider are
// compiled from.
var sources = []string{"go.mod", "go.sum", "astra", "infra", "service", "stacks"}

// settings are the variables that change what the compiler makes.
var settings = []string{"GOROOT", "GOFLAGS", "GOOS", "GOARCH", "GOAMD64", "GOARM64", "GOEXPERIMENT", "GOTOOLCHAIN"}

// Inputs identify what a build in the checkout at root reads: the path, size and
// time of every source file, the compiler and its settings. They are empty if
// something cannot be read.
func Inputs(root string) string {
	sum := sha256.New()
	for _, name := range settings {
		fmt.Fprintf(sum, "%s=%s\n", name, os.Getenv(name))
	}
	compiler, err := exec.LookPath("go")
	if err != nil {
		return ""
	}
	fmt.Fprintln(sum, compiler, stateOf(compiler))
	if config, err := os.UserConfigDir(); err == nil {
		fmt.Fprintln(sum, stateOf(filepath.Join(config, "go", "env"))) // what go env -w wrote
	}
	for _, source := range sources {
		err := filepath.WalkDir(filepath.Join(root, source), func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			switch name := entry.Name(); {
			case entry.IsDir() && strings.HasPrefix(name, "."):
				return fs.SkipDir
			case entry.IsDir() || strings.HasPrefix(name, "pulumi-resource-"): // a program that a build made
				return nil
			}
			fmt.Fprintln(sum, path, stateOf(path))
			return nil
		})
		if err != nil {
			return ""
		}
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
}

// stateOf changes when a file is written or removed.
func stateOf(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return "absent"
	}
	return fmt.Sprint(info.Size(), info.ModTime().UnixNano())
}

// Is reports whether a program was built from the same inputs and is still as it
// was built. Its record is a file NAME.inputs in the folder records.
func Is(records, program, inputs string) bool {
	text, err := os.ReadFile(recordOf(records, program))
	return err == nil && inputs != "" && string(text) == content(program, inputs)
}

// Record remembers what a program was built from. The inputs are those from before
// the build: what was saved during it is for the next one.
func Record(records, program, inputs string) error {
	if err := os.WriteFile(recordOf(records, program), []byte(content(program, inputs)), 0o600); err != nil {
		return fmt.Errorf("record what %s was built from: %w", program, err)
	}
	return nil
}

func recordOf(records, program string) string {
	return filepath.Join(records, filepath.Base(program)+".inputs")
}

func content(program, inputs string) string { return inputs + " " + stateOf(program) + "\n" }
