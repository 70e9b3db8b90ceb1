package config

import (
	"encoding/base64"
	"encoding/hex"
	"math"
	"strings"
	"unicode"
)

// keyBytes is the least strength of a signing key: 256 bits.
const keyBytes = 32

// placeholders are found in examples, guides and other people's defaults.
var placeholders = []string{
	"changeme", "change-me", "change_me", "change-this", "replace", "placeholder", "example", "your-", "your_",
	"yoursecret", "secret-key", "secret_key", "secretkey", "supersecret", "mysecret", "unit-test", "password", "generated-by", "todo",
}

// Weakness says why a text cannot be a signing key, "" if it can. It must hold
// 256 bits: 32 random bytes as hex or base64, or at least 32 characters that
// look random. What looks random is an estimate: it refuses phrases, repeats,
// sequences and placeholders, and cannot tell a leaked key from a good one.
func Weakness(key string) string {
	lower := strings.ToLower(key)
	for _, p := range placeholders {
		if strings.Contains(lower, p) {
			return "is a placeholder from an example"
		}
	}
	if strings.ContainsFunc(key, unicode.IsSpace) {
		return "is a phrase; use random characters"
	}
	if isHex(key) {
		return hexWeakness(key)
	}
	if len(key) < keyBytes {
		return "is too short; at least 256 random bits are needed"
	}
	if repeats(key) {
		return "repeats itself"
	}
	return textWeakness(key)
}

func isHex(key string) bool {
	return strings.Trim(key, "0123456789abcdefABCDEF") == ""
}

// hexWeakness looks at the bytes. 32 random ones hold 30 different values on
// average; fewer than 20 does not happen by chance.
func hexWeakness(key string) string {
	raw, err := hex.DecodeString(key)
	switch {
	case err != nil || len(raw) < keyBytes:
		return "is too short; in hex, 256 bits take 64 digits"
	case distinct(raw) < 20 || repeats(key) || sequence(raw):
		return "repeats itself"
	}
	return ""
}

func textWeakness(key string) string {
	if readable(key) {
		return "is a phrase; use random characters"
	}
	if base64Bytes(key) >= keyBytes {
		if sequence([]byte(key)) || distinct([]byte(key)) < 20 {
			return "repeats itself"
		}
	} else if shannon(key) < 4 || distinct([]byte(key)) < 18 {
		return "is too predictable; use random characters"
	}
	return ""
}

func base64Bytes(key string) int {
	trimmed := strings.TrimRight(key, "=")
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if raw, err := encoding.DecodeString(trimmed); err == nil {
			return len(raw)
		}
	}
	return 0
}

func distinct(raw []byte) int {
	seen := map[byte]bool{}
	for _, b := range raw {
		seen[b] = true
	}
	return len(seen)
}

// repeats finds a text made of one part over and over, a last part cut short
// included.
func repeats(key string) bool {
	for period := 1; period <= len(key)/2; period++ {
		if key[period:] == key[:len(key)-period] {
			return true
		}
	}
	return false
}

// sequence finds bytes of which most are the one before plus the same step.
func sequence(raw []byte) bool {
	same := 0
	for i := 2; i < len(raw); i++ {
		if raw[i]-raw[i-1] == raw[i-1]-raw[i-2] {
			same++
		}
	}
	return same*2 > len(raw)
}

// shannon is the entropy of the characters' frequencies, in bits a character.
func shannon(key string) float64 {
	counts := map[rune]float64{}
	total := 0.0
	for _, r := range key {
		counts[r]++
		total++
	}
	bits := 0.0
	for _, n := range counts {
		bits -= n / total * math.Log2(n/total)
	}
	return bits
}

// pairs are the commonest pairs of letters in English: a third of the pairs of
// an English text, three in a hundred of random letters.
const pairs = " th he in er an re on at en nd ti es or te of ed is it al ar st ng se ou "

// readable says whether the text looks written, not drawn: its characters
// change their kind (upper, lower, digit, other) too seldom, or too many pairs
// of letters are English.
func readable(key string) bool {
	changes, letters, english := 0, 0, 0
	for i := 1; i < len(key); i++ {
		a, b := kind(key[i-1]), kind(key[i])
		if a != b {
			changes++
		}
		if a <= 1 && b <= 1 {
			letters++
			if strings.Contains(pairs, " "+strings.ToLower(key[i-1:i+1])+" ") {
				english++
			}
		}
	}
	return changes*10 < (len(key)-1)*3 || (letters >= 10 && english*4 > letters)
}

func kind(b byte) int {
	switch {
	case b >= 'a' && b <= 'z':
		return 0
	case b >= 'A' && b <= 'Z':
		return 1
	case b >= '0' && b <= '9':
		return 2
	}
	return 3
}
