// Package keyid names signing keys without revealing them. Everything that
// must agree on the name of a key computes it here or by the same rule; what
// makes, keeps or uses keys may not enter.
package keyid

import (
	"crypto/sha256"
	"encoding/hex"
)

// The labels keep the two names apart: neither can be computed from the other.
const (
	idLabel          = "killrvideo-jwt-kid\x00"
	fingerprintLabel = "killrvideo-jwt-fingerprint\x00"
)

// Of returns the `kid` of a key: the first 16 hex digits of the labelled
// SHA-256 of its bytes. It is public, in the header of every token.
func Of(key string) string { return digest(idLabel, key)[:16] }

// Fingerprint returns the labelled SHA-256 of a key in hex, for comparing keys
// across stacks.
func Fingerprint(key string) string { return digest(fingerprintLabel, key) }

func digest(label, key string) string {
	sum := sha256.Sum256([]byte(label + key))
	return hex.EncodeToString(sum[:])
}
