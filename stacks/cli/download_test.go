package cli

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// fakeCLI is a program that says its version.
const fakeCLI = "#!/bin/sh\necho " + pulumiVersion + "\n"

func archived(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	archive := tar.NewWriter(zipped)
	for name, content := range files {
		if err := archive.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(content))}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(archive, content); err != nil {
			t.Fatal(err)
		}
	}
	if archive.Close() != nil || zipped.Close() != nil {
		t.Fatal("the archive cannot be written")
	}
	return out.Bytes()
}

// released serves a release as Pulumi does.
func released(t *testing.T, archive []byte, sums string, stalls bool) release {
	t.Helper()
	ended := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/sums":
			_, _ = io.WriteString(w, sums)
		case "/" + archiveName(runtime.GOOS, runtime.GOARCH):
			w.Header().Set("Content-Length", fmt.Sprint(len(archive)))
			if stalls {
				_, _ = w.Write(archive[:len(archive)/2])
				w.(http.Flusher).Flush()
				<-ended
			}
			_, _ = w.Write(archive)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(func() { close(ended); server.Close() })
	return release{archives: server.URL + "/", checksums: server.URL + "/sums", patience: time.Minute}
}

func TestTheReleasedCLIIsInstalled(t *testing.T) {
	t.Parallel()
	name := archiveName(runtime.GOOS, runtime.GOARCH)
	if name == "" {
		t.Skip("this platform has no release that is read here")
	}
	archive := archived(t, map[string]string{"pulumi/pulumi": fakeCLI, "pulumi/pulumi-language-go": "go", "pulumi/pulumi-watch": "other"})
	sum := fmt.Sprintf("%x", sha256.Sum256(archive))
	for _, test := range []struct {
		name    string
		change  func(*release)
		archive []byte
		sums    string
		stalls  bool
		want    string
	}{
		{name: "right", archive: archive, sums: "00  other.tar.gz\n" + sum + "  " + name + "\n"},
		{name: "another archive", archive: archive, sums: strings.Repeat("0", 64) + "  " + name, want: "has the SHA-256 " + sum},
		{name: "not listed", archive: archive, sums: sum + "  other.tar.gz", want: "does not list " + name},
		{name: "no list", archive: archive, change: func(r *release) { r.checksums += "x" }, want: "404"},
		{name: "stalled", archive: archive, sums: sum + "  " + name, stalls: true, want: "nothing arrived for",
			change: func(r *release) { r.patience = 200 * time.Millisecond }},
		{name: "not reachable", change: func(r *release) { r.checksums = "http://127.0.0.1:1/" }, want: "connection refused"},
		{name: "no archive", archive: []byte("x"), sums: fmt.Sprintf("%x  %s", sha256.Sum256([]byte("x")), name), want: "unpack"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r, bin, progress := released(t, test.archive, test.sums, test.stalls), t.TempDir(), &bytes.Buffer{}
			if test.change != nil {
				test.change(&r)
			}
			err := r.install(t.Context(), bin, progress)
			files, _ := filepath.Glob(filepath.Join(bin, "*"))
			if test.want != "" {
				if err == nil || !strings.Contains(err.Error(), test.want) || len(files) != 0 {
					t.Errorf("got %v, and the files %q; want %q", err, files, test.want)
				}
				return
			}
			version, runErr := exec.Command(filepath.Join(bin, "pulumi")).Output()
			if err != nil || runErr != nil || strings.TrimSpace(string(version)) != pulumiVersion || len(files) != 2 {
				t.Errorf("got %v, %q, %v, and the files %q", err, version, runErr, files)
			}
			if !strings.Contains(progress.String(), "100%") {
				t.Errorf("the progress is %q", progress)
			}
		})
	}
}

// Without a release the CLI is built from its module.
func TestTheCLIIsBuiltWhereNoneCanBeDownloaded(t *testing.T) {
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", filepath.Join(strings.TrimSpace(string(goroot)), "bin"))
	if _, err := exec.LookPath("pulumi"); err == nil {
		t.Skip("Pulumi is installed beside Go")
	}
	root := t.TempDir()
	for name, text := range map[string]string{
		"Pulumi.yaml":                     "requiredPulumiVersion: '>=3.0.0'\n",
		"tools/pulumi/go.mod":             "module github.com/pulumi/pulumi/pkg/v3\n\ngo 1.26\n",
		"tools/pulumi/cmd/pulumi/main.go": "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"" + pulumiVersion + "\") }\n",
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	c := &command{home: &home{root: root, dir: filepath.Join(root, "home")}, out: &out, err: &out}
	if err := os.MkdirAll(c.home.path("bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	unreachable := release{archives: "http://127.0.0.1:1/", checksums: "http://127.0.0.1:1/sums", patience: time.Minute}
	found, err := c.findPulumiFrom(context.Background(), unreachable)
	if err != nil || "v"+found.Version().String() != pulumiVersion || !strings.Contains(out.String(), "connection refused") {
		t.Errorf("got %v, %v; it said %q", found, err, &out)
	}
}
