package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestOnlyDownUsesAnEarlierBuild(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "stack-local")
	if canDoWithout([]string{"down"}, program) {
		t.Error("down uses a program that is not there")
	}
	if err := os.WriteFile(program, nil, 0o700); err != nil {
		t.Fatal(err)
	}
	for verb, want := range map[string]bool{"down": true, "up": false, "preview": false} {
		if got := canDoWithout([]string{verb, "--stack", "dev"}, program); got != want {
			t.Errorf("%s: %v, want %v", verb, got, want)
		}
	}
}
