// Command new makes a stack for a service of your own, from the example
// own-service: `make new NAME=shop DIR=../shop`.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// template is the example's name, in its files too.
const template = "own-service"

// sample are the files of the service itself, for a folder without a Dockerfile.
var sample = []string{".dockerignore", "Dockerfile", "README.md", "go.mod", "main.go", "main_test.go"}

// valid are names that every platform takes, with the longest environment.
var valid = regexp.MustCompile(`^[a-z]([a-z0-9-]{0,18}[a-z0-9])$`)

func main() {
	name := flag.String("name", "", "name of the service")
	dir := flag.String("dir", "", "folder of the service")
	from := flag.String("from", ".", "checkout of the toolkit")
	local := flag.Bool("local", false, "build with the checkout's modules instead of released ones")
	flag.Parse()
	if err := run(os.Stdout, *name, *dir, *from, *local); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func run(w io.Writer, name, dir, from string, local bool) error {
	if !valid.MatchString(name) {
		return fmt.Errorf("the name %q must be 2 to 20 lower-case letters, digits and dashes, a letter first: "+
			"make new NAME=shop DIR=../shop", name)
	}
	if dir == "" {
		return fmt.Errorf("no folder is given: make new NAME=%s DIR=../%s", name, name)
	}
	wrote, err := generate(filepath.Join(from, "examples", template), dir, name)
	if err == nil && local {
		wrote = append(wrote, "deploy/go.work")
		err = workspace(from, filepath.Join(dir, "deploy"))
	}
	if err != nil {
		return fmt.Errorf("make a stack for %s in %s: %w", name, dir, err)
	}
	tidy := "  go mod tidy\n"
	if local {
		tidy = "" // which asks for released modules; go.work has no need of it
	}
	_, err = fmt.Fprintf(w, "wrote to %s:\n  %s\n\nnext:\n  cd %s\n%s  go test ./...\n"+
		"  pulumi stack init dev && pulumi config set target cloudrun   # deploy/README.md has the rest\n",
		dir, strings.Join(wrote, "\n  "), filepath.Join(dir, "deploy"), tidy)
	return err
}

// generate copies the template under another name. It never writes over a file:
// what is there but the service refuses the whole.
func generate(from, to, name string) (wrote []string, err error) {
	own, err := exists(filepath.Join(to, "Dockerfile"))
	if err != nil {
		return nil, err
	}
	var files []string
	err = filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || skipped(entry.Name()) {
			return err
		}
		file, err := filepath.Rel(from, path)
		if err != nil || own && slices.Contains(sample, file) {
			return err
		}
		there, err := exists(filepath.Join(to, file))
		switch {
		case err != nil:
			return err
		case there && (file == ".gitignore" || file == "README.md"):
			return nil
		case there:
			return fmt.Errorf("%s is there already; move it away, or give another folder", file)
		}
		files = append(files, file)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(from, file))
		if err != nil {
			return nil, err
		}
		if err := write(filepath.Join(to, file), bytes.ReplaceAll(text, []byte(template), []byte(name))); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// skipped are files of a checkout that are no part of the template.
func skipped(file string) bool {
	return file == "go.sum" || strings.HasPrefix(file, "go.work") || strings.HasPrefix(file, "pulumi-resource-") ||
		strings.HasPrefix(file, "Pulumi.") && file != "Pulumi.yaml"
}

// modules are those of the toolkit, which the program requires as released.
var modules = []string{"astra", "infra"}

const prefix = "github.com/killrvideo/killrvideo-go/"

// released is the version of the toolkit that the template requires.
func released(checkout string) (string, error) {
	file := filepath.Join(checkout, "examples", template, "deploy", "go.mod")
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	mod, err := modfile.ParseLax(file, text, nil)
	if err != nil {
		return "", err
	}
	for _, required := range mod.Require {
		if required.Mod.Path == prefix+"infra" {
			return required.Mod.Version, nil
		}
	}
	return "", fmt.Errorf("%s does not require %sinfra", file, prefix)
}

// workspace lets the program build with the modules of a checkout, and asks no
// proxy for the version that stands for them.
func workspace(checkout, deploy string) error {
	root, err := filepath.Abs(checkout)
	if err != nil {
		return err
	}
	version, err := released(root)
	if err != nil {
		return err
	}
	text := "go 1.26.0\n\nuse .\n"
	for _, module := range modules {
		dir := filepath.Join(root, module)
		text += fmt.Sprintf("\nuse %q\n\nreplace %s %s => %q\n", dir, prefix+module, version, dir)
	}
	return write(filepath.Join(deploy, "go.work"), []byte(text))
}

func write(file string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o644)
}

func exists(file string) (bool, error) {
	_, err := os.Lstat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
