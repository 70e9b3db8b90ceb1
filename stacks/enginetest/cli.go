package enginetest

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// CLI is Pulumi's on PATH, or the checkout's own, which is built first if no
// test did so before. Tests of several packages may ask at once.
func CLI(t *testing.T, root string) auto.PulumiCommand {
	t.Helper()
	foundCLI.Lock()
	defer foundCLI.Unlock()
	if foundCLI.command == nil {
		foundCLI.command = findCLI(t, root)
	}
	return foundCLI.command
}

// foundCLI is asked for its version once, which takes a run of it.
var foundCLI struct {
	sync.Mutex
	command auto.PulumiCommand
}

func findCLI(t *testing.T, root string) auto.PulumiCommand {
	t.Helper()
	if installed, err := auto.NewPulumiCommand(nil); err == nil {
		return installed
	}
	home := filepath.Join(root, ".killrvideo")
	must(t, os.MkdirAll(home, 0o700))
	lock, err := os.OpenFile(filepath.Join(home, "cli.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	must(t, err)
	defer func() { _ = lock.Close() }()
	must(t, syscall.Flock(int(lock.Fd()), syscall.LOCK_EX))
	if _, err := os.Stat(filepath.Join(home, "bin", "pulumi")); err != nil {
		build := exec.Command("go", "run", "-buildvcs=false", "./stacks/local", "pulumi", "--stack", "dev", "--", "version")
		build.Dir, build.Env = root, append(os.Environ(), "KILLRVIDEO_ROOT="+root)
		if output, err := build.CombinedOutput(); err != nil {
			t.Fatalf("build the Pulumi CLI: %v\n%s", err, output)
		}
	}
	built, err := auto.NewPulumiCommand(&auto.PulumiCommandOptions{Root: home})
	must(t, err)
	return built
}
