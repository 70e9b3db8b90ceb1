package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/stacks/launch/stackfile"
)

// chooseTarget reads the stack's target: from the settings that Pulumi's
// language host hands over, or from the stack's file when make called.
func chooseTarget(root string, args []string) (string, error) {
	if handed, ok := os.LookupEnv("PULUMI_CONFIG"); ok && os.Getenv("PULUMI_MONITOR") != "" {
		return fromHost(root, handed)
	}
	if len(args) > 0 && args[0] == "pulumi" {
		// Passing words to the CLI needs no target; any program can.
		return stackfile.Local, nil
	}
	return fromFile(root, stackOf(args))
}

func fromHost(root, handed string) (string, error) {
	config := map[string]any{}
	if err := json.Unmarshal([]byte(handed), &config); err != nil {
		return "", fmt.Errorf("read the stack's settings: %w", err)
	}
	return check(root, stackfile.Settings{"config": config}.Target(), "the stack's settings", os.Getenv("PULUMI_STACK"))
}

func fromFile(root, stack string) (string, error) {
	home, err := stackfile.Home(root)
	if err != nil {
		return "", err
	}
	file, err := stackfile.Find(root, home, stack)
	if err != nil {
		return "", err
	}
	settings, _, err := file.Read()
	if err != nil {
		return "", err
	}
	return check(root, settings.Target(), file.Path(), stack)
}

// check refuses an unknown target, and one that is not part of this version.
func check(root, target, from, stack string) (string, error) {
	fix := command("config set target local --stack " + stack)
	if !slices.Contains(stackfile.Targets, target) {
		return "", fmt.Errorf("target: %q in %s is unknown; it must be one of %s: %s", target, from, strings.Join(stackfile.Targets, ", "), fix)
	}
	if _, err := os.Stat(filepath.Join(root, "stacks", target, "main.go")); err != nil {
		return "", fmt.Errorf("target: %q in %s is not part of this version (%w); use target local: %s", target, from, err, fix)
	}
	return target, nil
}

// command is a command of the Pulumi CLI in the form in which the reader works.
func command(args string) string {
	if os.Getenv("PULUMI_MONITOR") != "" && os.Getenv("KILLRVIDEO_CALLER") != "make" {
		return "pulumi " + args
	}
	return `make pulumi ARGS="` + args + `"`
}

func stackOf(args []string) string {
	for i, arg := range args {
		if arg == "--stack" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return "dev"
}
