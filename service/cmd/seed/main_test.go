package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/service/seed"
	"github.com/killrvideo/killrvideo-go/service/store/astratest"
)

func TestSeedRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"an unknown size":        {[]string{"-size", "huge"}, "huge"},
		"a database on Astra":    {[]string{"-endpoint", "https://db-us-east1.apps.astra.datastax.com"}, "not on this machine"},
		"no token":               {nil, "make up"},
		"an argument of no kind": {[]string{"-colour"}, "colour"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := run(t.Context(), test.args, os.Stderr); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestSeedFillsAnEmbeddedAstra(t *testing.T) {
	t.Parallel()
	embedded, err := astratest.Start(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := embedded.Stop(); err != nil {
			t.Error(err)
		}
	})
	if err := embedded.CreateKeyspace(t.Context(), "killrvideo"); err != nil {
		t.Fatal(err)
	}
	token, err := embedded.Mint(t.Context(), "seed", "killrvideo", astratest.WriteActions())
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(token.Reveal()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := run(t.Context(), []string{"-endpoint", embedded.URL, "-token-file", file}, &out); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); !strings.Contains(text, "60 people and 500 videos are new") || !strings.Contains(text, seed.Known()[1]) || strings.Contains(text, token.Reveal()) {
		t.Errorf("it said %q", text)
	}
}
