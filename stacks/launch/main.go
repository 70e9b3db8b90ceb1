// Command launch is what Pulumi.yaml names as the program and what make calls:
// it reads the stack's target, builds that target's program and becomes it.
// Its module lists a YAML parser and nothing else, so that deploying never
// compiles or downloads the SDK of a cloud that the stack does not use.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/killrvideo/killrvideo-go/stacks/launch/checkout"
	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
	"github.com/killrvideo/killrvideo-go/stacks/launch/plugin"
	"github.com/killrvideo/killrvideo-go/stacks/launch/spinner"
	"github.com/killrvideo/killrvideo-go/stacks/launch/terminal"
	"github.com/killrvideo/killrvideo-go/stacks/launch/uptodate"
)

func main() {
	// Each module's go.mod decides, whatever workspace the checkout is in.
	_ = os.Setenv("GOWORK", "off")
	err := launch(os.Args[1:], os.Environ())
	fmt.Fprintln(os.Stderr, "error: "+err.Error())
	os.Exit(exit.Code(err))
}

// launch only returns when it could not become the program.
func launch(args, env []string) error {
	root, err := checkout.Root()
	if err != nil {
		return err
	}
	target, err := chooseTarget(root, args)
	if err != nil {
		return err
	}
	program, err := build(root, target)
	if err != nil && !usesEarlierBuild(args, program) {
		return err
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "this checkout does not build, so the program of the last build is used: %v\n", err)
	}
	return become(program, args, environment(root, env))
}

// environment is that of a target's program.
func environment(root string, env []string) []string {
	return terminal.Unasked(append(env, checkout.RootVariable+"="+root))
}

// usesEarlierBuild tells whether the program of an earlier build is good enough:
// down removes what the state knows, whatever the sources are now.
func usesEarlierBuild(args []string, program string) bool {
	if len(args) == 0 || args[0] != "down" || program == "" {
		return false
	}
	_, err := os.Stat(program)
	return err == nil
}

// build compiles a target's program, unless nothing has changed since it was built.
func build(root, target string) (string, error) {
	home, err := checkout.Home(root)
	if err != nil {
		return "", err
	}
	bin := filepath.Join(home, "bin")
	if err := os.MkdirAll(bin, 0o700); err != nil {
		return "", exit.StateFolder.Errorf("the state folder cannot be written: %w; check permissions and free space there", err)
	}
	inputs := uptodate.Inputs(root)
	if os.Getenv("PULUMI_MONITOR") != "" {
		// The engine loads the native provider when the program's first resource
		// asks for it; here is the last moment to have its binary up to date.
		if err := compile(filepath.Join(root, plugin.Module), plugin.Path(root), plugin.Package, bin, inputs); err != nil {
			return "", err
		}
		if err := plugin.LinkFormerName(root); err != nil {
			return "", exit.StateFolder.Errorf("the state folder cannot be written: %w; check permissions and free space there", err)
		}
	}
	program := filepath.Join(bin, "stack-"+target)
	return program, compile(root, program, "./stacks/"+target, bin, inputs)
}

// compile builds a package of the module in a folder, unless the program was built
// from the same inputs, which their record in the folder bin tells.
func compile(module, to, pkg, bin, inputs string) error {
	if uptodate.Is(bin, to, inputs) {
		return nil
	}
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", to, pkg)
	cmd.Dir = module
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	step := spinner.Step(os.Stderr, spinner.IsTerminal(os.Stderr), "compiling "+pkg)
	output, err := cmd.CombinedOutput()
	step.Stop()
	if err != nil {
		return fmt.Errorf("build %s: %w\n%s", pkg, err, strings.TrimSpace(string(output)))
	}
	if err := uptodate.Record(bin, to, inputs); err != nil {
		return exit.StateFolder.Errorf("the state folder cannot be written: %w; check permissions and free space there", err)
	}
	return nil
}
