package cli

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
)

// release is where the released Pulumi CLI comes from: the archive from one host,
// its SHA-256 from another, both over TLS.
type release struct {
	archives, checksums string
	// patience bounds each wait: for a connection, for the headers and for the
	// next bytes.
	patience time.Duration
}

func officialRelease() release {
	return release{
		archives: "https://get.pulumi.com/releases/sdk/",
		checksums: "https://github.com/pulumi/pulumi/releases/download/" + pulumiVersion +
			"/pulumi-" + strings.TrimPrefix(pulumiVersion, "v") + "-checksums.txt",
		patience: 5 * time.Second,
	}
}

// archiveName is the archive of a platform, "" if it has none that is read here.
func archiveName(goos, goarch string) string {
	arch := map[string]string{"amd64": "x64", "arm64": "arm64"}[goarch]
	if arch == "" || goos != "linux" && goos != "darwin" {
		return ""
	}
	return fmt.Sprintf("pulumi-%s-%s-%s.tar.gz", pulumiVersion, goos, arch)
}

// install puts the CLI and Pulumi's Go language host into a folder.
func (r release) install(ctx context.Context, bin string, progress io.Writer) error {
	name := archiveName(runtime.GOOS, runtime.GOARCH)
	if name == "" {
		return fmt.Errorf("there is no archive for %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	want, err := r.checksum(ctx, name)
	if err != nil {
		return err
	}
	archive, err := os.CreateTemp(bin, "download-")
	if err != nil {
		return err
	}
	defer func() { _ = archive.Close(); _ = os.Remove(archive.Name()) }()
	sum := sha256.New()
	err = r.get(ctx, r.archives+name, func(body io.Reader, size int64) error {
		bar := progressbar.NewOptions64(size, progressbar.OptionSetWriter(progress), progressbar.OptionShowBytes(true),
			progressbar.OptionSetDescription("pulumi "+pulumiVersion), progressbar.OptionThrottle(200*time.Millisecond))
		defer func() { _, _ = fmt.Fprintln(progress) }()
		_, err := io.Copy(io.MultiWriter(archive, sum, bar), body)
		return err
	})
	if err != nil {
		return err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != want {
		return fmt.Errorf("%s has the SHA-256 %s, %s says %s", r.archives+name, got, r.checksums, want)
	}
	if _, err := archive.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return unpack(archive, bin, "pulumi", "pulumi-language-go")
}

// checksum is the SHA-256 of an archive by the release's list.
func (r release) checksum(ctx context.Context, name string) (sum string, err error) {
	const longest = 1 << 20
	err = r.get(ctx, r.checksums, func(body io.Reader, _ int64) error {
		text, err := io.ReadAll(io.LimitReader(body, longest))
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(text)) {
			if fields := strings.Fields(line); len(fields) == 2 && strings.TrimPrefix(fields[1], "*") == name {
				sum = strings.ToLower(fields[0])
				return nil
			}
		}
		return fmt.Errorf("%s does not list %s", r.checksums, name)
	})
	return sum, err
}

// get reads an address, and gives up when nothing arrives for r.patience.
func (r release) get(ctx context.Context, url string, read func(body io.Reader, size int64) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	idle := time.AfterFunc(r.patience, func() { cancel(fmt.Errorf("nothing arrived for %s", r.patience)) })
	defer idle.Stop()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: r.patience}).DialContext}
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err == nil {
		defer func() { _ = response.Body.Close() }()
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("download %s: %s", url, response.Status)
		}
		err = read(&patient{response.Body, idle, r.patience}, response.ContentLength)
	}
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return fmt.Errorf("download %s: %w", url, err)
	}
	return nil
}

// patient puts off a timer with every read.
type patient struct {
	io.Reader
	idle     *time.Timer
	patience time.Duration
}

// Read implements io.Reader.
func (p *patient) Read(buffer []byte) (int, error) {
	p.idle.Reset(p.patience)
	return p.Reader.Read(buffer)
}

// unpack writes programs of a .tar.gz into a folder; the first has to be there.
func unpack(archive io.Reader, bin string, programs ...string) error {
	zipped, err := gzip.NewReader(archive)
	if err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	files, found := tar.NewReader(zipped), map[string]bool{}
	for {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("unpack: %w", err)
		}
		for _, program := range programs {
			if header.Typeflag == tar.TypeReg && path.Base(header.Name) == program {
				if err := writeProgram(filepath.Join(bin, program), files); err != nil {
					return fmt.Errorf("unpack %s: %w", program, err)
				}
				found[program] = true
			}
		}
	}
	if !found[programs[0]] {
		return fmt.Errorf("the archive holds no program %s", programs[0])
	}
	return nil
}

// writeProgram replaces a program in one step.
func writeProgram(to string, content io.Reader) error {
	part, err := os.CreateTemp(filepath.Dir(to), "part-")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(part.Name()) }()
	_, err = io.Copy(part, content)
	if err := errors.Join(err, part.Chmod(0o700), part.Close()); err != nil {
		return err
	}
	return os.Rename(part.Name(), to)
}
