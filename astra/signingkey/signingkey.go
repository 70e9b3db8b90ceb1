// Package signingkey holds the one rule that says how strong a key for HS256
// must be. The provider, the stacks and the service read it here, because this
// is the one module that all of them import. It depends on nothing and knows
// nothing of Astra. Code that creates, stores or uses keys must not be here.
package signingkey

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bits is the least strength of a key: what HS256 needs, RFC 7518 section 3.2.
const Bits = 256

// Make is the command that makes a good key.
const Make = "openssl rand -base64 32"

// layers bounds how often a key is decoded: text, base64 of it, base64 of that.
const layers = 4

// Weakness says why a text cannot be a signing key, "" if it can. The reason
// never quotes the key.
//
// The text must hold 256 bits: 32 random bytes in hex or base64, or so many
// random characters that they hold as much, 39 printable ones. The text is
// decoded as far as it can be, and what is written at any layer must be neither
// a phrase nor a placeholder, neither a repetition nor a sequence. This is an
// estimate: it cannot tell a leaked key from a good one.
func Weakness(key string) string {
	switch {
	case key == "":
		return "is empty"
	case strings.TrimSpace(key) != key:
		return "begins or ends with whitespace"
	}
	layer := []byte(key)
	for range layers {
		if weakness := layerWeakness(layer); weakness != "" {
			return weakness
		}
		decoded, ok := decode(string(layer))
		if !ok {
			break
		}
		layer = decoded
	}
	if bits(layer) < Bits {
		return "is too short; at least 256 random bits are needed"
	}
	return ""
}

// layerWeakness judges the text, what it decodes to, and so on: text by how it
// reads, bytes by how they are spread.
func layerWeakness(layer []byte) string {
	switch text := isText(layer); {
	case repeats(layer) || sequence(layer):
		return "repeats itself"
	case text && textWeakness(string(layer)) != "":
		return textWeakness(string(layer))
	case !text && biased(layer):
		return "is too predictable; use random bytes"
	case len(layer)*8 >= Bits && distinct(layer) < leastDistinct(layer):
		return "repeats itself"
	}
	return ""
}

// decode reads hex and the four forms of base64. Hex comes first: every text
// in hex is one in base64 too.
func decode(text string) ([]byte, bool) {
	if raw, err := hex.DecodeString(text); err == nil {
		return raw, true
	}
	trimmed := strings.TrimRight(text, "=")
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if raw, err := encoding.DecodeString(trimmed); err == nil && len(raw) > 0 {
			return raw, true
		}
	}
	return nil, false
}

// isText reports whether the bytes are written: UTF-8 without control characters.
// 32 random bytes never are.
func isText(layer []byte) bool {
	return utf8.Valid(layer) && !strings.ContainsFunc(string(layer), func(r rune) bool {
		return unicode.IsControl(r) && !unicode.IsSpace(r)
	})
}
