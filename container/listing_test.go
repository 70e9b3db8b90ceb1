//go:build linux

package container

import (
	"archive/tar"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// files lists the regular files of an image, without the empty ones that the
// engine puts there to mount over.
func files(t *testing.T, e engine, image string) []string {
	t.Helper()
	container := e.run(t, "create", image, "/nothing")
	e.after(t, "rm", "-f", container)
	cmd := e.command(t.Context(), "export", container)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	names, readErr := regular(tar.NewReader(out))
	if err := cmd.Wait(); err != nil || readErr != nil {
		t.Fatalf("export %s: %v, %v", image, err, readErr)
	}
	return names
}

func regular(archive *tar.Reader) (names []string, err error) {
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			slices.Sort(names)
			return names, nil
		}
		if err != nil {
			return nil, err
		}
		if header.Typeflag == tar.TypeReg && header.Size > 0 {
			names = append(names, strings.TrimPrefix(header.Name, "./"))
		}
	}
}
