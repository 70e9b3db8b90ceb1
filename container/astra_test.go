//go:build linux

package container

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// embedded is a running embedded Astra.
type embedded struct{ url, adminTokenFile string }

// startAstra builds and runs it on a port of its own until the test ends.
func startAstra(t *testing.T) embedded {
	t.Helper()
	dir := t.TempDir()
	binary := build(t, "../astra", "./local/cmd/astra-local")
	cmd := exec.Command(binary, "-dir", dir, "-addr", "127.0.0.1:0")
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	found, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if url, ok := strings.CutPrefix(lines.Text(), "url: "); ok {
				found <- url
			}
		}
		ended <- cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := <-ended; err != nil {
			t.Errorf("embedded Astra ended: %v\n%s", err, problems.String())
		}
	})
	select {
	case url := <-found:
		return embedded{url, filepath.Join(dir, "admin-token")}
	case <-time.After(3 * time.Minute):
		t.Fatal("embedded Astra printed no url within 3 minutes")
		return embedded{}
	}
}

// build builds a command of this repository into a folder of the test.
func build(t *testing.T, module, pkg string) string {
	t.Helper()
	_ = os.Getenv("SOURCES") // see test.sh
	binary := filepath.Join(t.TempDir(), filepath.Base(filepath.Join(module, pkg)))
	cmd := exec.CommandContext(t.Context(), "go", "build", "-C", module, "-buildvcs=false", "-tags=nomsgpack", "-o", binary, pkg)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", pkg, err, out)
	}
	return binary
}

// preparation is an embedded Astra made ready, and the folder of secrets.
type preparation struct {
	embedded
	dir    string
	binary string
}

// prepare runs the command that compose runs.
func prepare(t *testing.T, astra embedded) preparation {
	t.Helper()
	p := preparation{embedded: astra, dir: filepath.Join(t.TempDir(), "secrets"), binary: build(t, ".", "./prepare")}
	p.again(t)
	return p
}

func (p preparation) again(t *testing.T) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), p.binary, "-url", p.url, "-admin-token-file", p.adminTokenFile, "-out", p.dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("prepare: %v\n%s", err, out)
	}
	for _, secret := range p.secrets(t) {
		if bytes.Contains(out, []byte(secret)) {
			t.Error("prepare printed a secret")
		}
	}
}

// secrets are the values in the folder's files, by the order of their names.
func (p preparation) secrets(t *testing.T) (values []string) {
	t.Helper()
	for _, name := range []string{"ASTRA_DB_APPLICATION_TOKEN", "JWT_SECRET_KEY", "ASTRA_DB_READ_ONLY_TOKEN"} {
		text, err := os.ReadFile(filepath.Join(p.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, string(text))
	}
	return values
}

// readableBy hands the files to the user of the image, as platforms do; who
// may not give files away opens this folder of test secrets instead.
func (p preparation) readableBy(t *testing.T, uid int) {
	t.Helper()
	for _, name := range []string{".", "ASTRA_DB_APPLICATION_TOKEN", "ASTRA_DB_READ_ONLY_TOKEN", "JWT_SECRET_KEY"} {
		path := filepath.Join(p.dir, name)
		if os.Chown(path, uid, uid) == nil {
			continue
		}
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}
