package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"golang.org/x/term"

	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

// devPrograms are what target local builds from its sources, by module, whose
// folders are watched.
var (
	devPrograms = map[string]string{"service": ".", "astra": "./local/cmd/astra-local"}
	devFolders  = []string{"service", "astra"}
)

// inSource begins a line of the compiler: a file, relative to its working folder.
var inSource = regexp.MustCompile(`^[^\s:]+\.go:\d+:`)

// dev deploys the stack again after every save, a line a cycle, and shows the
// log of the service, until it is interrupted. A save during a cycle makes
// another one, so that what serves is what was saved last.
func (c *command) dev(ctx context.Context, _ []string) error {
	if c.target != "local" {
		return exit.Usage.Errorf("dev is for target local; stack %s is on target %s", c.stack, c.target)
	}
	stack, err := c.open(ctx, c.program)
	if err != nil {
		return err
	}
	outputs, err := stack.Outputs(ctx)
	if err != nil {
		return c.diagnose(outcome{operation: "read the outputs of stack " + c.stack, engine: err})
	}
	changes, err := watchFiles(ctx, c.home.root, devFolders)
	if err != nil {
		return err
	}
	out := &lines{to: c.out}
	log := followLog(ctx, out, term.IsTerminal(int(os.Stdout.Fd())))
	log.follow(text(outputs, "logs"))
	serving := text(outputs, "url")
	if web := text(outputs, "web"); web != "" {
		serving = web + " with the API at " + serving
	}
	out.print("%s serves; watching %s, Ctrl-C ends it", serving, strings.Join(devFolders, " and "))
	for saved := range changes {
		started := time.Now()
		result, outputs := c.cycle(ctx)
		if wasInterrupted(ctx) {
			break
		}
		log.follow(text(outputs, "logs"))
		out.print("%s: %s (%.1f s)", saved, result, time.Since(started).Seconds())
	}
	return nil
}

// cycle compiles and deploys what was saved, and returns the result in a
// line; only an error takes more.
func (c *command) cycle(ctx context.Context) (result string, outputs auto.OutputMap) {
	if problems := c.compileErrors(ctx); problems != "" {
		return "does not compile, what served goes on\n" + problems, nil
	}
	quiet := *c
	quiet.out, quiet.err, quiet.screen = &bytes.Buffer{}, &bytes.Buffer{}, nil
	quiet.program = quiet.stackProgram // notes a service that is not ready in this cycle
	outputs, err := quiet.deploy(ctx)
	if err != nil {
		return err.Error(), nil
	}
	return fmt.Sprintf("revision %s serves", text(outputs, "revision")), outputs
}

// compileErrors are the compiler's errors in the programs, with paths from
// the root of the checkout, each once.
func (c *command) compileErrors(ctx context.Context) string {
	var kept []string
	for _, module := range devFolders {
		cmd := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", os.DevNull, devPrograms[module])
		cmd.Dir = filepath.Join(c.home.root, module)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		output, err := cmd.CombinedOutput()
		if err != nil && len(output) == 0 {
			kept = append(kept, err.Error())
		}
		for line := range strings.Lines(string(output)) {
			line = strings.TrimRight(line, "\n")
			if inSource.MatchString(line) {
				file, rest, _ := strings.Cut(line, ":")
				line = filepath.Join(module, file) + ":" + rest
			}
			// A line with # is the package of the errors below, whose paths say it.
			if err != nil && !strings.HasPrefix(line, "#") && !slices.Contains(kept, line) {
				kept = append(kept, line)
			}
		}
	}
	return strings.Join(kept, "\n")
}

// text is an output that is a text, "" if there is none.
func text(outputs auto.OutputMap, name string) string {
	value, _ := outputs[name].Value.(string)
	return value
}
