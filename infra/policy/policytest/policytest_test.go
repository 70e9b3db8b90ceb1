package policytest

import "testing"

func TestFirstDifference(t *testing.T) {
	t.Parallel()
	if got := firstDifference("a\nb", "a\nc"); got != "reviewed: b\nnow:      c" {
		t.Errorf("got %q", got)
	}
	if got := firstDifference("a", "a\nb"); got != "one is longer than the other" {
		t.Errorf("got %q", got)
	}
}
