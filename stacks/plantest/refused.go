package plantest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/stacks"
)

// Canary is in every bad value that is a secret; it opens nothing.
const Canary = "canary-badc0ffee"

// Case is a stack whose settings are refused.
type Case struct {
	// Name says what is wrong.
	Name string
	// General are settings without the project's name, in YAML, one a line;
	// Group is the target's own, as a YAML object or nothing.
	General, Group string
	// Keys are all that is to be reported, sorted.
	Keys []string
}

// Refused plans each case as make plan does, and wants its problems all at
// once: each names its key and the command that fixes it, and shows no secret.
func Refused(t *testing.T, target string, build stacks.Builder, cases []Case) {
	t.Helper()
	t.Setenv("KILLRVIDEO_ROOT", Checkout(t))
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			_, err := stacks.Plan(Write(t, target, c), "dev", target, build)
			c.judge(t, err)
		})
	}
}

// Write puts the settings of a case into the file of stack dev, in a folder of
// its own.
func Write(t *testing.T, target string, c Case) string {
	t.Helper()
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "Pulumi.dev.yaml"), []byte(c.stackFile(target)), 0o600); err != nil {
		t.Fatal(err)
	}
	return root
}

func (c Case) stackFile(target string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "config:\n  killrvideo:target: %s\n", target)
	for line := range strings.Lines(c.General) {
		if line = strings.TrimSpace(line); line != "" {
			fmt.Fprintf(&b, "  killrvideo:%s\n", line)
		}
	}
	if c.Group != "" {
		fmt.Fprintf(&b, "  killrvideo:%s: %s\n", target, c.Group)
	}
	return b.String()
}

func (c Case) judge(t *testing.T, err error) {
	t.Helper()
	var problems *stacks.Problems
	if !errors.As(err, &problems) {
		t.Fatalf("it is not refused: %v", err)
	}
	var keys []string
	for _, p := range problems.List {
		keys = append(keys, p.Key)
		if !strings.HasPrefix(p.Fix, "pulumi config ") || !strings.Contains(p.Fix, "--stack dev") || strings.HasSuffix(p.Fix, "&& ") {
			t.Errorf("%s is fixed by %q, which is no command", p.Key, p.Fix)
		}
	}
	slices.Sort(keys)
	if !slices.Equal(keys, c.Keys) {
		t.Errorf("the problems are %v, want %v:\n%v", keys, c.Keys, err)
	}
	if strings.Contains(err.Error(), Canary) {
		t.Error("a problem shows a secret")
	}
}
