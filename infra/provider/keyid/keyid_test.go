package keyid_test

import (
	"testing"

	"github.com/killrvideo/killrvideo-go/infra/provider/keyid"
)

func TestNamesOfAKey(t *testing.T) {
	t.Parallel()
	const key = "generated-for-this-test-not-a-credential"
	// printf 'killrvideo-jwt-kid\0%s' KEY | sha256sum
	if got, want := keyid.Of(key), "144516671b58b285"; got != want {
		t.Errorf("Of = %s, want %s", got, want)
	}
	// printf 'killrvideo-jwt-fingerprint\0%s' KEY | sha256sum
	if got, want := keyid.Fingerprint(key), "9a318204f9deefd7ded49757578c38d170beaf9546b7125baddb0eac09f4c11e"; got != want {
		t.Errorf("Fingerprint = %s, want %s", got, want)
	}
}
