package target

import (
	"fmt"
	"os"
	"path/filepath"
)

// Checkout finds the repository: KILLRVIDEO_ROOT, or the nearest folder above
// the working folder that holds the stacks' files.
func Checkout() (string, error) {
	if root := os.Getenv("KILLRVIDEO_ROOT"); root != "" {
		return filepath.Abs(root)
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the checkout: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "Pulumi.dev.yaml")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("find the checkout: no folder above the working folder holds Pulumi.dev.yaml")
		}
		dir = parent
	}
}
