package config

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a value that nothing prints: every verb, encoder and logger shows
// only whether it is set.
type Secret string

// Reveal gives the value itself.
func (s Secret) Reveal() string { return string(s) }

// IsZero reports that there is none.
func (s Secret) IsZero() bool { return s == "" }

func (s Secret) mask() string {
	if s.IsZero() {
		return "unset"
	}
	return "***"
}

// String implements fmt.Stringer.
func (s Secret) String() string { return s.mask() }

// GoString implements fmt.GoStringer.
func (s Secret) GoString() string { return s.mask() }

// Format implements fmt.Formatter: verbs such as %x would bypass String.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.mask()) }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.mask()) }

// MarshalText implements encoding.TextMarshaler, and so serves JSON too.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.mask()), nil }
