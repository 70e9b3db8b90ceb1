package main

import (
	"strings"
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/platform/local"
	"github.com/killrvideo/killrvideo-go/stacks/plantest"
)

// TestEverySettingIsReadByItsType: the general settings' own cases need an
// account, which this target has none of.
func TestEverySettingIsReadByItsType(t *testing.T) {
	t.Setenv("KILLRVIDEO_HOME", t.TempDir())
	plantest.Mistyped(t, "local", build, local.Settings{})
}

// TestBadSettingsAreRefusedInAPlan: before a process is started.
func TestBadSettingsAreRefusedInAPlan(t *testing.T) {
	t.Setenv("KILLRVIDEO_HOME", t.TempDir())
	plantest.Refused(t, "local", build, []plantest.Case{
		{Name: "a port of the system", Group: "{port: 80}", Keys: []string{"local.port"}},
		{Name: "port 99999", Group: "{astraPort: 99999}", Keys: []string{"local.astraPort"}},
		{Name: "one port for both", Group: "{port: 9000, astraPort: 9000}", Keys: []string{"local.astraPort"}},
		{Name: "a port in words", Group: "{port: eighty}", Keys: []string{"local.port"}},
		{Name: "members that are none", Group: "{prot: 8000, host: localhost}", Keys: []string{"local.host", "local.prot"}},
		{Name: "no group", Group: "8000", Keys: []string{"local"}},
		{Name: "an image", General: "image: x/y@sha256:" + strings.Repeat("a", 64), Keys: []string{"image"}},
		{
			Name: "a scale", General: "minInstances: 2\nmaxInstances: 2\nconcurrency: 5\ncpu: 2\nmemory: 1Gi",
			Keys: []string{"concurrency", "cpu", "maxInstances", "memory", "minInstances"},
		},
		{
			Name: "what production asks for",
			General: "kmsKey: made\nlogRetentionDays: 30\nretainedImages: 30\nsecretVersionDays: 30\negressAddresses: made\n" +
				"accessList: 192.0.2.0/24",
			Keys: []string{"accessList", "egressAddresses", "kmsKey", "logRetentionDays", "retainedImages", "secretVersionDays"},
		},
		{Name: "another's group stays unread", General: "cloud: run", Keys: []string{"cloud"}},
	})
}
