// Package checkout finds the repository, the folder for everything that is made
// on this machine, and the targets there are. Launcher, command line, programs
// and tests ask this package alone.
package checkout

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
)

// Variables that name the checkout and its home folder.
const (
	RootVariable = "KILLRVIDEO_ROOT"
	HomeVariable = "KILLRVIDEO_HOME"
)

// Local is the target of this machine, and the default.
const Local = "local"

// ErrNone means that the working folder is in no checkout.
var ErrNone = errors.New("no folder from here up holds Pulumi.yaml and stacks/launch; run this inside the checkout")

// Root is the checkout: KILLRVIDEO_ROOT, or the nearest folder from the working
// folder up that is one.
func Root() (string, error) {
	if root := os.Getenv(RootVariable); root != "" {
		return filepath.Abs(root)
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the checkout: %w", err)
	}
	for {
		if isFile(filepath.Join(dir, "Pulumi.yaml")) && isFile(filepath.Join(dir, "stacks", "launch", "main.go")) {
			return dir, nil
		}
		if filepath.Dir(dir) == dir {
			return "", fmt.Errorf("find the checkout: %w", ErrNone)
		}
		dir = filepath.Dir(dir)
	}
}

// Home is the folder for everything that is made on this machine:
// KILLRVIDEO_HOME, or .killrvideo in the checkout.
func Home(root string) (string, error) {
	home := os.Getenv(HomeVariable)
	if home == "" {
		home = filepath.Join(root, ".killrvideo")
	}
	abs, err := filepath.Abs(home)
	if err != nil {
		return "", fmt.Errorf("find the state folder: %w", err)
	}
	return abs, nil
}

// StateURL is a folder as the URL of a Pulumi backend. Pulumi decodes it, so
// characters with a meaning in URLs are escaped. Without the option Pulumi writes
// <stack>.json.attrs beside each state, and one that a kill left half written makes
// the state unreadable: "failed to load checkpoint: EOF".
func StateURL(folder string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(folder), RawQuery: "metadata=skip"}).String()
}

// Targets are the names of the folders of stacks/ that hold the program of a
// target, local first. The launcher is a program too, in a module of its own.
func Targets(root string) []string {
	targets := []string{Local}
	folders, err := os.ReadDir(filepath.Join(root, "stacks"))
	if err != nil {
		return targets // a checkout without stacks still has its committed settings
	}
	for _, folder := range folders {
		dir := filepath.Join(root, "stacks", folder.Name())
		if folder.Name() != Local && isFile(filepath.Join(dir, "main.go")) && !isFile(filepath.Join(dir, "go.mod")) {
			targets = append(targets, folder.Name())
		}
	}
	return targets
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
