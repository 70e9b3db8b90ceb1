package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/killrvideo/killrvideo-go/infra/provider"
	"github.com/killrvideo/killrvideo-go/infra/provider/resource"
)

// The laptop's token may do what a deployed one may, and nothing else.
func TestLeastActions(t *testing.T) {
	t.Parallel()
	if got, want := slices.Sorted(slices.Values(leastActions())), slices.Sorted(slices.Values(provider.LeastActions())); !slices.Equal(
		got,
		want,
	) {
		t.Errorf("actions %v, the stacks grant %v", got, want)
	}
	reads := grants()[1]
	if got, want := slices.Sorted(slices.Values(reads.actions)), slices.Sorted(slices.Values(resource.ReadActions())); !slices.Equal(
		got,
		want,
	) {
		t.Errorf("actions of reads %v, the stacks grant %v", got, want)
	}
}

func TestParseNamesEveryProblem(t *testing.T) {
	t.Parallel()
	_, err := parse([]string{"-url", "https://db-region.apps.astra.datastax.com"})
	if err == nil {
		t.Fatal("a real database is taken")
	}
	for _, part := range []string{"-url", "make up", "-admin-token-file", "-out"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the message does not name %s: %v", part, err)
		}
	}
	if _, err := parse([]string{"-admin-token-file", "f", "-out", "d"}); err != nil {
		t.Errorf("the defaults are refused: %v", err)
	}
}

func TestConnectGivesUp(t *testing.T) {
	t.Parallel()
	j := &job{url: "http://127.0.0.1:1", adminFile: filepath.Join(t.TempDir(), "none"), patience: 150 * time.Millisecond}
	if err := j.connect(t.Context()); err == nil || !strings.Contains(err.Error(), "is astra-local running?") {
		t.Errorf("no server listens, and the answer is %v", err)
	}
}

func TestWriteIsPrivateAndWhole(t *testing.T) {
	t.Parallel()
	j := &job{out: filepath.Join(t.TempDir(), "secrets")}
	for _, value := range []string{"generated-for-a-test-1", "generated-for-a-test-2"} {
		if err := j.write(keyFile, value); err != nil {
			t.Fatal(err)
		}
		if got, err := read(filepath.Join(j.out, keyFile)); err != nil || got != value {
			t.Errorf("read %q, %v, want %q", got, err, value)
		}
	}
	left, err := os.ReadDir(j.out)
	if err != nil || len(left) != 1 {
		t.Errorf("files left: %v, %v", left, err)
	}
	if info, err := os.Stat(filepath.Join(j.out, keyFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode: %v, %v", info, err)
	}
	if none, err := read(filepath.Join(j.out, "none")); none != "" || err != nil {
		t.Errorf("no file reads %q, %v", none, err)
	}
}
