package enginetest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// Processes are those of an engine and its plugins, which note their ids in a
// file, so that a test can kill them as a power cut would.
type Processes struct{ file string }

// NewProcesses has none yet.
func NewProcesses(t *testing.T) Processes {
	t.Helper()
	return Processes{filepath.Join(t.TempDir(), "pids")}
}

// CLI is Pulumi's, whose processes are noted.
func (p Processes) CLI(t *testing.T, root string) auto.PulumiCommand {
	t.Helper()
	CLI(t, root)
	real, err := exec.LookPath("pulumi")
	if err != nil {
		real = filepath.Join(root, ".killrvideo", "bin", "pulumi")
	}
	home := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(home, "bin"), 0o700))
	p.Script(t, filepath.Join(home, "bin", "pulumi"), real, "")
	command, err := auto.NewPulumiCommand(&auto.PulumiCommandOptions{Root: home})
	must(t, err)
	return command
}

// Script writes a script that runs a program whose processes are noted. Its
// errors go to a file, if that has a name.
func (p Processes) Script(t *testing.T, path, program, log string, env ...string) {
	t.Helper()
	text := fmt.Sprintf("#!/bin/sh\necho $$ >> %q\nexec env %s %q \"$@\"", p.file, strings.Join(env, " "), program)
	if log != "" {
		text += fmt.Sprintf(" 2>> %q", log)
	}
	must(t, os.WriteFile(path, []byte(text+"\n"), 0o700))
}

// Forget forgets the processes of operations that have ended: their ids may be
// given to others.
func (p Processes) Forget() error { return os.WriteFile(p.file, nil, 0o600) }

// Kill kills what runs.
func (p Processes) Kill() error {
	text, err := os.ReadFile(p.file)
	if err != nil {
		return err
	}
	for _, line := range strings.Fields(string(text)) {
		pid, err := strconv.Atoi(line)
		if err != nil {
			return err
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) { // some have ended
			return err
		}
	}
	return nil
}
