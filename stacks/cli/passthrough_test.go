package cli

import (
	"strings"
	"testing"
)

// TestLoadsProviders: what may start the native provider has it built first.
func TestLoadsProviders(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		"up --yes": true, "refresh --clear-pending-creates --yes": true, "destroy": true, "import astradb:index:Token token id": true,
		"--logtostderr preview": true, "state delete urn": true, "": true,
		"config set-all --plaintext a=b": false, "stack export": false, "--color=never stack output url": false, "cancel --yes": false,
	} {
		if got := loadsProviders(strings.Fields(line)); got != want {
			t.Errorf("%q: %t", line, got)
		}
	}
}
