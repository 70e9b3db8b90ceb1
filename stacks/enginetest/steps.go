package enginetest

import (
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/enginetest/standin"
)

// steps are what an operation did, as "VERB TYPE NAME", in the order in which
// it was done.
type steps []string

func (s steps) String() string { return "  " + strings.Join(s, "\n  ") }

// journal is what a cloud was told since the last time that it was asked.
func journal(cloud *standin.Cloud) (all steps) {
	for _, call := range cloud.Journal() {
		all = append(all, call.String())
	}
	return all
}

// untouched holds that the cloud was told nothing.
func untouched(t *testing.T, cloud *standin.Cloud) {
	t.Helper()
	if calls := journal(cloud); len(calls) > 0 {
		t.Errorf("the cloud was called all the same:\n%s", calls)
	}
}

// stepOf says in one word whether something came, changed or went: a
// replacement comes and goes like any other.
func stepOf(op, urn string) string {
	verb, _, _ := strings.Cut(op, "-")
	parts := strings.Split(urn, "::")
	kind := parts[2][strings.LastIndex(parts[2], "$")+1:]
	return verb + " " + kind + " " + parts[3]
}

// positions are where steps stand that begin with these words.
func (s steps) positions(words string) (at []int) {
	for i, step := range s {
		if strings.HasPrefix(step, words) {
			at = append(at, i)
		}
	}
	return at
}

// inOrder asks that each of these was done, and all of one before any of the
// next.
func (s steps) inOrder(t *testing.T, words ...string) {
	t.Helper()
	last, before := -1, "the beginning"
	for _, word := range words {
		at := s.positions(word)
		if len(at) == 0 {
			t.Errorf("nothing did %q:\n%s", word, s)
			return
		}
		if at[0] <= last {
			t.Errorf("%q was done before %q:\n%s", word, before, s)
		}
		last, before = at[len(at)-1], word
	}
}

// never asks that nothing was done which begins with these words.
func (s steps) never(t *testing.T, words ...string) {
	t.Helper()
	for _, word := range words {
		if len(s.positions(word)) > 0 {
			t.Errorf("%q was done:\n%s", word, s)
		}
	}
}

// Digest is that of an image that was never built.
func Digest(digit string) string { return strings.Repeat(digit, 64) }
