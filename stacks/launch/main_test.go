package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestOnlyDownUsesAnEarlierBuild(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "stack-local")
	if usesEarlierBuild([]string{"down"}, program) {
		t.Error("down uses a program that is not there")
	}
	if err := os.WriteFile(program, nil, 0o700); err != nil {
		t.Fatal(err)
	}
	for verb, want := range map[string]bool{"down": true, "up": false, "preview": false} {
		if got := usesEarlierBuild([]string{verb, "--stack", "dev"}, program); got != want {
			t.Errorf("%s: %v, want %v", verb, got, want)
		}
	}
}

// TestEnvironment: the program knows the checkout, and is not seen by a terminal
// that could be asked for its colours before the program begins.
func TestEnvironment(t *testing.T) {
	t.Parallel()
	env := environment("/checkout", []string{"TERM=xterm"})
	if !slices.Contains(env, "KILLRVIDEO_ROOT=/checkout") || slices.Contains(env, "TERM=xterm") {
		t.Errorf("got %q", env)
	}
}
