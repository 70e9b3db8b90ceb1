//go:build linux

package container

import (
	"strings"
	"testing"
	"time"
)

// eventually waits until something holds; state is shown when it never does.
func eventually(t *testing.T, limit time.Duration, what string, holds func() (ok bool, state string)) {
	t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	deadline := time.Now().Add(limit)
	for {
		ok, state := holds()
		if ok {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("waited %v for %s; last seen: %s", limit, what, state)
		}
		<-tick.C
	}
}

// tail is the last lines of a text.
func tail(text string, lines int) string {
	all := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

func TestTail(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text  string
		lines int
		want  string
	}{
		"fewer":    {"a\nb\n", 5, "a\nb"},
		"the last": {"a\nb\nc\n", 2, "b\nc"},
		"empty":    {"", 2, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tail(c.text, c.lines); got != c.want {
				t.Errorf("tail(%q, %d) = %q, want %q", c.text, c.lines, got, c.want)
			}
		})
	}
}
