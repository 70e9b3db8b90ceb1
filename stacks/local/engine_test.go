package main

import (
	"net"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/enginetest"
)

// TestFailures makes each step of a first deployment and of rotations fail, with
// the real service on this machine.
func TestFailures(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	t.Setenv("KILLRVIDEO_HOME", home)
	enginetest.LendPrograms(t, root, home)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	port := listener.Addr().(*net.TCPAddr).Port
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	enginetest.Failures(t, enginetest.Place{
		Target: "local", Build: build, URL: "http://127.0.0.1:" + strconv.Itoa(port),
		Group: func(string) map[string]any { return map[string]any{"port": port} },
	})
}
