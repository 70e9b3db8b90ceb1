package cli

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/porttest"
)

// cloudServer is a stand-in for S3 and KMS (moto), behind a connection that a
// test can cut.
type cloudServer struct {
	url  string // through the connection
	left atomic.Int64
}

// startCloudServer installs moto once below .killrvideo and starts it.
func startCloudServer(t *testing.T) *cloudServer {
	t.Helper()
	python, err := motoPython(t.Context())
	if err != nil && os.Getenv("TEAM_TESTS") != "1" {
		t.Skipf("moto cannot be installed; TEAM_TESTS=1 makes that a failure: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	port := porttest.Free(t)
	address := porttest.Address(port)
	server := exec.Command(python, "-c", "from moto.server import main; main()", "-H", "127.0.0.1", "-p", strconv.Itoa(port))
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Process.Kill(); _ = server.Wait() })
	waitUntil(t, "moto answers", func() bool {
		response, err := http.Get("http://" + address + "/moto-api/")
		if err == nil {
			_ = response.Body.Close()
		}
		return err == nil
	})
	c := &cloudServer{}
	c.left.Store(1 << 40)
	c.forward(t, address)
	return c
}

// forward passes connections on as long as some are left.
func (c *cloudServer) forward(t *testing.T, to string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	c.url = "http://" + listener.Addr().String()
	go func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			if c.left.Add(-1) < 0 {
				_ = from.Close()
				continue
			}
			go func() {
				defer func() { _ = from.Close() }()
				server, err := net.Dial("tcp", to)
				if err != nil {
					return
				}
				defer func() { _ = server.Close() }()
				go func() { _, _ = io.Copy(server, from) }()
				_, _ = io.Copy(from, server)
			}()
		}
	}()
}

// call sends a request that makes a bucket or a key.
func (c *cloudServer) call(t *testing.T, method, path, target, body string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, c.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if target != "" {
		request.Header.Set("X-Amz-Target", target)
		request.Header.Set("Content-Type", "application/x-amz-json-1.1")
		request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=generated/20261129/us-east-1/kms/aws4_request, "+
			"SignedHeaders=host, Signature=none")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, _ := io.ReadAll(response.Body)
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s %s", method, path, response.Status, text)
	}
	return string(text)
}

// backend is the URL of a bucket of its own.
func (c *cloudServer) backend(t *testing.T, bucket string) string {
	t.Helper()
	c.call(t, http.MethodPut, "/"+bucket, "", "")
	return "s3://" + bucket + "?region=us-east-1&disableSSL=true&s3ForcePathStyle=true&endpoint=" + strings.TrimPrefix(c.url, "http://")
}

// key is the URL of a key of its own.
func (c *cloudServer) key(t *testing.T) string {
	t.Helper()
	made := c.call(t, http.MethodPost, "/", "TrentService.CreateKey", "{}")
	_, id, _ := strings.Cut(made, `"KeyId": "`)
	id, _, _ = strings.Cut(id, `"`)
	return "awskms:///" + id + "?region=us-east-1"
}

// motoPython is the interpreter with moto, installed once for what is pinned.
func motoPython(ctx context.Context) (string, error) {
	root, err := filepath.Abs("../..")
	if err != nil {
		return "", err
	}
	folder := filepath.Join(root, ".killrvideo", "moto")
	python := filepath.Join(folder, "bin", "python")
	if exec.CommandContext(ctx, python, "-c", "import moto.server").Run() == nil {
		return python, nil
	}
	for _, args := range [][]string{
		{"python3", "-m", "venv", "--clear", folder},
		{python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps", "-r",
			filepath.Join(root, "tools", "moto", "requirements.txt")},
	} {
		if output, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput(); err != nil {
			return "", errors.Join(err, errors.New(string(output)))
		}
	}
	return python, nil
}
