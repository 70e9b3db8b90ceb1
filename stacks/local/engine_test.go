package main

import (
	"path/filepath"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/porttest"
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
	port := porttest.Free(t)
	enginetest.Failures(t, enginetest.Place{
		Target: "local", Build: build, URL: "http://" + porttest.Address(port),
		Group: func(string) map[string]any { return map[string]any{"port": port} },
	})
}
