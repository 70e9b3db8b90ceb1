package cli

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"

	"github.com/killrvideo/killrvideo-go/stacks"
)

// settings is a stack's configuration as the program sees it.
type settings struct {
	stack  string
	values auto.ConfigMap
}

func (s settings) Stack() string { return s.stack }

func (s settings) GetConfig(key string) (string, bool) {
	value, ok := s.values[key]
	return value.Value, ok
}

func (s settings) IsConfigSecret(key string) bool { return s.values[key].Secret }

// doctor shows the tools that were found, and every setting of the stack as
// set or left to its default, secrets only as set or not.
func (c *command) doctor(ctx context.Context, _ []string) error {
	c.tools(ctx)
	stack, err := c.open(ctx, c.program)
	if err != nil {
		return err
	}
	values, err := stack.GetAllConfig(ctx)
	if err != nil {
		return diagnose("doctor", c.stack, nil, err, []string{err.Error()})
	}
	source := settings{stack: c.stack, values: values}
	_, _ = fmt.Fprintf(c.out, "\nsettings of stack %s\n", c.stack)
	for _, key := range stacks.Keys() {
		_, _ = fmt.Fprintf(c.out, "  %-22s %s\n", key.Name, describe(source, key))
	}
	if _, _, err := stacks.Read(source, c.target, c.build); err != nil {
		return diagnose("doctor", c.stack, err, err, nil)
	}
	_, _ = fmt.Fprintln(c.out, "\nall settings are fine")
	return nil
}

func describe(source settings, key stacks.Key) string {
	value, set := source.GetConfig(stacks.Namespace + ":" + key.Name)
	switch {
	case key.Secret && set && value != "":
		return "set (secret)"
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
		{"pulumi", "version", "built once if missing"},
		{"docker", "--version", "only to build and test the image"},
	} {
		output, err := exec.CommandContext(ctx, tool.name, tool.version).Output()
		found := strings.TrimSpace(string(output))
		if err != nil {
			found = "not found; " + tool.purpose
			if _, err := os.Stat(c.home.path("bin/" + tool.name)); err == nil {
				found = "built, " + c.home.path("bin/"+tool.name)
			}
		}
		_, _ = fmt.Fprintf(c.out, "%-8s %s\n", tool.name, found)
	}
}
