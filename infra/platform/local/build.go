package local

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// Program is a program in a file that is named by its content, so that what
// runs is never overwritten and another program is another file.
type Program struct {
	// Path is absolute.
	Path string
	// Digest is the SHA-256 of the file, in hex.
	Digest string
}

// GoProgram is how a Go program is built.
type GoProgram struct {
	// Dir is a folder of the module, whose go.mod decides its dependencies. Required.
	Dir string
	// Package is a folder of it, such as ./cmd/shop, or an import path. Required.
	Package string
	// Name begins the file's name. Required.
	Name string
	// Flags are for go build, such as -ldflags=-s.
	Flags []string
}

// Build compiles a program, without cgo, into the folder bin. It needs Go. The
// output has the same path each time, because go build links again unless it
// finds its last output there; what is run is a copy named by its content.
func (g GoProgram) Build(bin string) (*Program, error) {
	if err := os.MkdirAll(bin, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for built programs: %w", err)
	}
	built := filepath.Join(bin, g.Name)
	args := append([]string{"build", "-buildvcs=false", "-o", built}, g.Flags...)
	cmd := exec.Command("go", append(args, g.Package)...)
	cmd.Dir = g.Dir
	// With GOTMPDIR on the same file system go build replaces the output in one
	// step, so that two builds at a time do no harm.
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOTMPDIR="+bin)
	if output, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build %s in %s: %w\n%s", g.Package, g.Dir, err, output)
	}
	program, err := store(built)
	if err != nil {
		return nil, fmt.Errorf("store the built program %s: %w", g.Name, err)
	}
	return program, nil
}

// Built is the program of an earlier build, by NAME@sha256:DIGEST.
func (g GoProgram) Built(bin, reference string) (*Program, error) {
	digest := strings.TrimPrefix(reference[strings.LastIndex(reference, "@")+1:], "sha256:")
	path := filepath.Join(bin, g.Name+"-"+digest[:min(12, len(digest))])
	found, err := digestOf(path)
	switch {
	case err != nil:
		return nil, fmt.Errorf("the program %s is not on this machine: %w", reference, err)
	case found != digest:
		return nil, fmt.Errorf("%s is not the program %s any more", path, reference)
	}
	return &Program{Path: path, Digest: digest}, nil
}

// Building is a build in the background. It starts with the first call, and
// every call waits for it.
func (g GoProgram) Building(bin string) func() (*Program, error) {
	return sync.OnceValues(func() (*Program, error) { return g.Build(bin) })
}

// store copies a built program to a file named by its content, unless there is
// one.
func store(built string) (*Program, error) {
	digest, err := digestOf(built)
	if err != nil {
		return nil, err
	}
	program := &Program{Path: built + "-" + digest[:12], Digest: digest}
	if _, err := os.Stat(program.Path); err == nil {
		return program, nil
	}
	content, err := os.ReadFile(built)
	if err != nil {
		return nil, err
	}
	part, err := os.CreateTemp(filepath.Dir(built), "part-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(part.Name()) }()
	_, err = part.Write(content)
	if err := errors.Join(err, part.Chmod(0o700), part.Close()); err != nil {
		return nil, err
	}
	return program, os.Rename(part.Name(), program.Path)
}

// FrontProgram is the listener in front of a service. The module in dir must
// require this one.
func FrontProgram(dir string) GoProgram {
	return GoProgram{Dir: dir, Package: "github.com/killrvideo/killrvideo-go/infra/platform/local/front", Name: "front"}
}

func digestOf(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("read the built program: %w", err)
	}
	defer func() { _ = file.Close() }()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", fmt.Errorf("read the built program: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
