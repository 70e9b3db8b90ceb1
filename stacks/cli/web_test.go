package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

// frontend is a folder with these files.
func frontend(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestBuildFrontend takes builds as they are, and builds a checkout once.
func TestBuildFrontend(t *testing.T) {
	const vite = "index.html" // Vite's checkouts have one too, which is no build
	const script = "#!/bin/sh\necho \"$@\" >>calls\n[ \"$1\" != run ] || { /bin/mkdir -p dist; echo built >dist/index.html; }\n"
	npm := frontend(t, map[string]string{"npm": script})
	for name, test := range map[string]struct {
		files       map[string]string
		path        string
		build, says string
		class       *exit.Class
	}{
		"a build":              {map[string]string{"index.html": ""}, "", ".", "", nil},
		"a built checkout":     {map[string]string{vite: "", "package.json": "", "dist/index.html": ""}, "", "dist", "run build", nil},
		"another bundler's":    {map[string]string{"package.json": "", "build/index.html": ""}, "", "build", "run build", nil},
		"a checkout":           {map[string]string{vite: "", "package.json": "", "package-lock.json": ""}, npm, "dist", "npm ci in", nil},
		"without a lock file":  {map[string]string{vite: "", "package.json": ""}, npm, "dist", "npm install in", nil},
		"without Node.js":      {map[string]string{vite: "", "package.json": ""}, "", "", "needs Node.js with npm", exit.Failed},
		"a folder of no build": {map[string]string{"README.md": ""}, npm, "", "neither an index.html nor a package.json", exit.Usage},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("PATH", test.path)
			dir, said := frontend(t, test.files), &bytes.Buffer{}
			c := &command{err: said}
			build, err := c.buildFrontend(t.Context(), dir)
			if err != nil {
				said.WriteString(err.Error())
			}
			if test.class != nil && (err == nil || exit.ClassOf(err) != test.class) || test.class == nil && err != nil {
				t.Fatalf("err = %v, want %v", err, test.class)
			}
			if err == nil && build != filepath.Join(dir, test.build) || !strings.Contains(said.String(), test.says) {
				t.Errorf("got %q, said %q; want %q, %q", build, said, test.build, test.says)
			}
			if err != nil || test.path == "" {
				return
			}
			again, err := c.buildFrontend(t.Context(), dir)
			if calls, _ := os.ReadFile(filepath.Join(dir, "calls")); err != nil || again != build || strings.Count(string(calls), "\n") != 2 {
				t.Errorf("the second time it is %q, %v, after the calls\n%s", again, err, calls)
			}
		})
	}
}
