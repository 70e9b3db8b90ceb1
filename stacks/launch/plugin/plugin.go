// Package plugin says where the native provider's program has to be for the
// engine to find it, under each name that a stack's state may have for it.
package plugin

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Package is the Go package of the program, in a module that is relative to the
// checkout.
const (
	Module  = "infra"
	Package = "./provider/plugin"
)

// Path is the program in the folder that Pulumi.yaml names.
func Path(root string) string { return path(root, "astradb") }

// LinkFormerName makes the program answer to the name that states of earlier
// versions have for the provider, in the place of a program that one of them built.
func LinkFormerName(root string) error {
	former := path(root, "killrvideo")
	if sameFile(Path(root), former) {
		return nil
	}
	if err := os.Remove(former); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the native provider of an earlier version: %w", err)
	}
	if err := os.Link(Path(root), former); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("give the native provider its former name: %w", err)
	}
	return nil
}

func sameFile(a, b string) bool {
	one, err1 := os.Stat(a)
	other, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(one, other)
}

func path(root, name string) string {
	return filepath.Join(root, Module, filepath.FromSlash(Package), "pulumi-resource-"+name)
}
