package image

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// SourceTag names what the Dockerfile copies by its content, for registries
// whose tags never move: the same sources push nothing, new ones get a new tag.
func SourceTag(checkout string) (string, error) {
	root, err := os.OpenRoot(checkout)
	if err != nil {
		return "", fmt.Errorf("name the image by its sources: %w", err)
	}
	defer func() { _ = root.Close() }()
	sum := sha256.New()
	for _, part := range []string{"Dockerfile", "astra", "service"} {
		err := fs.WalkDir(root.FS(), part, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !copied(entry.Name()) {
				return err
			}
			text, err := fs.ReadFile(root.FS(), path)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(sum, "%s\x00%d\x00%s", path, len(text), text)
			return err
		})
		if err != nil {
			return "", fmt.Errorf("name the image by its sources: %w", err)
		}
	}
	return "source-" + hex.EncodeToString(sum.Sum(nil)[:8]), nil
}

// copied leaves out what does not go into the image's program.
func copied(name string) bool {
	return !strings.HasPrefix(name, ".") && !strings.HasSuffix(name, "_test.go")
}
