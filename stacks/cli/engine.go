package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// stopPatience is how long the engine may take to end after an interrupt: a
// process is given 30 s to stop and 10 s to go once it is killed, the one
// before it 60 s to serve again, and the state has to be written.
const stopPatience = 2 * time.Minute

// errInterrupted is the cause of a context that a signal ended.
var errInterrupted = errors.New("interrupted")

// errKilled is an engine that did not end within stopPatience.
var errKilled = errors.New("the engine did not end after an interrupt and was killed")

// engine is the Pulumi CLI in a process group of its own. A terminal sends
// Ctrl-C to the whole foreground group; the CLI takes a second interrupt as a
// demand to end at once, whatever it is in the middle of. So it gets one, from
// here, and the time to finish.
type engine struct {
	auto.PulumiCommand
	path     string
	patience time.Duration
	say      func(string)
	// cut gets the process id of a CLI that was ended before it could end in order
	// and release its lock, and how.
	cut func(pid int, how string)
	// known answers calls of the Automation API whose answer is known or not
	// needed, so that they take no run of the CLI.
	known func(args []string) (stdout string, ok bool)
}

// Run calls the CLI as the Automation API does.
func (e engine) Run(ctx context.Context, dir string, stdin io.Reader, out, errs []io.Writer, env []string, args ...string,
) (stdout, stderr string, code int, err error) {
	if e.known != nil {
		if answer, ok := e.known(args); ok {
			return answer, "", 0, nil
		}
	}
	if !slices.Contains(args, "--non-interactive") {
		args = append([]string{"--non-interactive"}, args...)
	}
	cmd := exec.Command(e.path, args...)
	cmd.Dir, cmd.Stdin = dir, stdin
	cmd.Env = append(append(os.Environ(), env...), "PULUMI_AUTOMATION_API=true")
	if filepath.IsAbs(e.path) {
		cmd.Env = append(cmd.Env, "PATH="+filepath.Dir(e.path)+string(os.PathListSeparator)+os.Getenv("PATH"))
	}
	var outText, errText bytes.Buffer
	cmd.Stdout = io.MultiWriter(append(slices.Clone(out), &outText)...)
	cmd.Stderr = io.MultiWriter(append(slices.Clone(errs), &errText)...)
	ownGroup(cmd)
	err = e.supervise(ctx, cmd, true)
	code = -2 // the Automation API's own for a CLI that could not be run
	if cmd.ProcessState != nil {
		code = cmd.ProcessState.ExitCode()
	}
	return outText.String(), errText.String(), code, err
}

// supervise runs a command to its end. When the context ends, it interrupts
// the command once (unless the terminal did so, which it does when both are in
// one group) and waits; only when patience is over does it kill it.
func (e engine) supervise(ctx context.Context, cmd *exec.Cmd, forward bool) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	cmd.WaitDelay = 10 * time.Second // for what it started and does not end with it
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	e.say(fmt.Sprintf("\ninterrupted: what is under way is being ended in order, which may take up to %s", e.patience))
	if forward {
		_ = interrupt(cmd.Process)
	}
	limit := time.NewTimer(e.patience)
	defer limit.Stop()
	select {
	case err := <-ended:
		if endedBySignal(cmd.ProcessState) {
			e.cut(cmd.Process.Pid, "was ended by a signal")
		}
		return err
	case <-limit.C:
		_ = killGroup(cmd.Process, forward)
		err := <-ended
		e.cut(cmd.Process.Pid, fmt.Sprintf("did not end within %s and was killed", e.patience))
		return errors.Join(errKilled, err)
	}
}
