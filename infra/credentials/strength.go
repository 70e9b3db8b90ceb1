package credentials

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"math"
	"regexp"
	"strings"
)

// MinKeyBits is what a key for HS256 must hold, RFC 7518 section 3.2.
const MinKeyBits = 256

var (
	placeholder = regexp.MustCompile(`(?i)change|replace|example|placeholder|your[-_ ]|secret|password|unit-test|dummy|insert`)
	words       = regexp.MustCompile(`^[A-Za-z]+([-_ .,'][A-Za-z]+)+[.!?]?$`)
)

// CheckSigningKey refuses a signing key that holds less than 256 bits: 32
// bytes after hex or base64 decoding, or 32 characters that look random. The
// error says what is wrong with the key and never shows it.
func CheckSigningKey(key string) error {
	switch {
	case key == "":
		return errors.New("it is empty")
	case strings.TrimSpace(key) != key:
		return errors.New("it begins or ends with white space")
	case placeholder.MatchString(key):
		return errors.New("it reads like a placeholder")
	case words.MatchString(key):
		return errors.New("it is a phrase; words can be guessed")
	case repeats(key):
		return errors.New("it repeats itself")
	}
	if decoded, ok := decode(key); ok {
		return checkBytes(decoded)
	}
	if len(key) < 32 {
		return errors.New("it is shorter than 32 random characters")
	}
	if entropyBits(key) < 100 || distinct([]byte(key)) < 14 {
		return errors.New("it holds too little randomness")
	}
	return nil
}

func checkBytes(decoded []byte) error {
	if len(decoded)*8 < MinKeyBits {
		return errors.New("it decodes to fewer than 32 bytes (256 bits)")
	}
	if distinct(decoded) < 14 {
		return errors.New("its bytes hold too little randomness")
	}
	return nil
}

// decode reads hex and the four forms of base64. Text with a letter pattern
// that no encoder makes is left to the entropy estimate.
func decode(key string) ([]byte, bool) {
	if b, err := hex.DecodeString(key); err == nil {
		return b, true
	}
	for _, encoding := range []*base64.Encoding{
		base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding,
	} {
		if b, err := encoding.DecodeString(key); err == nil {
			return b, true
		}
	}
	return nil, false
}

// repeats tells whether the key is a shorter text written several times.
func repeats(key string) bool {
	for n := 1; n <= len(key)/2; n++ {
		if len(key)%n == 0 && strings.Repeat(key[:n], len(key)/n) == key {
			return true
		}
	}
	return false
}

// entropyBits is Shannon's estimate over the key's own characters.
func entropyBits(key string) float64 {
	counts := map[rune]int{}
	total := 0
	for _, r := range key {
		counts[r]++
		total++
	}
	bits := 0.0
	for _, n := range counts {
		p := float64(n) / float64(total)
		bits -= p * math.Log2(p)
	}
	return bits * float64(total)
}

func distinct(b []byte) int {
	seen := map[byte]bool{}
	for _, c := range b {
		seen[c] = true
	}
	return len(seen)
}
