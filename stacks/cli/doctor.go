package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"

	"github.com/killrvideo/killrvideo-go/infra/caller"
	"github.com/killrvideo/killrvideo-go/stacks"
	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
)

// doctor shows the tools that were found, and every setting of the stack as
// set or left to its default, secrets only as set or not. It changes nothing,
// so that it also works before the first deployment; it needs no passphrase,
// and what only an opened secret shows is found by a preview.
//
// With -orphans it looks for tokens, roles and what holds credentials on the
// platform that no state knows instead, and with -orphans=remove it removes them.
func (c *command) doctor(ctx context.Context, args []string) error {
	orphans := ""
	if err := options("doctor", args, func(flags *flag.FlagSet) { flags.StringVar(&orphans, "orphans", "", "1, or remove") }); err != nil {
		return err
	}
	switch orphans {
	case "":
	case "1", "remove":
		return errors.Join(c.home.open(), c.orphans(ctx, orphans == "remove"))
	default:
		return exit.Usage.Errorf("doctor: ORPHANS must be 1, to look for them, or remove; it is %q", orphans)
	}
	style := styleOf(c.out)
	c.tools(ctx, style)
	file, err := c.find()
	if err != nil {
		return err
	}
	settings, notes, err := file.Read()
	if err != nil {
		return err
	}
	source, err := stacks.FromFile(c.stack, settings)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(c.out, "\n%s, in %s\n", style.heading.Render("settings of stack "+c.stack), file.Path())
	for _, note := range notes {
		_, _ = fmt.Fprintf(c.out, "  %s\n", style.warn.Render(note))
	}
	for _, key := range stacks.Keys() {
		text, set := describe(source, key)
		if !set {
			text = style.dim.Render(text)
		}
		_, _ = fmt.Fprintf(c.out, "  %-24s %s\n", key.Name, text)
	}
	if _, _, err := stacks.Read(source, c.target, c.build); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(c.out, "\n%sall settings are fine\n%s\n", style.good.Render("✓ "), style.next(caller.Verb("preview", c.stack)))
	return nil
}

// describe says what is in force for a setting, and whether the stack sets it.
func describe(source stacks.Source, key stacks.Key) (text string, set bool) {
	full := stacks.Namespace + ":" + key.Name
	value, _ := source.GetConfig(full)
	switch {
	case value != "" && source.IsConfigSecret(full):
		return "set (secret)", true
	case value != "" && key.Secret:
		return "set in plaintext", true
	case value != "":
		return value, true
	case key.DefaultText() == "":
		return "not set", false
	case key.Secret:
		return "not set (secret): " + key.DefaultText(), false
	}
	return "default: " + key.DefaultText(), false
}

// tools prints the programs that were found.
func (c *command) tools(ctx context.Context, style style) {
	row := func(mark, name, text string) { _, _ = fmt.Fprintf(c.out, "%s %-8s %s\n", mark, name, text) }
	for _, tool := range []struct{ name, version, purpose string }{
		{"go", "version", "builds everything"},
		{"git", "--version", "needed to contribute"},
		{"docker", "--version", "only to build and test the image"},
	} {
		output, err := exec.CommandContext(ctx, tool.name, tool.version).Output()
		if err != nil {
			row(style.warn.Render("-"), tool.name, "not found; "+tool.purpose)
			continue
		}
		row(style.good.Render("✓"), tool.name, strings.TrimSpace(string(output)))
	}
	row(style.good.Render("✓"), "pulumi", c.describePulumi())
	state := c.home.dir
	if _, err := os.Stat(c.home.passphraseFile()); errors.Is(err, fs.ErrNotExist) {
		state += " (empty; the first deployment fills it)"
	}
	row(style.good.Render("✓"), "state", state)
}
