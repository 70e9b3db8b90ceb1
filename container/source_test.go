//go:build linux

package container

import (
	"os"
	"path/filepath"
	"testing"
)

// planted are files that must never reach an image, in places where people
// leave them.
func planted() []string {
	return []string{
		".env", "service/.env", "service/config/.env.production", "astra/.env.local",
		"service/tls.key", "astra/local/server.pem", ".killrvideo/state/passphrase",
		"service/.killrvideo/token", "Pulumi.dev.yaml", "service/killrvideo.db",
	}
}

// sources copies what the Dockerfiles are given into a folder of the test's own,
// and plants the canary there, so that nothing is ever planted in the work tree.
func sources(t *testing.T, canary string) string {
	t.Helper()
	dir := t.TempDir()
	for _, tree := range []string{"astra", "service", "container"} {
		if err := os.CopyFS(filepath.Join(dir, tree), os.DirFS(filepath.Join("..", tree))); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"Dockerfile", ".dockerignore", "go.mod", "go.sum", "compose.yaml"} {
		text, err := os.ReadFile(filepath.Join("..", file))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, file), string(text))
	}
	for _, file := range planted() {
		write(t, filepath.Join(dir, file), "GENERATED_FOR_A_TEST="+canary+"\n")
	}
	return dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
