package astra

import (
	"fmt"
	"io"
	"log/slog"
)

// masked is the form in which a token is printed. It keeps the public
// prefix, so that a reader of a log sees what kind of secret was there.
const masked = "AstraCS:***"

// Token is an Astra application token ("AstraCS:..."). No fmt verb, encoder or
// logger prints its value; [Token.Reveal] is the only way to it.
type Token string

// Reveal returns the secret itself, for the header of a request or a file that
// only its owner may read.
func (t Token) Reveal() string { return string(t) }

// IsZero reports whether there is no token.
func (t Token) IsZero() bool { return t == "" }

// String implements [fmt.Stringer] with the mask.
func (t Token) String() string { return masked }

// GoString implements [fmt.GoStringer] with the mask.
func (t Token) GoString() string { return masked }

// Format implements [fmt.Formatter]: verbs such as %x and %d bypass String, so
// every verb ends here.
func (t Token) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, masked) }

// LogValue implements [slog.LogValuer] with the mask.
func (t Token) LogValue() slog.Value { return slog.StringValue(masked) }

// MarshalText implements [encoding.TextMarshaler] with the mask.
func (t Token) MarshalText() ([]byte, error) { return []byte(masked), nil }

// MarshalJSON implements [encoding/json.Marshaler] with the mask.
func (t Token) MarshalJSON() ([]byte, error) { return []byte(`"` + masked + `"`), nil }
