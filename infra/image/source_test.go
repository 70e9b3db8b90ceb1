package image

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheTagFollowsTheSourcesAndNothingElse(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tag := func() string {
		t.Helper()
		got, err := SourceTag(root)
		if err != nil || !strings.HasPrefix(got, "source-") {
			t.Fatalf("got %q, %v", got, err)
		}
		return got
	}
	write("Dockerfile", "FROM scratch")
	write("astra/astra.go", "package astra")
	write("service/main.go", "package main")
	first := tag()
	write("service/main_test.go", "package main")
	write("infra/x.go", "package x")
	if tag() != first {
		t.Error("a test or the infrastructure makes another image")
	}
	write("service/main.go", "package main // changed")
	if tag() == first {
		t.Error("a changed source keeps the tag")
	}
}

func TestNoSourcesNoTag(t *testing.T) {
	t.Parallel()
	if _, err := SourceTag(t.TempDir()); err == nil {
		t.Error("a folder without a Dockerfile has a tag")
	}
}
