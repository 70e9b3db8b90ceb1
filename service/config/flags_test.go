package config_test

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/service/config"
)

func TestHealthcheckNeedsOnlyThePort(t *testing.T) {
	t.Parallel()
	command, err := config.Load([]string{"-healthcheck"}, []string{"PORT=8123"}, "")
	if err != nil || !command.Healthcheck || command.Config.Port != 8123 {
		t.Errorf("%v %+v", err, command)
	}
	if _, err := config.Load([]string{"-healthcheck"}, []string{"PORT=0"}, ""); err == nil {
		t.Error("port 0 taken")
	}
}

func TestFlags(t *testing.T) {
	t.Parallel()
	if _, err := config.Load([]string{"-help"}, nil, ""); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("help: %v", err)
	}
	for _, args := range [][]string{{"-jwt-secret-key", "canary"}, {"-unknown"}, {"stray"}} {
		_, err := config.Load(args, valid(), "")
		if err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%v: %v", args, err)
		}
	}
}

func TestUsageAndReadmeListEverySetting(t *testing.T) {
	t.Parallel()
	var usage strings.Builder
	config.Usage(&usage)
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(usage.String(), "\n") {
		flagName, found := strings.CutPrefix(strings.TrimSpace(line), "-")
		if !found {
			continue
		}
		flagName, _, _ = strings.Cut(flagName, " ")
		variable := strings.TrimSuffix(strings.ToUpper(strings.ReplaceAll(flagName, "-", "_")), "_FILE")
		if flagName != "healthcheck" && !strings.Contains(string(readme), "`"+variable+"`") {
			t.Errorf("README.md does not explain %s", variable)
		}
	}
}
