//go:build linux

package container

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// engine is a container engine that answers; host is its DOCKER_HOST, empty
// for the one the docker command finds by itself.
type engine struct{ host string }

// findEngine takes the engine of this machine, else starts one of its own.
// Without either the test is skipped, or fails where CONTAINER_TESTS=1 says
// that there must be one.
func findEngine(t *testing.T) engine {
	t.Helper()
	if _, err := exec.LookPath("docker"); err != nil {
		unavailable(t, "no docker command on PATH; install Debian's docker.io package, or Docker")
	}
	if _, err := (engine{}).try(t.Context(), "version"); err == nil {
		return engine{}
	}
	daemon := lookDaemon()
	if daemon == "" {
		unavailable(t, "no container engine answers and there is no dockerd to start; install Debian's docker.io package")
	}
	if os.Geteuid() != 0 {
		unavailable(t, "no container engine answers, and starting one takes root")
	}
	return startEngine(t, daemon)
}

func unavailable(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CONTAINER_TESTS") == "1" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// lookDaemon also looks where Debian puts it, which is not on every PATH.
func lookDaemon() string {
	for _, name := range []string{"dockerd", "/usr/sbin/dockerd"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// startEngine runs a dockerd whose data, socket and mounts all live in one
// temporary folder, without any network of its own, and ends it with the test.
func startEngine(t *testing.T, daemon string) engine {
	t.Helper()
	_ = os.Getenv("SOURCES")               // see test.sh
	dir, err := os.MkdirTemp("", "engine") //nolint:usetesting // a socket's path is limited, and t.TempDir's may be too long
	if err != nil {
		t.Fatal(err)
	}
	e := engine{host: "unix://" + filepath.Join(dir, "d.sock")}
	log := &bytes.Buffer{}
	cmd := exec.Command(daemon, "--data-root", filepath.Join(dir, "data"), "--exec-root", filepath.Join(dir, "exec"),
		"-H", e.host, "--pidfile", filepath.Join(dir, "pid"), "--bridge=none", "--iptables=false", "--ip6tables=false")
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is ours to pass on
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", daemon, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { stopEngine(t, cmd.Process, ended, dir) })
	eventually(t, 60*time.Second, "dockerd to answer", func() (bool, string) {
		select {
		case err := <-ended:
			ended <- err
			unavailable(t, fmt.Sprintf("dockerd ended (%v); its log ends with\n%s", err, tail(log.String(), 5)))
		default:
		}
		_, err := e.try(t.Context(), "version")
		return err == nil, fmt.Sprint(err)
	})
	return e
}

func stopEngine(t *testing.T, process *os.Process, ended <-chan error, dir string) {
	_ = process.Signal(syscall.SIGTERM)
	select {
	case <-ended:
	case <-time.After(3 * time.Minute):
		_ = process.Kill()
		<-ended
		t.Error("dockerd did not end within 3 minutes of SIGTERM")
	}
	unmount(dir)
	if err := os.RemoveAll(dir); err != nil {
		t.Errorf("remove the engine's folder: %v", err)
	}
}

// unmount releases what dockerd leaves mounted below a folder, last first.
func unmount(dir string) {
	table, _ := os.ReadFile("/proc/self/mounts")
	lines := strings.Split(string(table), "\n")
	slices.Reverse(lines)
	for _, line := range lines {
		if fields := strings.Fields(line); len(fields) > 1 && strings.HasPrefix(fields[1], dir+"/") {
			_ = syscall.Unmount(fields[1], syscall.MNT_DETACH)
		}
	}
}

func (e engine) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "docker", args...)
	cmd.Env = os.Environ()
	if e.host != "" {
		cmd.Env = append(cmd.Env, "DOCKER_HOST="+e.host)
	}
	return cmd
}

func (e engine) try(ctx context.Context, args ...string) (string, error) {
	cmd := e.command(ctx, args...)
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("docker %s: %w\n%s", args[0], err, tail(out.String()+problems.String(), 15))
	}
	return strings.TrimSpace(out.String()), nil
}

// run is try for what must work.
func (e engine) run(t *testing.T, args ...string) string {
	t.Helper()
	out, err := e.try(t.Context(), args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// after runs a command when the test is over and its context is done.
func (e engine) after(t *testing.T, args ...string) {
	t.Cleanup(func() {
		if _, err := e.try(context.Background(), args...); err != nil {
			t.Logf("clean up: %v", err)
		}
	})
}
