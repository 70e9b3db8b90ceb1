// Command launch is what Pulumi.yaml names as the program and what make calls:
// it reads the stack's target, builds that target's program and becomes it.
// Its module lists no dependency, so that nobody compiles or downloads the SDK
// of a cloud that the stack does not use. Standard library only.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

func main() {
	if err := launch(os.Args[1:], os.Environ()); err != nil {
		fmt.Fprintln(os.Stderr, "error: "+err.Error())
		os.Exit(2)
	}
}

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
	if err != nil {
		return err
	}
	env = append(env, "KILLRVIDEO_ROOT="+root)
	return syscall.Exec(program, append([]string{program}, args...), env)
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
	bin := filepath.Join(root, ".killrvideo", "bin")
	if err := os.MkdirAll(bin, 0o700); err != nil {
		return "", fmt.Errorf("the state folder cannot be written: %w; give yourself permission and space there", err)
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
