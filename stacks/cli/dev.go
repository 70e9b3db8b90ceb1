package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"golang.org/x/term"
)

// devPrograms are what target local builds, and devFolders what they are built
// from, relative to the checkout.
var (
	devPrograms = []string{"./service", "./astra/local/cmd/astra-local"}
	devFolders  = []string{"service", "astra"}
)

// dev deploys the stack again after every save, a line a cycle, and shows the
// log of the service, until it is interrupted. A save during a cycle makes
// another one, so that what serves is what was saved last.
func (c *command) dev(ctx context.Context, _ []string) error {
	if c.target != "local" {
		return &Failure{CodeUsage, fmt.Errorf("dev is for target local; stack %s is on target %s", c.stack, c.target)}
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
	out.print("%s serves; watching %s, Ctrl-C ends it", text(outputs, "url"), strings.Join(devFolders, " and "))
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

// cycle compiles and deploys what was saved, and says in a line what came of
// it; only an error takes more.
func (c *command) cycle(ctx context.Context) (result string, outputs auto.OutputMap) {
	if problems := c.compileErrors(ctx); problems != "" {
		return "does not compile, what served goes on\n" + problems, nil
	}
	quiet := *c
	quiet.out, quiet.err = &bytes.Buffer{}, &bytes.Buffer{}
	outputs, err := quiet.deploy(ctx)
	if err != nil {
		return err.Error(), nil
	}
	return fmt.Sprintf("revision %s serves", text(outputs, "revision")), outputs
}

// compileErrors is what the compiler has against the programs, with paths from
// the root of the checkout, each once.
func (c *command) compileErrors(ctx context.Context) string {
	cmd := exec.CommandContext(ctx, "go", append([]string{"build", "-buildvcs=false", "-o", os.DevNull}, devPrograms...)...)
	cmd.Dir = c.home.root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK="+filepath.Join(c.home.root, "go.work"))
	output, err := cmd.CombinedOutput()
	if err == nil {
		return ""
	}
	seen := map[string]bool{}
	var kept []string
	for line := range strings.Lines(string(output)) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "#") || seen[line] { // the package of the errors below, whose paths say it
			continue
		}
		seen[line] = true
		kept = append(kept, line)
	}
	if len(kept) == 0 {
		return err.Error()
	}
	return strings.Join(kept, "\n")
}

// text is an output that is a text, "" if there is none.
func text(outputs auto.OutputMap, name string) string {
	value, _ := outputs[name].Value.(string)
	return value
}
