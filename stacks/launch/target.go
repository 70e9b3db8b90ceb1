package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const key = "killrvideo:target"

// known are the targets of the design.
var known = []string{"local", "cloudrun", "ecs", "kubernetes"}

// chooseTarget reads the stack's target: from the settings that Pulumi's
// language host hands over, or from the stack's file when make called.
func chooseTarget(root string, args []string) (string, error) {
	if handed, ok := os.LookupEnv("PULUMI_CONFIG"); ok && os.Getenv("PULUMI_MONITOR") != "" {
		return fromHost(root, handed)
	}
	if len(args) > 0 && args[0] == "pulumi" {
		// Passing words to the CLI needs no target; any program can.
		return "local", nil
	}
	stack := stackOf(args)
	text, from, err := stackFile(root, stack)
	if err != nil {
		return "", err
	}
	return check(root, targetIn(text), from)
}

func fromHost(root, handed string) (string, error) {
	config := map[string]string{}
	if err := json.Unmarshal([]byte(handed), &config); err != nil {
		return "", fmt.Errorf("read the stack's settings: %w", err)
	}
	return check(root, config[key], "the stack's settings")
}

// check refuses what is no target and what is not built yet, by name.
func check(root, target, from string) (string, error) {
	if target == "" {
		return "local", nil
	}
	if !slices.Contains(known, target) {
		return "", fmt.Errorf("target: %q in %s is no target; choose one of %s with: pulumi config set target local", target, from, strings.Join(known, ", "))
	}
	if _, err := os.Stat(filepath.Join(root, "stacks", target, "main.go")); err != nil {
		return "", fmt.Errorf("target: %q in %s is not built yet in this version; use target local with: pulumi config set target local", target, from)
	}
	return target, nil
}

func stackOf(args []string) string {
	for i, arg := range args {
		if arg == "--stack" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return "dev"
}

// stackFile is the text of the stack's settings: the committed file, or where
// make keeps what was set on this machine.
func stackFile(root, stack string) (text, from string, err error) {
	name := "Pulumi." + stack + ".yaml"
	for _, path := range []string{filepath.Join(root, ".killrvideo", "work", name), filepath.Join(root, name)} {
		content, err := os.ReadFile(path)
		if err == nil && (strings.Contains(string(content), key) || filepath.Dir(path) == root) {
			return string(content), name, nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", "", fmt.Errorf("read the stack's settings: %w", err)
		}
	}
	return "", name, fmt.Errorf("there is no stack %q: %s does not exist; copy Pulumi.dev.yaml to begin one", stack, name)
}

// targetIn finds the one line that names the target. The files are written by
// Pulumi in block style, so that a YAML library is not needed here.
func targetIn(text string) string {
	for _, line := range strings.Split(text, "\n") {
		if value, found := strings.CutPrefix(strings.TrimSpace(line), key+":"); found {
			return strings.Trim(strings.TrimSpace(value), `"'`)
		}
	}
	return ""
}
