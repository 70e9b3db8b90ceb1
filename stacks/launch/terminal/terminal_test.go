package terminal_test

import (
	"os"
	"slices"
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/launch/terminal"
)

func TestRestoreGivesTheTerminalBack(t *testing.T) {
	env := terminal.Unasked([]string{"HOME=/home/ada", "TERM=xterm-256color"})
	if want := []string{"HOME=/home/ada", "TERM=screen", "KILLRVIDEO_TERM=xterm-256color"}; !slices.Equal(env, want) {
		t.Fatalf("got %v, want %v", env, want)
	}
	t.Setenv("TERM", "screen")
	t.Setenv("KILLRVIDEO_TERM", "xterm-256color")
	terminal.Restore()
	if _, left := os.LookupEnv("KILLRVIDEO_TERM"); left || os.Getenv("TERM") != "xterm-256color" {
		t.Errorf("TERM is %q", os.Getenv("TERM"))
	}
	terminal.Restore() // nothing to give back
	if os.Getenv("TERM") != "xterm-256color" {
		t.Errorf("TERM is %q", os.Getenv("TERM"))
	}
	if without := []string{"HOME=/home/ada"}; !slices.Equal(terminal.Unasked(without), without) {
		t.Error("a program without a terminal gets one")
	}
}
