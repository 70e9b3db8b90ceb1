// Command launch is what Pulumi.yaml names as the program and what make calls:
// it reads the stack's target, builds that target's program and becomes it.
// Its module lists a YAML parser and nothing else, so that deploying never
// compiles or downloads the SDK of a cloud that the stack does not use.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/killrvideo/killrvideo-go/stacks/launch/goenv"
	"github.com/killrvideo/killrvideo-go/stacks/launch/stackfile"
)

func main() {
	err := goenv.Clean()
	if err == nil {
		err = launch(os.Args[1:], os.Environ())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "error: "+err.Error())
		os.Exit(exitCode(err))
	}
}

// exitCode is that of the command line for the same class of error.
func exitCode(err error) int {
	const badSettings, stateFolder, noStack = 2, 7, 10
	var folder *folderError
	switch {
	case errors.Is(err, stackfile.ErrNoStack):
		return noStack
	case errors.As(err, &folder):
		return stateFolder
	}
	return badSettings
}

// folderError is a state folder that cannot be written.
type folderError struct{ cause error }

func (e *folderError) Error() string {
	return fmt.Sprintf("the state folder cannot be written: %v; check permissions and free space there", e.cause)
}

func (e *folderError) Unwrap() error { return e.cause }

// launch only returns when it could not become the program.
func launch(args, env []string) error {
	root, err := findRoot()
	if err != nil {
		return err
	}
	target, err := chooseTarget(root, args)
	if err != nil {
		return err
	}
	program, err := build(root, target)
	if err != nil && !canDoWithout(args, program) {
		return err
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "this checkout does not build, so the program that was built before is used: %v\n", err)
	}
	env = append(env, "KILLRVIDEO_ROOT="+root)
	return become(program, args, env)
}

// canDoWithout says whether the program of an earlier build serves as well:
// down removes what the state knows, whatever the sources are by now.
func canDoWithout(args []string, program string) bool {
	if len(args) == 0 || args[0] != "down" || program == "" {
		return false
	}
	_, err := os.Stat(program)
	return err == nil
}

// findRoot is the nearest folder, from the working folder up, with the
// stacks' programs.
func findRoot() (string, error) {
	if root := os.Getenv("KILLRVIDEO_ROOT"); root != "" {
		return filepath.Abs(root)
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "stacks", "launch", "main.go")); err == nil {
			return dir, nil
		}
		if filepath.Dir(dir) == dir {
			return "", fmt.Errorf("no folder above the working folder holds stacks/launch; run this inside the checkout")
		}
		dir = filepath.Dir(dir)
	}
}

// build compiles a target's program; the Go build cache makes it quick when
// nothing changed.
func build(root, target string) (string, error) {
	home, err := stackfile.Home(root)
	if err != nil {
		return "", err
	}
	bin := filepath.Join(home, "bin")
	if err := os.MkdirAll(bin, 0o700); err != nil {
		return "", &folderError{err}
	}
	if os.Getenv("PULUMI_MONITOR") != "" {
		// The engine loads the native provider when the program's first resource
		// asks for it; here is the last moment to have its binary up to date.
		plugin := filepath.Join(root, "infra", "provider", "plugin")
		if err := compile(root, filepath.Join(plugin, "pulumi-resource-killrvideo"), "./infra/provider/plugin"); err != nil {
			return "", err
		}
	}
	program := filepath.Join(bin, "stack-"+target)
	return program, compile(root, program, "./stacks/"+target)
}

func compile(root, to, pkg string) error {
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", to, pkg)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK="+filepath.Join(root, "go.work"))
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", pkg, err, strings.TrimSpace(string(output)))
	}
	return nil
}
