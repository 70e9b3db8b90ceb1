// Package secret holds the only types that carry secret values: a Secret on its
// way into a platform's secret store, and the Pinned reference that a deployment
// uses instead of the value. Nothing here prints a value or unwraps it.
package secret

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Secret is one value that the service reads from an environment variable, or
// from a file whose path is in one. The value is always a Pulumi secret,
// whatever it was made from.
type Secret struct {
	env, path   string
	value       pulumi.StringOutput
	unprotected bool
}

// New marks value as a secret that the service finds under the variable env.
func New(env string, value pulumi.StringInput) Secret {
	return Secret{env: env, value: pulumi.ToSecret(value).(pulumi.StringOutput)}
}

// NewFile marks value as a secret that the service finds in a file. The
// variable env, which ends in _FILE, has the file's path: the given one, or
// another where a platform cannot choose it.
func NewFile(env, path string, value pulumi.StringInput) Secret {
	s := New(env, value)
	s.path = path
	return s
}

// Unprotected is the same secret, which is not protected from deletion where
// others are: one that the program generates, and that a change of its settings
// removes.
func (s Secret) Unprotected() Secret {
	s.unprotected = true
	return s
}

// Protected tells whether a protected deployment protects the secret's store.
func (s Secret) Protected() bool { return !s.unprotected }

// Env is the name of the variable, such as JWT_SECRET_KEY.
func (s Secret) Env() string { return s.env }

// Path is where the file is, "" for a variable.
func (s Secret) Path() string { return s.path }

// Format prints which secret it is, whatever the verb: an output that has its
// value would print it.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "secret "+s.env) }

// Value is the secret output, for a platform's secret store and nothing else.
func (s Secret) Value() pulumi.StringOutput { return s.value }

// Stored is the value for stores that refuse an empty one: there a blank
// stands for it, which the service must read as not set.
func (s Secret) Stored() pulumi.StringOutput {
	return s.value.ApplyT(stored).(pulumi.StringOutput)
}

func stored(value string) string {
	if value == "" {
		return " "
	}
	return value
}

// Pinned names one exact version of a secret in a platform's store.
type Pinned struct {
	// Env is the variable that the version is served under, or whose file it is.
	Env string
	// Version changes exactly when the value does and does not reveal it.
	Version pulumi.StringOutput
}

// ContentVersion pins a secret by its content, for files on this machine alone,
// which hold the value anyway: the first 12 hex digits of a labelled SHA-256.
// Elsewhere use the store's own version, since a short value, such as a token
// that a person made up, can be guessed from its hash.
func ContentVersion(s Secret) Pinned {
	version := s.value.ApplyT(func(value string) string {
		return contentVersion(s.env, value)
	}).(pulumi.StringOutput)
	return Pinned{Env: s.env, Version: pulumi.Unsecret(version).(pulumi.StringOutput)}
}

func contentVersion(env, value string) string {
	if value == "" {
		return "absent"
	}
	sum := sha256.Sum256([]byte("secret-version\x00" + env + "\x00" + value))
	return hex.EncodeToString(sum[:6])
}

// Versions names each secret with its version, as VARIABLE=VERSION.
func Versions(pins []Pinned) pulumi.StringArray {
	list := make(pulumi.StringArray, len(pins))
	for i, pin := range pins {
		list[i] = pulumi.Sprintf("%s=%s", pin.Env, pin.Version)
	}
	return list
}
