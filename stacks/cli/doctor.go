package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"

	"github.com/killrvideo/killrvideo-go/stacks"
)

// doctor shows the tools that were found, and every setting of the stack as
// set or left to its default, secrets only as set or not. It changes nothing,
// so that it also works before the first deployment; it needs no passphrase,
// and what only an opened secret shows is found by a preview.
func (c *command) doctor(ctx context.Context, _ []string) error {
	c.tools(ctx)
	file, err := c.find()
	if err != nil {
		return err
	}
	settings, notes, err := file.Read()
	if err != nil {
		return orItself(err)
	}
	source, err := stacks.FromFile(c.stack, settings)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(c.out, "\nsettings of stack %s, in %s\n", c.stack, file.Path())
	for _, note := range notes {
		_, _ = fmt.Fprintf(c.out, "  %s\n", note)
	}
	for _, key := range stacks.Keys() {
		_, _ = fmt.Fprintf(c.out, "  %-22s %s\n", key.Name, describe(source, key))
	}
	if _, _, err := stacks.Read(source, c.target, c.build); err != nil {
		return cmp.Or(settingsFailure(err), err)
	}
	_, _ = fmt.Fprintln(c.out, "\nall settings are fine")
	return nil
}

func describe(source stacks.Source, key stacks.Key) string {
	full := stacks.Namespace + ":" + key.Name
	value, set := source.GetConfig(full)
	switch {
	case set && value != "" && source.IsConfigSecret(full):
		return "set (secret)"
	case key.Secret && set && value != "":
		return "set in plaintext"
	case key.Secret:
		return "not set (secret): " + key.Meaning
	case set && value != "":
		return value
	default:
		return "default: " + key.Meaning
	}
}

func (c *command) tools(ctx context.Context) {
	for _, tool := range []struct{ name, version, purpose string }{
		{"go", "version", "builds everything"},
		{"git", "--version", "needed to contribute"},
		{"docker", "--version", "only to build and test the image"},
	} {
		found := "not found; " + tool.purpose
		if output, err := exec.CommandContext(ctx, tool.name, tool.version).Output(); err == nil {
			found = strings.TrimSpace(string(output))
		}
		_, _ = fmt.Fprintf(c.out, "%-8s %s\n", tool.name, found)
	}
	_, _ = fmt.Fprintf(c.out, "%-8s %s\n", "pulumi", c.describePulumi())
	state := c.home.dir
	if _, err := os.Stat(c.home.passphraseFile()); errors.Is(err, fs.ErrNotExist) {
		state += " (empty; the first deployment fills it)"
	}
	_, _ = fmt.Fprintf(c.out, "%-8s %s\n", "state", state)
}
