package cli

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// home is the one git-ignored folder of the checkout that holds state,
// passphrase, built tools and logs.
type home struct {
	root string // of the checkout
	dir  string // KILLRVIDEO_HOME, or root/.killrvideo
}

// Root is the checkout: KILLRVIDEO_ROOT, which the launcher sets, or the
// working folder.
func Root() (string, error) {
	root := os.Getenv("KILLRVIDEO_ROOT")
	if root == "" {
		root = "."
	}
	abs, err := filepath.Abs(root)
	if err != nil {
		return "", fmt.Errorf("find the checkout: %w", err)
	}
	if _, err := os.Stat(filepath.Join(abs, "Pulumi.yaml")); err != nil {
		return "", &Failure{CodeUsage, fmt.Errorf("%s is no checkout: it has no Pulumi.yaml; run this from the root of the repository", abs)}
	}
	return abs, nil
}

// openHome makes the folder on first use and proves that it can be written.
func openHome(root string) (*home, error) {
	h := &home{root: root, dir: os.Getenv("KILLRVIDEO_HOME")}
	if h.dir == "" {
		h.dir = filepath.Join(root, ".killrvideo")
	}
	for _, dir := range []string{h.dir, h.state(), h.work(), h.path("bin"), h.path("home"), h.path("logs")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, unusable(h.dir, err)
		}
	}
	probe := h.path("probe")
	if err := os.WriteFile(probe, []byte("can this folder be written?"), 0o600); err != nil {
		return nil, unusable(h.dir, err)
	}
	_ = os.Remove(probe)
	return h, h.makePassphrase()
}

func unusable(dir string, err error) error {
	return &Failure{CodeStateFolder, fmt.Errorf("the state folder %s cannot be written (%w); give yourself permission and space there, nothing was changed", dir, err)}
}

func (h *home) path(name string) string { return filepath.Join(h.dir, name) }
func (h *home) state() string           { return h.path("state") }
func (h *home) work() string            { return h.path("work") }
func (h *home) passphraseFile() string  { return h.path("passphrase") }

// makePassphrase writes a random passphrase unless there is one.
func (h *home) makePassphrase() error {
	file, err := os.OpenFile(h.passphraseFile(), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return unusable(h.dir, err)
	}
	random := make([]byte, 32)
	if _, err := rand.Read(random); err != nil {
		return fmt.Errorf("make a passphrase: %w", err)
	}
	_, err = file.WriteString(base64.RawURLEncoding.EncodeToString(random))
	if err := errors.Join(err, file.Close()); err != nil {
		_ = os.Remove(h.passphraseFile())
		return unusable(h.dir, err)
	}
	return nil
}

// env is the environment that every call of the CLI gets. What the caller's
// own environment says wins, so that a team's backend can be used.
func (h *home) env() map[string]string {
	env := map[string]string{
		"PULUMI_BACKEND_URL":       "file://" + h.state(),
		"PULUMI_HOME":              h.path("home"),
		"PULUMI_SKIP_UPDATE_CHECK": "true",
		"KILLRVIDEO_ROOT":          h.root,
	}
	if os.Getenv("PULUMI_CONFIG_PASSPHRASE") == "" {
		env["PULUMI_CONFIG_PASSPHRASE_FILE"] = h.passphraseFile()
	}
	for name := range env {
		if value := os.Getenv(name); value != "" {
			env[name] = value
		}
	}
	return env
}
