//go:build linux

package container

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// importBuilder makes the image that stands in for golang:VERSION: the Go that
// runs this test, and the root certificates of this machine. It has no shell,
// which proves that the Dockerfile needs none, and nothing is pulled.
func importBuilder(t *testing.T, e engine, tag string) {
	t.Helper()
	settings := "ENV PATH=/usr/local/go/bin HOME=/root"
	for _, name := range []string{"GOPROXY", "GOSUMDB", "GONOSUMDB", "GONOPROXY"} {
		if value := goEnv(t, name); value != "" {
			settings += fmt.Sprintf(" %s=%q", name, value)
		}
	}
	cmd := e.command(t.Context(), "import", "--change", settings, "-", tag)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	writeErr := writeBuilder(stdin, goEnv(t, "GOROOT"))
	if err := cmd.Wait(); err != nil || writeErr != nil {
		t.Fatalf("import the builder: %v, %v\n%s", err, writeErr, out.String())
	}
	e.after(t, "rmi", "-f", tag)
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
	if err != nil {
		t.Fatalf("go env %s: %v", name, err)
	}
	return strings.TrimSpace(string(out))
}

func writeBuilder(to io.WriteCloser, goroot string) error {
	defer to.Close()
	archive := tar.NewWriter(to)
	if err := archive.WriteHeader(&tar.Header{Name: "tmp/", Typeflag: tar.TypeDir, Mode: 0o1777}); err != nil {
		return err
	}
	if err := addFile(archive, certificates(), "etc/ssl/certs/ca-certificates.crt"); err != nil {
		return err
	}
	if err := addTree(archive, goroot, "usr/local/go"); err != nil {
		return err
	}
	return archive.Close()
}

// certificates is where this machine keeps them, which SSL_CERT_FILE may say.
func certificates() string {
	if file := os.Getenv("SSL_CERT_FILE"); file != "" {
		return file
	}
	return "/etc/ssl/certs/ca-certificates.crt"
}

// addTree adds what of a Go installation a build uses.
func addTree(archive *tar.Writer, root, name string) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if entry.IsDir() && (rel == "test" || rel == "api" || rel == "doc") {
			return fs.SkipDir
		}
		if !entry.Type().IsRegular() {
			return nil
		}
		return addFile(archive, path, name+"/"+filepath.ToSlash(rel))
	})
}

func addFile(archive *tar.Writer, path, name string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	header := &tar.Header{Name: name, Size: info.Size(), Mode: int64(info.Mode().Perm()), ModTime: info.ModTime()}
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	_, err = io.Copy(archive, file)
	return err
}
