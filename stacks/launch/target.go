package main

import (
	"encoding/json"
	"os"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/stacks/launch/checkout"
	"github.com/killrvideo/killrvideo-go/stacks/launch/exit"
	"github.com/killrvideo/killrvideo-go/stacks/launch/stackfile"
)

// chooseTarget reads the stack's target: from the settings that Pulumi's
// language host hands over, or from the stack's file when make called.
func chooseTarget(root string, args []string) (string, error) {
	if config, ok := os.LookupEnv("PULUMI_CONFIG"); ok && os.Getenv("PULUMI_MONITOR") != "" {
		return fromHost(root, config)
	}
	if len(args) > 0 && args[0] == "pulumi" {
		// Passing words to the CLI needs no target; any program can.
		return checkout.Local, nil
	}
	return fromFile(root, stackOf(args))
}

func fromHost(root, text string) (string, error) {
	config := map[string]any{}
	if err := json.Unmarshal([]byte(text), &config); err != nil {
		return "", exit.Usage.Errorf("read the stack's settings: %w", err)
	}
	return check(root, stackfile.Settings{"config": config}.Target(), "the stack's settings", os.Getenv("PULUMI_STACK"))
}

func fromFile(root, stack string) (string, error) {
	home, err := checkout.Home(root)
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

// check refuses an unknown target.
func check(root, target, from, stack string) (string, error) {
	targets := checkout.Targets(root)
	if !slices.Contains(targets, target) {
		return "", exit.Usage.Errorf("target: %q in %s is unknown; it must be one of %s: %s",
			target, from, strings.Join(targets, ", "), command("config set target local --stack "+stack))
	}
	return target, nil
}

// command is a command of the Pulumi CLI in the form in which the reader works.
func command(args string) string {
	if os.Getenv("PULUMI_MONITOR") != "" && os.Getenv("INFRA_CALLER") != "make" {
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
