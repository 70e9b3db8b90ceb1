package cli

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/infra/provider/failure"
	"github.com/killrvideo/killrvideo-go/stacks/launch/checkout"

	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

// home is the git-ignored folder of the checkout for state, passphrase, built
// tools and logs.
type home struct {
	root string // of the checkout
	dir  string // KILLRVIDEO_HOME, or root/.killrvideo
	// writable is set by open.
	writable bool
}

// findHome names the folder and creates nothing.
func findHome(root string) (*home, error) {
	dir, err := checkout.Home(root)
	return &home{root: root, dir: dir}, err
}

// open creates the folder on first use and checks that it can be written.
func (h *home) open() error {
	for _, dir := range []string{h.dir, h.state(), h.path("bin"), h.path("home"), h.path("logs")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return unusable(h.dir, err)
		}
	}
	probe := h.path("probe")
	if err := os.WriteFile(probe, []byte("can this folder be written?"), 0o600); err != nil {
		return unusable(h.dir, err)
	}
	_ = os.Remove(probe)
	h.writable = true
	h.removeAttributes()
	return h.makePassphrase()
}

// removeAttributes removes what Pulumi wrote beside the states before
// checkout.StateURL had it write the states alone.
func (h *home) removeAttributes() {
	paths, _ := filepath.Glob(filepath.Join(h.state(), ".pulumi", "stacks", "*", "*.attrs"))
	for _, path := range paths {
		_ = os.Remove(path)
	}
}

func unusable(dir string, err error) error {
	return exit.StateFolder.Errorf("the state folder %s cannot be written (%w); check permissions and free space there; nothing was "+
		"changed", dir, err)
}

func (h *home) path(name string) string { return filepath.Join(h.dir, name) }
func (h *home) state() string           { return h.path("state") }
func (h *home) passphraseFile() string  { return h.path("passphrase") }

// failures is the file in which the provider records the classes of failures for
// this call.
func (c *command) failures() string { return c.home.path(fmt.Sprintf("logs/failures-%d", os.Getpid())) }

// env is the environment of the engine that this call drives.
func (c *command) env() map[string]string {
	env := c.home.env()
	env[failure.Variable] = c.failures()
	env[caller.StackVariable] = c.stack
	env[backendVariable] = c.backend()
	return env
}

// makePassphrase writes a random passphrase unless there is one. It is written
// aside and linked into place, so that no other call reads half of it and the
// first of several at once wins.
func (h *home) makePassphrase() error {
	if info, err := os.Stat(h.passphraseFile()); err == nil && info.Size() > 0 {
		return nil
	}
	random := make([]byte, 32)
	if _, err := rand.Read(random); err != nil {
		return fmt.Errorf("make a passphrase: %w", err)
	}
	part, err := os.CreateTemp(h.dir, "passphrase-*") // mode 0600
	if err != nil {
		return unusable(h.dir, err)
	}
	defer func() { _ = os.Remove(part.Name()) }()
	_, err = part.WriteString(base64.RawURLEncoding.EncodeToString(random))
	if err := errors.Join(err, part.Sync(), part.Close()); err != nil {
		return unusable(h.dir, err)
	}
	if err := os.Link(part.Name(), h.passphraseFile()); err != nil && !errors.Is(err, fs.ErrExist) {
		return unusable(h.dir, err)
	}
	return nil
}

// backend is the state folder as the URL of a backend.
func (h *home) backend() string { return checkout.StateURL(h.state()) }

// env is the environment that every call of the CLI gets. What the caller's
// own environment says wins, so that a team's backend can be used.
func (h *home) env() map[string]string {
	env := map[string]string{
		"PULUMI_BACKEND_URL":       h.backend(),
		"PULUMI_HOME":              h.path("home"),
		"PULUMI_SKIP_UPDATE_CHECK": "true",
		checkout.RootVariable:      h.root,
		checkout.HomeVariable:      h.dir,
	}
	if os.Getenv("PULUMI_CONFIG_PASSPHRASE") == "" {
		env["PULUMI_CONFIG_PASSPHRASE_FILE"] = h.passphraseFile()
	}
	for name := range env {
		if value := os.Getenv(name); value != "" {
			env[name] = value
		}
	}
	env[caller.Variable] = caller.Make
	return env
}

// ownStacks are the stacks in the state folder, none if the state is elsewhere.
func (h *home) ownStacks() []string {
	if h.env()["PULUMI_BACKEND_URL"] != h.backend() {
		return nil
	}
	entries, err := os.ReadDir(filepath.Join(h.state(), ".pulumi", "stacks", "killrvideo"))
	if err != nil {
		return nil // there is none yet
	}
	var names []string
	for _, entry := range entries {
		name := strings.TrimSuffix(entry.Name(), ".gz")
		if stack, is := strings.CutSuffix(name, ".json"); is {
			names = append(names, stack)
		}
	}
	return names
}
